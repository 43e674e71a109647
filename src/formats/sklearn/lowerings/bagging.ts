import type { ValueName } from '../../../core/ir/builder.ts'
import type { PyView } from '../../../encodings/pickle/view.ts'
import { asClasses, asValue, average, byProbability, CLASS_OPS } from './classification.ts'
import { type Column, type Columns, TABLE_OPS } from './columns.ts'
import type { EstimatorLowering, LoweringContext } from './context.ts'
import { classLabels } from './estimator.ts'
import type { ClassPrediction } from './prediction.ts'
import { votes } from './voting.ts'

/** Each member with the columns that it was given. */
function members(
  ctx: LoweringContext,
  estimator: PyView,
  columns: Columns,
  answer: (member: PyView, table: Columns) => ValueName,
) {
  const features = estimator.optional('estimators_features_')?.items()
  return ctx.each(estimator.attr('estimators_').items(), (member, i) => {
    const indices = features?.[i]?.integers().data
    return answer(member, indices ? indices.map((c) => columns[c] as Column) : columns)
  })
}

/** The mean of the members' probabilities, or of their votes (sklearn/ensemble/_bagging.py); members see label codes. */
function classifier(ctx: LoweringContext, estimator: PyView, columns: Columns): ClassPrediction {
  const classes = classLabels(estimator.attr('classes_'))
  const answers = members(ctx, estimator, columns, (member, table) => {
    const prediction = asClasses(ctx.predict(member, table), member.className)
    return prediction.probabilities ?? votes(ctx, prediction, classes, true)
  })
  return byProbability(ctx, classes, average(ctx, answers))
}

export const bagging: readonly EstimatorLowering[] = [
  {
    operator: 'sklearn.BaggingClassifier',
    produces: [...TABLE_OPS, 'ml.linear', 'ml.oneHot', 'Reshape', ...CLASS_OPS],
    predict: classifier,
  },
  {
    operator: 'sklearn.BaggingRegressor',
    produces: [...TABLE_OPS, 'ml.linear', 'Reshape'],
    predict: (ctx, estimator, columns) => ({
      kind: 'values',
      value: average(
        ctx,
        members(ctx, estimator, columns, (member, table) => asValue(ctx, ctx.predict(member, table), member.className)),
      ),
    }),
  },
]
