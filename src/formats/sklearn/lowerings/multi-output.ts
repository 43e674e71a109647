import { UnsupportedError } from '../../../core/errors.ts'
import type { ValueName } from '../../../core/ir/builder.ts'
import { column, type Expression } from '../../../core/ops/ml/expression.ts'
import type { PyView } from '../../../encodings/pickle/view.ts'
import { asColumn, asValue } from './classification.ts'
import { type Columns, columnsOf, TABLE_OPS } from './columns.ts'
import type { EstimatorLowering, LoweringContext } from './context.ts'
import type { ClassPrediction, Prediction } from './prediction.ts'

/** One estimator per target. */
const independent = (name: string): EstimatorLowering => ({
  operator: `sklearn.${name}`,
  produces: [],
  predict: (ctx, estimator, columns): Prediction => ({
    kind: 'multi',
    targets: ctx.each(estimator.attr('estimators_').items(), (member) => ctx.predict(member, columns)),
  }),
})

/** Labels as the numbers that they are, or that their texts stand for, [N, 1]. */
function labelNumbers(ctx: LoweringContext, { classes, label }: ClassPrediction): ValueName {
  const value = asColumn(ctx, label)
  if (ctx.builder.type(label).dtype !== 'string') return value
  const values = classes.labels.map(Number)
  if (values.some(Number.isNaN)) throw new UnsupportedError('A chain needs labels that are numbers')
  const lookup: Expression = { kind: 'lookup', arg: column(0), keys: classes.labels, values, type: 'number' }
  return ctx.builder.ml('ml.expression', [value], { expressions: [lookup], type: 'number' })
}

/** Each estimator sees the answers of those before it as further columns (sklearn/multioutput.py, _BaseChain). */
function chain(ctx: LoweringContext, estimator: PyView, columns: Columns): Prediction {
  const order = estimator.attr('order_').integers().data
  const usesProbability = estimator.optional('chain_method')?.value === 'predict_proba'
  const targets: Prediction[] = []
  let table = columns
  for (const [step, member] of estimator.attr('estimators_').items().entries()) {
    const prediction = ctx.predict(member, table)
    targets[order[step] ?? step] = prediction
    const answer =
      prediction.kind === 'classes' && usesProbability && prediction.probabilities !== undefined
        ? ctx.gather(prediction.probabilities, [1])
        : prediction.kind === 'classes'
          ? labelNumbers(ctx, prediction)
          : asValue(ctx, prediction, member.className)
    table = [...table, ...columnsOf(ctx, answer)]
  }
  return { kind: 'multi', targets }
}

const chained = (name: string): EstimatorLowering => ({
  operator: `sklearn.${name}`,
  produces: [...TABLE_OPS, 'Reshape', 'ml.expression'],
  predict: chain,
})

export const multiOutput: readonly EstimatorLowering[] = [
  independent('MultiOutputClassifier'),
  independent('MultiOutputRegressor'),
  chained('ClassifierChain'),
  chained('RegressorChain'),
]
