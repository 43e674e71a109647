import { UnsupportedError } from '../../../core/errors.ts'
import type { ValueName } from '../../../core/ir/builder.ts'
import type { PyView } from '../../../encodings/pickle/view.ts'
import { asClasses, asColumn, asValue, byProbability, CLASS_OPS, weightedSum } from './classification.ts'
import { type Columns, columnsOf, TABLE_OPS } from './columns.ts'
import type { EstimatorLowering, LoweringContext } from './context.ts'
import { classLabels, flag, text, vector } from './estimator.ts'
import type { ClassLabels, ClassPrediction, Prediction } from './prediction.ts'

/** The fitted members; dropped ones are not in `estimators_`. */
const membersOf = (estimator: PyView): PyView[] => estimator.attr('estimators_').items()

/** Weights of the members that were not dropped. */
function weightsOf(estimator: PyView): number[] {
  const given = estimator.optional('weights')
  const named = estimator.attr('estimators').items()
  if (given === undefined) return membersOf(estimator).map(() => 1)
  const weights = vector(given)
  return named.flatMap((entry, i) =>
    entry.item(1).value === 'drop' || entry.item(1).isNone ? [] : [weights[i] as number],
  )
}

/** The position of a label among classes that members see as 0, 1, 2 …: one-hot votes, [N, K]. */
export function votes(
  ctx: LoweringContext,
  prediction: ClassPrediction,
  classes: ClassLabels,
  encoded: boolean,
): ValueName {
  const keys = encoded ? classes.labels.map((_, k) => k) : classes.labels
  const slots = keys.map((_, k) => k)
  const encodings = [{ keys, slots, size: keys.length, unknownSlot: -1, missingSlot: -1 }]
  return ctx.builder.ml('ml.oneHot', [asColumn(ctx, prediction.label)], { encodings })
}

/** sklearn/ensemble/_voting.py: members are fitted on label codes. */
function votingClassifier(ctx: LoweringContext, estimator: PyView, columns: Columns): ClassPrediction {
  const classes = classLabels(estimator.attr('classes_'))
  const weights = weightsOf(estimator)
  const members = ctx.each(membersOf(estimator), (member) => asClasses(ctx.predict(member, columns), member.className))
  if (text(estimator, 'voting', 'hard') === 'hard') {
    const all = members.map((member) => votes(ctx, member, classes, true))
    const label = ctx.builder.ml('ml.label', [weightedSum(ctx, all, weights)], {
      labels: classes.labels,
      rule: 'argmax',
    })
    return { kind: 'classes', classes, label }
  }
  const total = weights.reduce((a, b) => a + b, 0)
  const probabilities = members.map((member) => {
    if (member.probabilities !== undefined) return member.probabilities
    throw new UnsupportedError('voting=soft needs members with probabilities')
  })
  return byProbability(
    ctx,
    classes,
    weightedSum(
      ctx,
      probabilities,
      weights.map((w) => w / total),
    ),
  )
}

function votingRegressor(ctx: LoweringContext, estimator: PyView, columns: Columns): Prediction {
  const weights = weightsOf(estimator)
  const total = weights.reduce((a, b) => a + b, 0)
  const members = ctx.each(membersOf(estimator), (member) =>
    asValue(ctx, ctx.predict(member, columns), member.className),
  )
  return {
    kind: 'values',
    value: weightedSum(
      ctx,
      members,
      weights.map((w) => w / total),
    ),
  }
}

/** What a stacking member contributes by its `stack_method_`. */
function stacked(ctx: LoweringContext, prediction: Prediction, method: string, classes: number): ValueName[] {
  if (prediction.kind !== 'classes') return [asValue(ctx, prediction, 'A stacking member')]
  if (method === 'predict_proba' && prediction.probabilities !== undefined) {
    // The first of two complementary probabilities says nothing new (sklearn/ensemble/_stacking.py, _concatenate_predictions).
    return [classes === 2 ? ctx.gather(prediction.probabilities, [1]) : prediction.probabilities]
  }
  if (method === 'decision_function' && prediction.decision !== undefined) return [prediction.decision]
  if (method === 'predict') return [asValue(ctx, prediction, 'A stacking member')]
  throw new UnsupportedError(`stack_method ${method} of a member can not be converted`)
}

/** The table that the final estimator of a stack sees: the members' answers, then the columns themselves on `passthrough`. */
function stack(ctx: LoweringContext, estimator: PyView, columns: Columns): Columns {
  const methods = estimator.attr('stack_method_').strings()
  const named = estimator.attr('estimators').items()
  const active = named.flatMap((entry, i) => (entry.item(1).value === 'drop' ? [] : [methods[i] ?? 'predict']))
  const kept = methods.length === membersOf(estimator).length ? methods : active
  const classes = estimator.optional('classes_')?.items().length ?? 0
  const answers = ctx.each(membersOf(estimator), (member, i) =>
    stacked(ctx, ctx.predict(member, columns), kept[i] ?? 'predict', classes),
  )
  const table = answers.flat().flatMap((value) => [...columnsOf(ctx, value)])
  return flag(estimator, 'passthrough', false) ? [...table, ...columns] : table
}

/** The final estimator is fitted on label codes; its answers are for the labels themselves. */
function stackingClassifier(ctx: LoweringContext, estimator: PyView, columns: Columns): ClassPrediction {
  const classes = classLabels(estimator.attr('classes_'))
  const final = asClasses(
    ctx.predict(estimator.attr('final_estimator_'), stack(ctx, estimator, columns)),
    'The final estimator',
  )
  return relabelled(ctx, final, classes)
}

/** A prediction of codes 0, 1 … as one of labels. */
export function relabelled(ctx: LoweringContext, prediction: ClassPrediction, classes: ClassLabels): ClassPrediction {
  const isSame = prediction.classes.labels.every((label, k) => label === classes.labels[k])
  if (isSame) return { ...prediction, classes }
  if (prediction.probabilities !== undefined) {
    return {
      ...byProbability(ctx, classes, prediction.probabilities),
      ...(prediction.decision === undefined ? {} : { decision: prediction.decision }),
    }
  }
  const scores = votes(ctx, prediction, { ...classes, labels: prediction.classes.labels }, false)
  const label = ctx.builder.ml('ml.label', [scores], { labels: classes.labels, rule: 'argmax' })
  return { ...prediction, classes, label }
}

export const voting: readonly EstimatorLowering[] = [
  {
    operator: 'sklearn.VotingClassifier',
    produces: [...TABLE_OPS, 'ml.linear', 'ml.oneHot', 'Reshape', ...CLASS_OPS],
    predict: votingClassifier,
  },
  { operator: 'sklearn.VotingRegressor', produces: ['ml.linear', 'Reshape'], predict: votingRegressor },
  {
    operator: 'sklearn.StackingClassifier',
    produces: [...TABLE_OPS, 'ml.oneHot', 'Reshape', ...CLASS_OPS],
    predict: stackingClassifier,
  },
  {
    operator: 'sklearn.StackingRegressor',
    produces: [...TABLE_OPS, 'Reshape'],
    predict: (ctx, estimator, columns) =>
      ctx.predict(estimator.attr('final_estimator_'), stack(ctx, estimator, columns)),
  },
]
