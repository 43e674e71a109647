import { UnsupportedError } from '../../../core/errors.ts'
import { apply, column, number } from '../../../core/ops/ml/expression.ts'
import { numericTable, TABLE_OPS } from './columns.ts'
import type { EstimatorLowering } from './context.ts'
import { type Matrix, matrix, product, transposed, vector } from './estimator.ts'
import { outliers } from './outliers.ts'

/** A pivot below this share of the largest diagonal element is zero but for rounding: `precision_` is a pseudo-inverse. */
const NEGLIGIBLE = 1e-12

/** The lower triangle L with L·Lᵀ = a. Throws UnsupportedError for a matrix with a negative direction. */
function cholesky({ rows, data }: Matrix): Matrix {
  const lower = new Float64Array(rows * rows)
  const negligible = NEGLIGIBLE * Math.max(...Array.from({ length: rows }, (_, i) => data[i * rows + i] as number))
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = data[i * rows + j] as number
      for (let k = 0; k < j; k++) sum -= (lower[i * rows + k] as number) * (lower[j * rows + k] as number)
      const pivot = lower[j * rows + j] as number
      if (i !== j) lower[i * rows + j] = pivot === 0 ? 0 : sum / pivot
      else if (sum > negligible) lower[i * rows + j] = Math.sqrt(sum)
      else if (!(sum >= -negligible)) throw new UnsupportedError('The precision matrix is not positive semi-definite')
    }
  }
  return { rows, columns: rows, data: lower }
}

/** The squared Mahalanobis distance is the Euclidean one after multiplying with a factor of `precision_`. */
export const ellipticEnvelopes: readonly EstimatorLowering[] = [
  {
    operator: 'sklearn.EllipticEnvelope',
    produces: [...TABLE_OPS, 'ml.linear', 'ml.distance', 'ml.expression'],
    predict: (ctx, estimator, columns) => {
      const factor = cholesky(matrix(estimator.attr('precision_')))
      const location = vector(estimator.attr('location_'))
      const center = product({ rows: 1, columns: location.length, data: location }, factor)
      const white = ctx.builder.ml('ml.linear', numericTable(ctx, columns), {
        coefficients: transposed(factor).data,
        intercepts: new Float64Array(factor.rows),
      })
      const distance = ctx.builder.ml('ml.distance', [white], { points: center.data, metric: 'squaredEuclidean' })
      const offset = number(estimator.attr('offset_').number())
      return outliers(ctx, distance, apply('-', apply('-', number(0), column(0)), offset))
    },
  },
]
