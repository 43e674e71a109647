import type { PyView } from '../../../encodings/pickle/view.ts'
import { asColumn, asValue } from './classification.ts'
import { type Columns, columnsOf, TABLE_OPS } from './columns.ts'
import type { EstimatorLowering, LoweringContext } from './context.ts'
import type { Prediction } from './prediction.ts'

/** One estimator per target. */
const independent = (name: string): EstimatorLowering => ({
  operator: `sklearn.${name}`,
  produces: [],
  predict: (ctx, estimator, columns): Prediction => ({
    kind: 'multi',
    targets: ctx.each(estimator.attr('estimators_').items(), (member) => ctx.predict(member, columns)),
  }),
})

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
          ? asColumn(ctx, prediction.label)
          : asValue(ctx, prediction, member.className)
    table = [...table, ...columnsOf(ctx, answer)]
  }
  return { kind: 'multi', targets }
}

const chained = (name: string): EstimatorLowering => ({
  operator: `sklearn.${name}`,
  produces: [...TABLE_OPS, 'Reshape'],
  predict: chain,
})

export const multiOutput: readonly EstimatorLowering[] = [
  independent('MultiOutputClassifier'),
  independent('MultiOutputRegressor'),
  chained('ClassifierChain'),
  chained('RegressorChain'),
]
