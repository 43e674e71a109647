import { UnsupportedError } from '../../../core/errors.ts'
import { column, type Expression } from '../../../core/ops/ml/expression.ts'
import type { PyView } from '../../../encodings/pickle/view.ts'
import { type Columns, TABLE_OPS } from './columns.ts'
import type { EstimatorLowering, LoweringContext } from './context.ts'
import { mapped } from './derived-columns.ts'
import { text, vector } from './estimator.ts'

/** Piecewise linear through the thresholds (sklearn/isotonic.py). */
export function isotonic(regression: PyView, arg: Expression): Expression {
  const x = [...vector(regression.firstAttr('X_thresholds_', '_necessary_X_'))]
  const y = [...vector(regression.firstAttr('y_thresholds_', '_necessary_y_'))]
  const outOfBounds = text(regression, 'out_of_bounds', 'nan')
  if (outOfBounds === 'raise') {
    throw new UnsupportedError('out_of_bounds=raise can not be converted', {
      hint: 'Use out_of_bounds="clip" or "nan".',
    })
  }
  return { kind: 'interpolate', arg, x, y, outliers: outOfBounds === 'clip' ? 'clamp' : 'missing' }
}

const transform = (ctx: LoweringContext, estimator: PyView, columns: Columns): Columns =>
  mapped(ctx, columns.slice(0, 1), () => isotonic(estimator, column(0)))

export const isotonicRegressions: readonly EstimatorLowering[] = [
  {
    operator: 'sklearn.IsotonicRegression',
    produces: [...TABLE_OPS, 'ml.expression'],
    transform,
    predict: (ctx, estimator, columns) => {
      const [result] = transform(ctx, estimator, columns)
      return { kind: 'values', value: (result as { value: string }).value }
    },
  },
]
