import { UnsupportedError } from '../../../core/errors.ts'
import type { ValueName } from '../../../core/ir/builder.ts'
import type { PyView } from '../../../encodings/pickle/view.ts'
import { asClasses, byDecision, byProbability, CLASS_OPS } from './classification.ts'
import { type Columns, TABLE_OPS } from './columns.ts'
import type { EstimatorLowering, LoweringContext } from './context.ts'
import { constants } from './dummies.ts'
import { classLabels } from './estimator.ts'
import type { ClassPrediction } from './prediction.ts'

/** What a binary member says of "its" class: its decision, and the probability of 1. */
interface Side {
  readonly decision: ValueName | undefined
  readonly probability: ValueName | undefined
}

function sideOf(ctx: LoweringContext, member: PyView, columns: Columns): Side {
  if (member.className === '_ConstantPredictor') {
    const constant = constants(ctx, columns, member.attr('y_').float64().data.slice(0, 1))
    return { decision: constant, probability: constant }
  }
  const prediction = ctx.predict(member, columns)
  if (prediction.kind === 'values') return { decision: prediction.value, probability: undefined }
  const { decision, probabilities } = asClasses(prediction, member.className)
  const probability = probabilities === undefined ? undefined : ctx.gather(probabilities, [1])
  return { decision, probability }
}

/** One binary estimator per class (sklearn/multiclass.py); labels follow the decisions where there are some. */
function oneVsRest(ctx: LoweringContext, estimator: PyView, columns: Columns): ClassPrediction {
  const binarizer = estimator.attr('label_binarizer_')
  if (binarizer.optional('y_type_')?.value === 'multilabel-indicator') {
    throw new UnsupportedError('OneVsRestClassifier with several labels per row can not be converted')
  }
  const classes = classLabels(binarizer.attr('classes_'))
  const members = estimator.attr('estimators_').items()
  if (members.length === 1) {
    const prediction = asClasses(ctx.predict(members[0] as PyView, columns), 'The estimator')
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

/** One binary estimator per pair of classes: votes, ties broken by the sum of decisions. */
function oneVsOne(ctx: LoweringContext, estimator: PyView, columns: Columns): ClassPrediction {
  const classes = classLabels(estimator.attr('classes_'))
  const decisions = ctx.each(estimator.attr('estimators_').items(), (member) => {
    const { decision } = sideOf(ctx, member, columns)
    if (decision !== undefined) return decision
    throw new UnsupportedError('OneVsOneClassifier can be converted only with members that have a decision function')
  })
  if (decisions.length === 1) return byDecision(ctx, classes, decisions[0] as ValueName)
  const pairs = ctx.builder.ml('ml.scale', [ctx.concat(decisions)], {
    factor: new Float64Array(decisions.length).fill(-1),
  })
  return byDecision(
    ctx,
    classes,
    ctx.builder.ml('ml.pairwiseVote', [pairs], { classes: classes.labels.length, confidence: true }),
  )
}

export const multiclass: readonly EstimatorLowering[] = [
  {
    operator: 'sklearn.OneVsRestClassifier',
    produces: [...TABLE_OPS, 'ml.linear', 'ml.expression', ...CLASS_OPS],
    predict: oneVsRest,
  },
  {
    operator: 'sklearn.OneVsOneClassifier',
    produces: [...TABLE_OPS, 'ml.scale', 'ml.pairwiseVote', 'ml.label'],
    predict: oneVsOne,
  },
]
