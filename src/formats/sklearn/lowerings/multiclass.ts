import { UnsupportedError } from '../../../core/errors.ts'
import type { ValueName } from '../../../core/ir/builder.ts'
import { apply, column, type Expression, number } from '../../../core/ops/ml/expression.ts'
import type { PyView } from '../../../encodings/pickle/view.ts'
import { asClasses, byDecision, byProbability, CLASS_OPS } from './classification.ts'
import { type Columns, TABLE_OPS } from './columns.ts'
import type { EstimatorLowering, LoweringContext } from './context.ts'
import { constants } from './dummies.ts'
import { classLabels, matrix } from './estimator.ts'
import type { ClassLabels, ClassPrediction, Prediction } from './prediction.ts'

/** What a binary member says of "its" class: its decision, and the probability of 1. */
interface Side {
  /** A regressor's decision is its prediction, about 0 or 1. */
  readonly kind: 'classes' | 'values'
  readonly decision: ValueName | undefined
  readonly probability: ValueName | undefined
}

function sideOf(ctx: LoweringContext, member: PyView, columns: Columns): Side {
  if (member.className === '_ConstantPredictor') {
    const constant = constants(ctx, columns, member.attr('y_').float64().data.slice(0, 1))
    return { kind: 'classes', decision: constant, probability: constant }
  }
  const prediction = ctx.predict(member, columns)
  if (prediction.kind === 'values') return { kind: 'values', decision: prediction.value, probability: undefined }
  const { decision, probabilities } = asClasses(prediction, member.className)
  const probability = probabilities === undefined ? undefined : ctx.gather(probabilities, [1])
  return { kind: 'classes', decision, probability }
}

/** The score that scikit-learn compares members by (sklearn/multiclass.py, _predict_binary). */
function scoreOf({ decision, probability }: Side): ValueName {
  const score = decision ?? probability
  if (score !== undefined) return score
  throw new UnsupportedError('The members have neither decisions nor probabilities')
}

/** What a score has to exceed (_threshold_for_binary_predict). */
const thresholdOf = ({ kind, decision }: Side): number => (kind === 'classes' && decision !== undefined ? 0 : 0.5)

/** Of two classes the second where a score is above the threshold, [N]. */
function labelAbove(ctx: LoweringContext, classes: ClassLabels, score: ValueName, threshold: number): ClassPrediction {
  const label = ctx.builder.ml('ml.label', [score], { labels: classes.labels, rule: 'threshold', threshold })
  return { kind: 'classes', classes, label }
}

/** One binary estimator per class (sklearn/multiclass.py); labels follow the decisions where there are some. */
function oneVsRest(ctx: LoweringContext, estimator: PyView, columns: Columns): Prediction {
  const binarizer = estimator.attr('label_binarizer_')
  if (binarizer.optional('y_type_')?.value === 'multilabel-indicator') return severalLabels(ctx, estimator, columns)
  const classes = classLabels(binarizer.attr('classes_'))
  const members = estimator.attr('estimators_').items()
  if (members.length === 1) {
    const prediction = ctx.predict(members[0] as PyView, columns)
    if (prediction.kind === 'values') return labelAbove(ctx, classes, prediction.value, 0.5)
    if (prediction.kind !== 'classes') throw new UnsupportedError('The estimator predicts neither a class nor a number')
    if (prediction.probabilities !== undefined)
      return byProbability(ctx, classes, prediction.probabilities, prediction.decision)
    return byDecision(ctx, classes, prediction.decision as ValueName)
  }
  const sides = ctx.each(members, (member) => sideOf(ctx, member, columns))
  const decisions = allOf(sides.map((side) => side.decision))
  const positives = allOf(sides.map((side) => side.probability))
  const probabilities = positives && ctx.builder.ml('ml.link', [ctx.concat(positives)], { function: 'simplemax' })
  if (decisions) return byDecision(ctx, classes, ctx.concat(decisions), probabilities)
  if (probabilities === undefined) throw new UnsupportedError('The members have neither decisions nor probabilities')
  return byProbability(ctx, classes, probabilities)
}

function allOf(values: readonly (ValueName | undefined)[]): ValueName[] | undefined {
  const present = values.filter((value) => value !== undefined)
  return present.length === values.length ? present : undefined
}

const ZERO_ONE: ClassLabels = { labels: [0, 1], names: ['0', '1'], dataType: 'integer' }

/** A row may have several labels: each member tells whether a row has its own. */
function severalLabels(ctx: LoweringContext, estimator: PyView, columns: Columns): Prediction {
  const targets = ctx.each(estimator.attr('estimators_').items(), (member): Prediction => {
    if (member.className !== '_ConstantPredictor') return ctx.predict(member, columns)
    const [value = 0] = member.attr('y_').float64().data
    return byProbability(ctx, ZERO_ONE, constants(ctx, columns, [1 - value, value]))
  })
  return { kind: 'multi', targets }
}

/** One binary estimator per pair of classes: votes, ties broken by the sum of decisions. */
function oneVsOne(ctx: LoweringContext, estimator: PyView, columns: Columns): ClassPrediction {
  const classes = classLabels(estimator.attr('classes_'))
  const count = classes.labels.length
  const sides = ctx.each(estimator.attr('estimators_').items(), (member) => sideOf(ctx, member, columns))
  const decisions = allOf(sides.map(({ kind, decision }) => (kind === 'classes' ? decision : undefined)))
  if (!decisions) return byConfidence(ctx, classes, sides)
  if (decisions.length === 1) return byDecision(ctx, classes, decisions[0] as ValueName)
  const pairs = ctx.builder.ml('ml.scale', [ctx.concat(decisions)], {
    factor: new Float64Array(decisions.length).fill(-1),
  })
  return byDecision(ctx, classes, ctx.builder.ml('ml.pairwiseVote', [pairs], { classes: count, confidence: true }))
}

/**
 * Votes of members without decisions: a classifier votes for the second class of its pair where its probability is above
 * one half, a regressor where it predicts exactly 1, and for the first where exactly 0 (_ovr_decision_function,
 * sklearn/utils/multiclass.py). The sums of their scores break ties.
 */
function byConfidence(ctx: LoweringContext, classes: ClassLabels, sides: readonly Side[]): ClassPrediction {
  const count = classes.labels.length
  const votes = Array.from({ length: count }, (): Expression[] => [])
  const sums = Array.from({ length: count }, (): Expression[] => [])
  let pair = 0
  for (let i = 0; i < count; i++) {
    for (let j = i + 1; j < count; j++, pair++) {
      const score = column(pair)
      const isValue = sides[pair]?.kind === 'values'
      votes[i]?.push(apply(isValue ? 'equal' : 'lessOrEqual', score, number(isValue ? 0 : 0.5)))
      votes[j]?.push(apply(isValue ? 'equal' : 'greaterThan', score, number(isValue ? 1 : 0.5)))
      sums[i]?.push(apply('-', number(0), score))
      sums[j]?.push(score)
    }
  }
  const tallies = ctx.builder.ml('ml.expression', [ctx.concat(sides.map(scoreOf))], {
    expressions: [...votes, ...sums].map((terms) => apply('sum', ...terms)),
    type: 'number',
  })
  const expressions = classes.labels.map((_, k) => {
    const sum = column(count + k)
    const share = apply('/', sum, apply('*', number(3), apply('+', apply('abs', sum), number(1))))
    return apply('+', column(k), share)
  })
  const decision = ctx.builder.ml('ml.expression', [tallies], { expressions, type: 'number' })
  if (count > 2) return byDecision(ctx, classes, decision)
  return labelAbove(ctx, classes, ctx.gather(decision, [1]), thresholdOf(sides[0] as Side))
}

/** The class whose row of the code book is nearest to the members' scores. */
function outputCode(ctx: LoweringContext, estimator: PyView, columns: Columns): ClassPrediction {
  const classes = classLabels(estimator.attr('classes_'))
  const sides = ctx.each(estimator.attr('estimators_').items(), (member) => sideOf(ctx, member, columns))
  const points = matrix(estimator.attr('code_book_')).data
  const distances = ctx.builder.ml('ml.distance', sides.map(scoreOf), { points, metric: 'euclidean' })
  const label = ctx.builder.ml('ml.label', [distances], { labels: classes.labels, rule: 'argmin' })
  return { kind: 'classes', classes, label }
}

export const multiclass: readonly EstimatorLowering[] = [
  {
    operator: 'sklearn.OneVsRestClassifier',
    produces: [...TABLE_OPS, 'ml.linear', 'ml.expression', ...CLASS_OPS],
    predict: oneVsRest,
  },
  {
    operator: 'sklearn.OneVsOneClassifier',
    produces: [...TABLE_OPS, 'ml.scale', 'ml.linear', 'ml.expression', 'ml.pairwiseVote', 'ml.label'],
    predict: oneVsOne,
  },
  {
    operator: 'sklearn.OutputCodeClassifier',
    produces: [...TABLE_OPS, 'ml.linear', 'ml.expression', 'ml.distance', 'ml.label'],
    predict: outputCode,
  },
]
