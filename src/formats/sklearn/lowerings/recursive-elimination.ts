import type { PyView } from '../../../encodings/pickle/view.ts'
import type { Column, Columns } from './columns.ts'
import type { EstimatorLowering } from './context.ts'
import { memberOf, vector } from './estimator.ts'

/** The columns of `support_`. */
function selected(estimator: PyView, columns: Columns): Columns {
  return [...vector(estimator.attr('support_'))].flatMap((isKept, i) => (isKept ? [columns[i] as Column] : []))
}

const row = (name: string): EstimatorLowering => ({
  operator: `sklearn.${name}`,
  produces: [],
  transform: (_ctx, estimator, columns) => selected(estimator, columns),
  predict: (ctx, estimator, columns) => ctx.predict(memberOf(estimator), selected(estimator, columns)),
})

/** Recursive feature elimination: a selector, and the final estimator over what is left. */
export const recursiveElimination: readonly EstimatorLowering[] = [row('RFE'), row('RFECV')]
