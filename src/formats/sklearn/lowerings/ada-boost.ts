import { UnsupportedError } from '../../../core/errors.ts'
import type { ValueName } from '../../../core/ir/builder.ts'
import { apply, column, type Expression, number } from '../../../core/ops/ml/expression.ts'
import { TreeEnsembleBuilder } from '../../../core/ops/ml/tree-ensemble-builder.ts'
import type { PyView } from '../../../encodings/pickle/view.ts'
import { asClasses, asValue, byProbability, CLASS_OPS, softmax } from './classification.ts'
import { type Columns, float32Table, TABLE_OPS } from './columns.ts'
import type { EstimatorLowering, LoweringContext } from './context.ts'
import { classLabels, isFittedSince, text, vector } from './estimator.ts'
import type { ClassLabels } from './prediction.ts'
import { addTree, cartTree, classFractions } from './tree.ts'
import { votes } from './voting.ts'

/** How one member's class fractions, or its vote, count. */
interface Member {
  readonly estimator: PyView
  readonly weight: number
}

/** numpy.finfo(float64).eps: fractions are kept this far from 0 before their logarithm is taken. */
const EPSILON = 2 ** -52

/** Before 1.4 a vote for one class did not count against the others. */
const votesCountAgainst = (estimator: PyView): boolean => isFittedSince(estimator, 1, 4)

/** A member's contribution to each class by its class fractions. */
type Contribution = (fractions: Float64Array, weight: number) => number[]

/** SAMME: the weight for the most probable class. */
const vote =
  (countsAgainst: boolean): Contribution =>
  (fractions, weight) => {
    const chosen = fractions.indexOf(fractions.reduce((a, b) => Math.max(a, b)))
    const against = countsAgainst ? -weight / (fractions.length - 1) : 0
    return Array.from(fractions, (_, k) => (k === chosen ? weight : against))
  }

/** SAMME.R: centred logarithms of the fractions; weights are all 1. */
const logFractions: Contribution = (fractions) => {
  const logs = Array.from(fractions, (p) => Math.log(Math.max(p, EPSILON)))
  const mean = logs.reduce((a, b) => a + b, 0) / logs.length
  return logs.map((log) => (logs.length - 1) * (log - mean))
}

/** The decisions [N, K], or [N, 1] for two classes: second minus first. */
function ensembleOfTrees(
  ctx: LoweringContext,
  members: readonly Member[],
  columns: Columns,
  classes: ClassLabels,
  contribution: Contribution,
  scale: number,
): ValueName {
  const count = classes.labels.length
  const builder = new TreeEnsembleBuilder(count === 2 ? 1 : count)
  for (const { estimator, weight } of members) {
    const tree = cartTree(estimator)
    addTree(builder, tree, (node) => {
      const parts = contribution(classFractions(tree, node, 0, count), weight).map((part) => part * scale)
      return count === 2 ? (parts[1] as number) - (parts[0] as number) : parts
    })
  }
  const ensemble = builder.build({ aggregate: 'sum' })
  return ctx.builder.ml('ml.treeEnsemble', float32Table(ctx, columns), { ensemble })
}

/** The same for members of any kind, which vote with labels or fractions. */
function ensembleOfAny(
  ctx: LoweringContext,
  members: readonly Member[],
  columns: Columns,
  classes: ClassLabels,
  isReal: boolean,
  countsAgainst: boolean,
  scale: number,
): ValueName {
  const count = classes.labels.length
  const answers = ctx.each(members, ({ estimator }) => {
    const prediction = asClasses(ctx.predict(estimator, columns), estimator.className)
    if (!isReal) return votes(ctx, prediction, classes, false)
    if (prediction.probabilities === undefined) throw new UnsupportedError('SAMME.R needs members with probabilities')
    const log = (k: number): Expression => apply('ln', apply('max', column(k), number(EPSILON)))
    const logs = Array.from({ length: count }, (_, k) => log(k))
    return ctx.builder.ml('ml.expression', [prediction.probabilities], { expressions: logs, type: 'number' })
  })
  // Every contribution is linear in the one-hot vote, or in the logarithms.
  const own = (weight: number) => (isReal ? count - 1 : countsAgainst ? weight + weight / (count - 1) : weight)
  const shared = isReal ? -(count - 1) / count : 0
  const constant = isReal || !countsAgainst ? 0 : members.reduce((sum, m) => sum - m.weight / (count - 1), 0) * scale
  const rows = Array.from({ length: count }, (_, k) =>
    members.flatMap(({ weight }) =>
      Array.from({ length: count }, (_j, j) => ((j === k ? own(weight) : 0) + shared) * scale),
    ),
  )
  const isBinary = count === 2
  const binaryRow = isBinary ? (rows[1] as number[]).map((value, i) => value - (rows[0]?.[i] ?? 0)) : []
  return ctx.builder.ml('ml.linear', answers, {
    coefficients: Float64Array.from(isBinary ? binaryRow : rows.flat()),
    intercepts: isBinary ? Float64Array.of(0) : new Float64Array(count).fill(constant),
  })
}

/** sklearn/ensemble/_weight_boosting.py. */
function classifier(ctx: LoweringContext, estimator: PyView, columns: Columns) {
  const classes = classLabels(estimator.attr('classes_'))
  const weights = vector(estimator.attr('estimator_weights_'))
  const members = estimator
    .attr('estimators_')
    .items()
    .map((each, i): Member => ({ estimator: each, weight: weights[i] as number }))
  const isReal = text(estimator, 'algorithm', 'SAMME') === 'SAMME.R'
  const countsAgainst = votesCountAgainst(estimator)
  const scale = 1 / weights.reduce((a, b) => a + b, 0)
  const areTrees = members.every((member) => member.estimator.has('tree_'))
  const contribution = isReal ? logFractions : vote(countsAgainst)
  const decision = areTrees
    ? ensembleOfTrees(ctx, members, columns, classes, contribution, scale)
    : ensembleOfAny(ctx, members, columns, classes, isReal, countsAgainst, scale)
  if (classes.labels.length === 2) return byProbability(ctx, classes, softmax(ctx, decision), decision)
  const factor = new Float64Array(classes.labels.length).fill(1 / (classes.labels.length - 1))
  const scores = ctx.builder.ml('ml.scale', [decision], { factor })
  return byProbability(ctx, classes, softmax(ctx, scores), decision)
}

/** The weighted median of the members' answers: the first, in ascending order, at which half of the weight is reached. */
function regressor(ctx: LoweringContext, estimator: PyView, columns: Columns): ValueName {
  const { builder } = ctx
  const members = estimator.attr('estimators_').items()
  const answers = ctx.concat(
    ctx.each(members, (member) => ctx.cast(asValue(ctx, ctx.predict(member, columns), member.className), 'float64')),
  )
  const weights = vector(estimator.attr('estimator_weights_')).slice(0, members.length)
  return builder.ml('ml.weightedMedian', [answers], { weights })
}

export const adaBoost: readonly EstimatorLowering[] = [
  {
    operator: 'sklearn.AdaBoostClassifier',
    produces: [
      ...TABLE_OPS,
      'ml.treeEnsemble',
      'ml.linear',
      'ml.scale',
      'ml.oneHot',
      'ml.expression',
      'Reshape',
      ...CLASS_OPS,
    ],
    predict: classifier,
  },
  {
    operator: 'sklearn.AdaBoostRegressor',
    produces: [...TABLE_OPS, 'Reshape', 'ml.weightedMedian'],
    predict: (ctx, estimator, columns) => ({ kind: 'values', value: regressor(ctx, estimator, columns) }),
  },
]
