import type { Node } from '../../../core/ir/graph.ts'
import type { Category, ModelOutput } from '../../../core/ir/model.ts'
import type { MlAttributes } from '../../../core/ops/ml/attributes.ts'
import type { PmmlContext } from './context.ts'
import { el } from './element.ts'
import { classifierOver, regressionOver } from './emitters/linear.ts'
import type { ClassifierHead, Estimator } from './estimator.ts'
import { type Column, type DataType, type Field, formatValue } from './field.ts'
import { type ModelSpec, type OutputField, Scope, type Segment, type Target } from './segment.ts'

/** The estimators by hub operator. */
export type Estimators = ReadonlyMap<string, Estimator>

/** A label with the probabilities that belong to it. */
interface Decision {
  readonly output: ModelOutput
  readonly label: Node
  readonly probability: ModelOutput | undefined
}

/**
 * Appends the models that give the hub model's outputs. What an OutputField only repeats is computed first, so that the
 * last model of the chain, which carries those fields, comes after everything they depend on.
 */
export function writeOutputs(ctx: PmmlContext, estimators: Estimators): void {
  const { outputs } = ctx.model
  const decisions = outputs.flatMap((output) => decisionOf(ctx, output) ?? [])
  const told = new Set(decisions.flatMap(({ output, probability }) => [output, probability]))
  const values = outputs.filter((output) => output.role === 'value' && !told.has(output))
  const extras = outputs
    .filter((output) => !told.has(output) && !values.includes(output))
    .flatMap((output) => extraFields(ctx, output))
  const predicted = outputs.filter((output) => values.includes(output) || decisions.some((d) => d.output === output))
  for (const output of predicted) {
    const decision = decisions.find((d) => d.output === output)
    if (!decision) regressions(ctx, estimators, output)
    else extras.push(...classifier(ctx, estimators, decision, output === predicted.at(-1)))
  }
  if (extras.length > 0) tellExtras(ctx, extras)
}

function decisionOf(ctx: PmmlContext, output: ModelOutput): Decision | undefined {
  const label = nodeBehind(ctx, output.value)
  if (label?.op !== 'ml.label') return undefined
  const probability = ctx.model.outputs.find((o) => o.role === 'probability' && decides(ctx, o.value, label))
  return { output, label, probability }
}

/** Whether the label is the most probable class of these probabilities. */
function decides(ctx: PmmlContext, probability: string, label: Node): boolean {
  const { rule, threshold } = label.attributes as unknown as MlAttributes['ml.label']
  const scores = scoresBehind(ctx, label.inputs[0] ?? '')
  if (rule === 'argmin') return false
  if (rule === 'argmax')
    return scoresBehind(ctx, probability) === scores || rawBehind(ctx, probability) === rawBehind(ctx, scores)
  const node = nodeBehind(ctx, probability)
  const { function: link, complement } = (node?.attributes ?? {}) as Partial<MlAttributes['ml.link']>
  const halfAtZero = link === 'logit' || link === 'probit' || link === 'cauchit'
  return (
    node?.op === 'ml.link' &&
    complement === true &&
    halfAtZero &&
    (threshold ?? 0) === 0 &&
    scoresBehind(ctx, node.inputs[0] ?? '') === scores
  )
}

/** Links after which the largest score is still the largest; a logit is not one: it makes 1 of all that is above 37. */
const MONOTONE: ReadonlySet<string> = new Set(['identity', 'exp', 'softmax', 'simplemax'])

/** The scores before any links that keep their order. */
function rawBehind(ctx: PmmlContext, value: string): string {
  const scores = scoresBehind(ctx, value)
  const node = ctx.producer(scores)
  const { function: link, complement } = (node?.attributes ?? {}) as Partial<MlAttributes['ml.link']>
  const follows = node?.op === 'ml.link' && !complement && MONOTONE.has(link ?? '')
  return follows ? rawBehind(ctx, node.inputs[0] ?? '') : scores
}

/** Operators that leave the numbers as they are. */
const TRANSPARENT: ReadonlySet<string> = new Set(['Identity', 'Cast', 'Reshape', 'Squeeze', 'Unsqueeze', 'Flatten'])

function scoresBehind(ctx: PmmlContext, value: string): string {
  const node = ctx.producer(value)
  return node && TRANSPARENT.has(node.op) ? scoresBehind(ctx, node.inputs[0] ?? '') : value
}

function nodeBehind(ctx: PmmlContext, value: string): Node | undefined {
  return ctx.producer(scoresBehind(ctx, value))
}

function labelType(labels: readonly Category[], declared?: DataType): DataType {
  if (declared) return declared
  if (labels.some((label) => typeof label === 'string')) return 'string'
  return labels.every((label) => Number.isInteger(label)) ? 'integer' : 'double'
}

/** Appends a classifier. The probabilities of one that is not the last of its chain are extra columns of the last. */
function classifier(
  ctx: PmmlContext,
  estimators: Estimators,
  { output, label, probability }: Decision,
  isLast: boolean,
): ExtraField[] {
  const { labels, rule, threshold } = label.attributes as unknown as MlAttributes['ml.label']
  const dataType = labelType(labels, output.dataType)
  const decision = probability
    ? ({ labels, rule: 'argmax', threshold: 0 } as const)
    : { labels, rule, threshold: threshold ?? 0 }
  const scores = probability?.value ?? label.inputs[0] ?? ''
  const { head, estimator } = classifierHead(ctx, label, scores, decision, probability !== undefined)
  const fused = estimator && estimators.get(estimator.op)?.classification?.(ctx, estimator, head)
  const spec = fused ?? generalClassifier(ctx, head)
  const name = output.columns?.[0] ?? output.value
  const target: Target = { name: ctx.name(name), dataType, opType: 'categorical', values: labels }
  const columns = probability?.columns ?? []
  const fields = columns.map((column, k): OutputField => {
    const value = formatValue(labels[k] ?? '', dataType)
    const fieldName = ctx.name(isLast ? column : `predict(${column})`)
    return { name: fieldName, feature: 'probability', dataType: 'double', opType: 'continuous', value, final: isLast }
  })
  const origin = [...new Set([...spec.origin, ...label.origin])]
  const { stage } = ctx.addSegment({ ...spec, origin }, target, fields)
  if (isLast) return []
  return fields.map(({ name: fieldName, dataType: type, opType }, k) => ({
    field: { name: fieldName, dataType: type, opType, stage },
    name: columns[k] ?? fieldName,
  }))
}

/** What stands between the estimator and the label. */
function classifierHead(
  ctx: PmmlContext,
  label: Node,
  decided: string,
  decision: Pick<ClassifierHead, 'labels' | 'rule' | 'threshold'>,
  probabilities: boolean,
): { head: ClassifierHead; estimator: Node | undefined } {
  const scores = scoresBehind(ctx, decided)
  let node = ctx.producer(scores)
  let link: ClassifierHead['link']
  if (node?.op === 'ml.link') {
    const attributes = node.attributes as unknown as MlAttributes['ml.link']
    link = { function: attributes.function, complement: attributes.complement === true }
    node = nodeBehind(ctx, node.inputs[0] ?? '')
  }
  return { head: { ...decision, scores, link, probabilities, node: label }, estimator: node }
}

/** A RegressionModel over the raw scores, or over the scores themselves where its links do not reach. */
function generalClassifier(ctx: PmmlContext, head: ClassifierHead): ModelSpec {
  const linked = ctx.producer(head.scores)
  if (head.link && linked) {
    const raw = ctx.columns(linked.inputs[0] ?? '')
    const spec = identityClassifier(ctx, raw, head)
    if (spec) return spec
  }
  const scores = ctx.columns(head.scores)
  const spec = identityClassifier(ctx, scores, { ...head, link: undefined })
  return (
    spec ??
    ctx.block(
      head.node,
      'unsupported-decision',
      `a ${head.rule} decision over ${scores.length} scores has no PMML form`,
    )
  )
}

function identityClassifier(ctx: PmmlContext, raw: readonly Column[], head: ClassifierHead): ModelSpec | null {
  const identity = new Float64Array(raw.length * raw.length)
  for (let k = 0; k < raw.length; k++) identity[k * raw.length + k] = 1
  return classifierOver(ctx, head.node.origin, raw, identity, new Float64Array(raw.length), head)
}

/** One regression per column of a value output. */
function regressions(ctx: PmmlContext, estimators: Estimators, output: ModelOutput): void {
  const node = nodeBehind(ctx, output.value)
  const direct = node && estimators.get(node.op)?.regression?.(ctx, node)
  const specs = direct ?? ctx.columns(output.value).map((column) => regressionOver(ctx, node?.origin ?? [], column))
  for (const [k, spec] of specs.entries()) {
    const name = ctx.name(output.columns?.[k] ?? output.value)
    ctx.addSegment(spec, { name, dataType: output.dataType ?? 'double', opType: 'continuous' }, [])
  }
}

interface ExtraField {
  readonly field: Field
  readonly name: string
}

/** The columns of an output that no model predicts by itself, as fields. */
function extraFields(ctx: PmmlContext, output: ModelOutput): ExtraField[] {
  return ctx.columns(output.value).map((column, k) => {
    const name = output.columns?.[k] ?? `${output.value}(${k})`
    return { field: ctx.field(column, `derived(${name})`), name }
  })
}

/** Extra columns are told by OutputFields of the last model; without any model a constant one carries them. */
function tellExtras(ctx: PmmlContext, extras: readonly ExtraField[]): void {
  const last = ctx.segments.at(-1)?.target ? (ctx.segments.at(-1) as Segment) : carrier(ctx)
  for (const { field, name } of extras) {
    last.spec.scope.use(field)
    last.outputs.push({
      name: ctx.name(name),
      feature: 'transformedValue',
      dataType: field.dataType,
      opType: field.opType,
      expression: el('FieldRef', { field: field.name }),
      final: true,
    })
  }
}

function carrier(ctx: PmmlContext): Segment {
  const content = [el('RegressionTable', { intercept: 0 })]
  const spec: ModelSpec = {
    element: 'RegressionModel',
    functionName: 'regression',
    attributes: {},
    scope: new Scope(),
    content,
    origin: [],
  }
  return ctx.addSegment(spec, undefined, [])
}
