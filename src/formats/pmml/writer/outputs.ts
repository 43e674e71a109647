import type { Node } from '../../../core/ir/graph.ts'
import type { Category, ModelOutput } from '../../../core/ir/model.ts'
import type { MlAttributes } from '../../../core/ops/ml/attributes.ts'
import type { PmmlContext } from './context.ts'
import { classifierOver, regressionOver } from './emitters/linear.ts'
import type { ClassifierHead, Estimator } from './estimator.ts'
import { type Column, type DataType, type Field, formatValue } from './field.ts'
import { type ModelSpec, type OutputField, Scope, type Segment, type Target } from './segment.ts'

/** The estimators by hub operator. */
export type Estimators = ReadonlyMap<string, Estimator>

/** Appends the models that give the hub model's outputs, in order, labels with their probabilities. */
export function writeOutputs(ctx: PmmlContext, estimators: Estimators): void {
  const outputs = ctx.model.outputs
  const done = new Set<ModelOutput>()
  for (const output of outputs) {
    if (done.has(output) || (output.role !== 'label' && output.role !== 'cluster')) continue
    const label = nodeBehind(ctx, output.value)
    if (label?.op !== 'ml.label') continue
    const probability = outputs.find(
      (o) =>
        o.role === 'probability' &&
        !done.has(o) &&
        scoresBehind(ctx, o.value) === scoresBehind(ctx, label.inputs[0] ?? ''),
    )
    done.add(output)
    if (probability) done.add(probability)
    classifier(ctx, estimators, output, label, probability)
  }
  for (const output of outputs) {
    if (!done.has(output) && output.role === 'value' && regressions(ctx, estimators, output)) done.add(output)
  }
  const rest = outputs.filter((output) => !done.has(output))
  if (rest.length > 0) extraOutputs(ctx, rest)
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

function classifier(
  ctx: PmmlContext,
  estimators: Estimators,
  output: ModelOutput,
  label: Node,
  probability: ModelOutput | undefined,
): void {
  const { labels, rule, threshold } = label.attributes as unknown as MlAttributes['ml.label']
  const dataType = labelType(labels, output.dataType)
  const { head, estimator } = classifierHead(
    ctx,
    label,
    { labels, rule, threshold: threshold ?? 0 },
    probability !== undefined,
  )
  const fused = estimator && estimators.get(estimator.op)?.classification?.(ctx, estimator, head)
  const spec = fused ?? generalClassifier(ctx, head)
  const name = output.columns?.[0] ?? output.value
  const target: Target = { name: ctx.name(name), dataType, opType: 'categorical', values: labels }
  const fields = (probability?.columns ?? []).map((column, k): OutputField => {
    const value = formatValue(labels[k] ?? '', dataType)
    return {
      name: ctx.name(column),
      feature: 'probability',
      dataType: 'double',
      opType: 'continuous',
      value,
      final: true,
    }
  })
  ctx.addSegment({ ...spec, origin: [...new Set([...spec.origin, ...label.origin])] }, target, fields)
}

/** What stands between the estimator and the label. */
function classifierHead(
  ctx: PmmlContext,
  label: Node,
  decision: Pick<ClassifierHead, 'labels' | 'rule' | 'threshold'>,
  probabilities: boolean,
): { head: ClassifierHead; estimator: Node | undefined } {
  const scores = scoresBehind(ctx, label.inputs[0] ?? '')
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

/** One regression per column of a value output; false when the output is not made of columns of numbers. */
function regressions(ctx: PmmlContext, estimators: Estimators, output: ModelOutput): boolean {
  const node = nodeBehind(ctx, output.value)
  const direct = node && estimators.get(node.op)?.regression?.(ctx, node)
  const specs = direct ?? ctx.columns(output.value).map((column) => regressionOver(ctx, node?.origin ?? [], column))
  specs.forEach((spec, k) => {
    const name = ctx.name(output.columns?.[k] ?? output.value)
    const dataType = output.dataType ?? 'double'
    ctx.addSegment(spec, { name, dataType, opType: 'continuous' }, [])
  })
  return true
}

/** Everything else is told by OutputFields of the last model; a model without any gets a constant one to carry them. */
function extraOutputs(ctx: PmmlContext, outputs: readonly ModelOutput[]): void {
  const fields: { field: Field; name: string }[] = []
  for (const output of outputs) {
    ctx.columns(output.value).forEach((column, k) => {
      const name = output.columns?.[k] ?? `${output.value}(${k})`
      fields.push({ field: ctx.field(column, `derived(${name})`), name })
    })
  }
  const last = lastSegment(ctx)
  for (const { field, name } of fields) {
    last.spec.scope.use(field)
    last.outputs.push({
      name: ctx.name(name),
      feature: 'transformedValue',
      dataType: field.dataType,
      opType: field.opType,
      expression: { name: 'FieldRef', attributes: { field: field.name }, children: [] },
      final: true,
    })
  }
}

/** The model that later outputs can hang on. It must come after everything they depend on. */
function lastSegment(ctx: PmmlContext): Segment {
  const last = ctx.segments.at(-1)
  if (last?.target) return last
  const scope = new Scope()
  const content = [{ name: 'RegressionTable', attributes: { intercept: 0 }, children: [] }]
  return ctx.addSegment(
    { element: 'RegressionModel', functionName: 'regression', attributes: {}, scope, content, origin: [] },
    undefined,
    [],
  )
}
