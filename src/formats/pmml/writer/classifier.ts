import type { Node } from '../../../core/ir/graph.ts'
import type { Category } from '../../../core/ir/model.ts'
import type { MlAttributes } from '../../../core/ops/ml/attributes.ts'
import type { PmmlContext } from './context.ts'
import { type Decision, linkBehind, nodeBehind, scoresBehind } from './decisions.ts'
import { applied } from './emitters/columns.ts'
import { classifierOver } from './emitters/linear.ts'
import { type ClassifierHead, intermediateModels } from './estimator.ts'
import { type Column, type DataType, type Field, formatValue } from './field.ts'
import { networkClassifier } from './network/neural-network.ts'
import type { ModelSpec, OutputField, Target } from './segment.ts'

/** A column of the answer that another model tells. */
export interface ExtraField {
  readonly field: Field
  readonly name: string
}

function labelType(labels: readonly Category[], declared?: DataType): DataType {
  if (declared) return declared
  if (labels.some((label) => typeof label === 'string')) return 'string'
  return labels.every((label) => Number.isInteger(label)) ? 'integer' : 'double'
}

/** Appends a classifier. The probabilities of one that is not the last of its chain are extra columns of the last. */
export function classifier(ctx: PmmlContext, { output, label, probability }: Decision, isLast: boolean): ExtraField[] {
  const { labels, rule, threshold } = label.attributes as unknown as MlAttributes['ml.label']
  const dataType = labelType(labels, output.dataType)
  const decision = probability
    ? ({ labels, rule: 'argmax', threshold: 0 } as const)
    : { labels, rule, threshold: threshold ?? 0 }
  const scores = probability?.value ?? label.inputs[0] ?? ''
  const { head, estimator } = classifierHead(ctx, label, scores, decision, probability !== undefined)
  const fused =
    networkClassifier(ctx, head) ??
    (estimator && ctx.estimators.get(estimator.op)?.classification?.(ctx, estimator, head))
  const spec = fused ?? generalClassifier(ctx, head)
  const name = output.columns?.[0] ?? output.value
  const target: Target = { name: ctx.name(name), dataType, opType: 'categorical', values: [...new Set(labels)] }
  const columns = probability?.columns ?? []
  const fields = columns.map((column, k): OutputField => {
    const value = formatValue(labels[k] ?? '', dataType)
    const fieldName = ctx.name(isLast ? column : `predict(${column})`)
    return { name: fieldName, feature: 'probability', dataType: 'double', opType: 'continuous', value, final: isLast }
  })
  const origin = [...new Set([...spec.origin, ...label.origin])]
  const { stage } = ctx.addSegment({ ...spec, origin }, [target], fields)
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
  const link = linkBehind(ctx, scores)
  const estimator = link ? nodeBehind(ctx, link.scores) : ctx.producer(scores)
  return { head: { ...decision, scores, link, probabilities, node: label }, estimator }
}

/** A RegressionModel over the raw scores, or over the scores themselves where its links do not reach. */
function generalClassifier(ctx: PmmlContext, head: ClassifierHead): ModelSpec {
  scoresByModels(ctx, head.scores)
  if (head.link) {
    const spec = identityClassifier(ctx, ctx.columns(head.link.scores), head)
    if (spec) return spec
  }
  const { labels, scores } = bestOfEachLabel(ctx, head)
  const spec = identityClassifier(ctx, scores, { ...head, labels, link: undefined })
  return (
    spec ??
    ctx.block(
      head.node,
      'unsupported-decision',
      `a ${head.rule} decision over ${scores.length} scores has no PMML form`,
    )
  )
}

/** One score for each label, where several stand for one: the best of them. */
function bestOfEachLabel(ctx: PmmlContext, { scores: value, labels, rule }: ClassifierHead) {
  const scores = ctx.columns(value)
  const unique = [...new Set(labels)]
  if (unique.length === labels.length) return { labels, scores }
  const best = unique.map((label) => {
    const own = scores.filter((_, k) => labels[k] === label)
    return own.length === 1 ? (own[0] as Column) : applied(ctx, rule === 'argmin' ? 'min' : 'max', ...own)
  })
  return { labels: unique, scores: best }
}

/** The estimator behind the links of a classifier is a model of its own for each score, as one versus the rest is. */
function scoresByModels(ctx: PmmlContext, value: string): void {
  const link = linkBehind(ctx, value)
  if (link) return scoresByModels(ctx, link.scores)
  const node = nodeBehind(ctx, value)
  const estimator = node && ctx.estimators.get(node.op)
  if (!node || !estimator?.regression || ctx.isDefined(node.outputs[0] ?? '')) return
  ctx.define(node.outputs[0] ?? '', intermediateModels(ctx, estimator, node))
}

function identityClassifier(ctx: PmmlContext, raw: readonly Column[], head: ClassifierHead): ModelSpec | null {
  const identity = new Float64Array(raw.length * raw.length)
  for (let k = 0; k < raw.length; k++) identity[k * raw.length + k] = 1
  return classifierOver(ctx, head.node.origin, raw, identity, new Float64Array(raw.length), head)
}
