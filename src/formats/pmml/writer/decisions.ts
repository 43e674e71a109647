import type { Node } from '../../../core/ir/graph.ts'
import type { ModelOutput } from '../../../core/ir/model.ts'
import type { LinkFunction, MlAttributes } from '../../../core/ops/ml/attributes.ts'
import type { PmmlContext } from './context.ts'

/** A label with the probabilities that belong to it. */
export interface Decision {
  readonly output: ModelOutput
  readonly label: Node
  readonly probability: ModelOutput | undefined
}

/** The decision behind an output that is a label; undefined for any other output. */
export function decisionOf(ctx: PmmlContext, output: ModelOutput): Decision | undefined {
  const label = nodeBehind(ctx, output.value)
  if (label?.op !== 'ml.label') return undefined
  const probability = ctx.model.outputs.find((o) => o.role === 'probability' && decides(ctx, o.value, label))
  return { output, label, probability }
}

/** An inverse link: ml.link, or the tensor operator that does the same. */
export interface Link {
  readonly function: LinkFunction
  readonly complement: boolean
  /** The value that it is applied to. */
  readonly scores: string
}

/** The link that makes a value, seen through operators that leave the numbers as they are. */
export function linkBehind(ctx: PmmlContext, value: string): Link | undefined {
  const node = nodeBehind(ctx, value)
  const scores = node?.inputs[0] ?? ''
  if (node?.op === 'ml.link') {
    const attributes = node.attributes as unknown as MlAttributes['ml.link']
    return { function: attributes.function, complement: attributes.complement === true, scores }
  }
  const rank = ctx.shape(scores)?.length
  if (rank !== 2) return undefined
  if (node?.op === 'Sigmoid') return { function: 'logit', complement: false, scores }
  const axis = Number(node?.attributes.axis ?? -1)
  return node?.op === 'Softmax' && (axis === 1 || axis === -1)
    ? { function: 'softmax', complement: false, scores }
    : undefined
}

/** Whether the label is the most probable class of these probabilities. */
function decides(ctx: PmmlContext, probability: string, label: Node): boolean {
  const { rule, threshold } = label.attributes as unknown as MlAttributes['ml.label']
  const scores = scoresBehind(ctx, label.inputs[0] ?? '')
  if (rule === 'argmin') return false
  if (rule === 'argmax')
    return scoresBehind(ctx, probability) === scores || rawBehind(ctx, probability) === rawBehind(ctx, scores)
  const link = linkBehind(ctx, probability)
  return (
    link?.complement === true &&
    HALF_AT_ZERO.has(link.function) &&
    (threshold ?? 0) === 0 &&
    scoresBehind(ctx, link.scores) === scores
  )
}

/** Links that make one half of zero. */
const HALF_AT_ZERO: ReadonlySet<string> = new Set(['logit', 'probit', 'cauchit'])

/** Links after which the largest score is still the largest; a logit is not one: it makes 1 of all that is above 37. */
const MONOTONE: ReadonlySet<string> = new Set(['identity', 'exp', 'softmax', 'simplemax'])

/** The scores before any links that keep their order. */
function rawBehind(ctx: PmmlContext, value: string): string {
  const link = linkBehind(ctx, value)
  return link && !link.complement && MONOTONE.has(link.function)
    ? rawBehind(ctx, link.scores)
    : scoresBehind(ctx, value)
}

/** Operators that leave the numbers as they are. */
const TRANSPARENT: ReadonlySet<string> = new Set(['Identity', 'Cast', 'Reshape', 'Squeeze', 'Unsqueeze', 'Flatten'])

export function scoresBehind(ctx: PmmlContext, value: string): string {
  const node = ctx.producer(value)
  return node && TRANSPARENT.has(node.op) ? scoresBehind(ctx, node.inputs[0] ?? '') : value
}

export function nodeBehind(ctx: PmmlContext, value: string): Node | undefined {
  return ctx.producer(scoresBehind(ctx, value))
}

/** Operators of rows that stand for probabilities by themselves. */
const RAW: ReadonlySet<string> = new Set([
  'ml.linear',
  'ml.kernelMachine',
  'ml.gaussianNaiveBayes',
  'MatMul',
  'Add',
  'Gemm',
])

/** Whether rows of scores are positive and add up to one; averages of such rows do, too. */
export function isDistribution(ctx: PmmlContext, value: string): boolean {
  const link = linkBehind(ctx, value)
  if (link) return link.complement || link.function === 'softmax' || link.function === 'simplemax'
  const node = nodeBehind(ctx, value)
  if (node?.op === 'ml.linear') return isAverage(node) && node.inputs.every((input) => isDistribution(ctx, input))
  if (node?.op !== 'ml.treeEnsemble') return node !== undefined && !RAW.has(node.op)
  const { ensemble } = node.attributes as unknown as MlAttributes['ml.treeEnsemble']
  return ensemble.base.every((b) => b === 0) && ensemble.leafValues.every((leaf) => leaf >= 0 && leaf <= 1 + 1e-6)
}

/** Whether each result of a linear node is an average of its inputs. */
function isAverage(node: Node): boolean {
  const { coefficients, intercepts } = node.attributes as unknown as MlAttributes['ml.linear']
  const width = coefficients.length / intercepts.length
  return Array.from(intercepts).every((intercept, k) => {
    const weights = coefficients.subarray(k * width, (k + 1) * width)
    const total = weights.reduce((sum, weight) => sum + weight, 0)
    return intercept === 0 && Math.abs(total - 1) < 1e-9 && weights.every((weight) => weight >= 0)
  })
}
