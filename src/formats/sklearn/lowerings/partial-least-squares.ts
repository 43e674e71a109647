import type { ValueName } from '../../../core/ir/builder.ts'
import type { PyView } from '../../../encodings/pickle/view.ts'
import { type Columns, columnsOf, numericTable, TABLE_OPS } from './columns.ts'
import type { EstimatorLowering, LoweringContext } from './context.ts'
import { isFittedSince, type Matrix, matrix, transposed, vector } from './estimator.ts'

/** (x − mean) / deviation · weightsᵀ + intercepts as one linear function, weights [K, C]. */
function linear(
  ctx: LoweringContext,
  columns: Columns,
  { rows, columns: width, data }: Matrix,
  mean: Float64Array,
  deviation: Float64Array | undefined,
  intercepts: ArrayLike<number>,
): ValueName {
  const coefficients = data.map((weight, i) => weight / (deviation?.[i % width] ?? 1))
  const shifted = Float64Array.from({ length: rows }, (_, k) => {
    let sum = intercepts[k] ?? 0
    for (let c = 0; c < width; c++) sum -= (coefficients[k * width + c] as number) * (mean[c] as number)
    return sum
  })
  return ctx.builder.ml('ml.linear', numericTable(ctx, columns), { coefficients, intercepts: shifted })
}

/** A vector of coefficients for one target is a matrix of one row. */
const asRows = (coefficients: Matrix, features: number): Matrix =>
  coefficients.columns === features ? coefficients : transposed(coefficients)

/**
 * _PLS.predict (sklearn/cross_decomposition/_pls.py): since 1.3 `coef_` is [targets, features] and has the deviations in it;
 * 1.1 and 1.2 keep it as `_coef_`, over scaled columns; before it is [features, targets], and the intercept is `_y_mean`.
 */
function predict(ctx: LoweringContext, estimator: PyView, columns: Columns): ValueName {
  const mean = vector(estimator.firstAttr('_x_mean', 'x_mean_'))
  const coefficients = asCoefficients(estimator, mean.length)
  const isScaled = isFittedSince(estimator, 1, 3)
  const deviation = isScaled ? undefined : vector(estimator.firstAttr('_x_std', 'x_std_'))
  const intercepts = vector(estimator.firstAttr('intercept_', '_y_mean', 'y_mean_'))
  return linear(ctx, columns, coefficients, mean, deviation, intercepts)
}

function asCoefficients(estimator: PyView, features: number): Matrix {
  const coefficients = matrix(estimator.firstAttr('_coef_', 'coef_'))
  if (isFittedSince(estimator, 1, 3) || estimator.has('_coef_')) return asRows(coefficients, features)
  return transposed(coefficients)
}

/** The scores of the columns, x_rotations_. */
function transform(ctx: LoweringContext, estimator: PyView, columns: Columns): Columns {
  const rotations = transposed(matrix(estimator.attr('x_rotations_')))
  const mean = vector(estimator.firstAttr('_x_mean', 'x_mean_'))
  const deviation = vector(estimator.firstAttr('_x_std', 'x_std_'))
  return columnsOf(ctx, linear(ctx, columns, rotations, mean, deviation, []))
}

const row = (name: string): EstimatorLowering => ({
  operator: `sklearn.${name}`,
  produces: [...TABLE_OPS, 'ml.linear'],
  predict: (ctx, estimator, columns) => ({ kind: 'values', value: predict(ctx, estimator, columns) }),
  transform,
})

export const partialLeastSquares: readonly EstimatorLowering[] = [
  row('PLSRegression'),
  row('PLSCanonical'),
  row('CCA'),
  {
    operator: 'sklearn.PLSSVD',
    produces: [...TABLE_OPS, 'ml.linear'],
    transform: (ctx, estimator, columns) => {
      const weights = transposed(matrix(estimator.attr('x_weights_')))
      const [mean, deviation] = [vector(estimator.attr('_x_mean')), vector(estimator.attr('_x_std'))]
      return columnsOf(ctx, linear(ctx, columns, weights, mean, deviation, []))
    },
  },
]
