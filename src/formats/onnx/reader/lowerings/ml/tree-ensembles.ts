import type { ValueName } from '../../../../../core/ir/builder.ts'
import type { Node } from '../../../../../core/ir/graph.ts'
import type { TreeEnsemble } from '../../../../../core/ops/ml/tree-ensemble.ts'
import { type LowerContext, mlLowering, type OnnxLowering } from '../../lowering.ts'
import { classifierResult, postTransform, SCORE_OPERATORS, twoScores } from './classifier-scores.ts'
import { classLabels, numberList } from './ml-attributes.ts'
import { asFloat32, matrixInput } from './ml-inputs.ts'
import { treesByNodeId } from './tree-nodes.ts'

const AGGREGATES: Readonly<Record<string, TreeEnsemble['aggregate']>> = {
  SUM: 'sum',
  AVERAGE: 'average',
  MIN: 'min',
  MAX: 'max',
}

/** Integers are compared as float32, as ONNX Runtime does. */
export function treeInput(node: Node, ctx: LowerContext): ValueName {
  const x = matrixInput(node, ctx)
  return ctx.type(x).dtype === 'float64' ? x : ctx.cast(x, 'float32')
}

function leafWeights(node: Node, prefix: 'class' | 'target') {
  const list = (name: string) => numberList(node.attributes, `${prefix}_${name}`) ?? []
  return { trees: list('treeids'), nodes: list('nodeids'), targets: list('ids'), weights: list('weights') }
}

/** tree_ensemble_aggregator.h: base values are added for one target, or when there is one for each. */
function treeRegressor(node: Node, ctx: LowerContext): void {
  const targets = Number(node.attributes['n_targets'] ?? 1)
  const given = numberList(node.attributes, 'base_values') ?? []
  const aggregate = AGGREGATES[String(node.attributes['aggregate_function'] ?? 'SUM')] ?? 'sum'
  const base = given.length === targets ? given : new Array<number>(targets).fill(0)
  const ensemble = treesByNodeId(node, leafWeights(node, 'target'), targets, { aggregate, base })
  const sums = ctx.hub.ml('ml.treeEnsemble', [treeInput(node, ctx)], { ensemble }, { label: node.label ?? node.id })
  const transform = node.attributes['post_transform'] ?? 'NONE'
  // ONNX Runtime transforms a single target by PROBIT only.
  const isIgnored = targets === 1 && transform !== 'PROBIT'
  ctx.result(node, asFloat32(isIgnored ? sums : postTransform(sums, transform, ctx), ctx))
}

/** One score for two classes: positive leaf weights make it a probability, else it is a decision. */
function singleScoreClassifier(node: Node, ctx: LowerContext, score: ValueName, isProbability: boolean): void {
  const labels = classLabels(node.attributes)
  const isLogistic = node.attributes['post_transform'] === 'LOGISTIC'
  if (isProbability) {
    const scores = twoScores(score, 'probability', ctx)
    return classifierResult(node, ctx, { value: score, rule: 'threshold', threshold: 0.5 }, labels, scores)
  }
  if (isLogistic) {
    const scores = ctx.hub.ml('ml.link', [score], { function: 'logit', complement: true })
    return classifierResult(node, ctx, { value: scores, rule: 'argmax' }, labels, scores)
  }
  const scores = twoScores(score, 'decision', ctx)
  classifierResult(node, ctx, { value: score, rule: 'threshold', threshold: 0 }, labels, scores)
}

/**
 * tree_ensemble_common.h and _aggregator.h, TreeAggregatorClassifier: with two labels the weights of a single class are one
 * score; scores of both classes are labelled by the second's sign.
 */
function treeClassifier(node: Node, ctx: LowerContext): void {
  const labels = classLabels(node.attributes)
  const leaves = leafWeights(node, 'class')
  const base = numberList(node.attributes, 'base_values') ?? []
  const classes = new Set(leaves.targets)
  const x = treeInput(node, ctx)
  const scoresOf = (ids: readonly number[], targets: number, start: readonly number[]) =>
    ctx.hub.ml(
      'ml.treeEnsemble',
      [x],
      { ensemble: treesByNodeId(node, { ...leaves, targets: ids }, targets, { aggregate: 'sum', base: start }) },
      { label: node.label ?? node.id },
    )
  const isProbability = leaves.weights.every((weight) => weight >= 0)
  if (labels.length === 2 && classes.size === 1 && base.length < 2 && classes.has(0)) {
    const score = scoresOf(leaves.targets, 1, base.length === 1 ? base : [0])
    return singleScoreClassifier(node, ctx, score, isProbability)
  }
  const scores = scoresOf(leaves.targets, labels.length, base.length === labels.length ? base : labels.map(() => 0))
  const transformed = postTransform(scores, node.attributes['post_transform'], ctx)
  if (labels.length === 2) {
    const second = ctx.hub.op('Gather', [scores, ctx.hub.int64([1])], { axis: 1 })
    const threshold = classes.size === 1 && isProbability ? 0.5 : 0
    return classifierResult(node, ctx, { value: second, rule: 'threshold', threshold }, labels, transformed)
  }
  classifierResult(node, ctx, { value: transformed, rule: 'argmax' }, labels, transformed)
}

/** The tree ensembles of ai.onnx.ml 1 and 3. */
export const treeLowerings: readonly OnnxLowering[] = [
  mlLowering('TreeEnsembleRegressor', ['ml.treeEnsemble', 'ml.link', 'Cast', 'Unsqueeze'], treeRegressor),
  mlLowering('TreeEnsembleClassifier', ['ml.treeEnsemble', 'Gather', 'Unsqueeze', ...SCORE_OPERATORS], treeClassifier),
]
