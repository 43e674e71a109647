import type { ValueName } from '../../../core/ir/builder.ts'
import type { MlAttributes } from '../../../core/ops/ml/attributes.ts'
import type { PyView } from '../../../encodings/pickle/view.ts'
import { type Columns, numericTable } from './columns.ts'
import type { LoweringContext } from './context.ts'
import { type Matrix, num, requireSetting } from './estimator.ts'

const KERNELS: Readonly<Record<string, MlAttributes['ml.kernelMachine']['kernel']>> = {
  linear: 'linear',
  poly: 'poly',
  polynomial: 'poly',
  rbf: 'rbf',
  sigmoid: 'sigmoid',
  laplacian: 'laplacian',
  cosine: 'cosine',
}

/**
 * Σₛ weights[k,s] · kernel(x, points[s]) + intercepts[k], [N, K], of estimators that call `pairwise_kernels`
 * (sklearn/metrics/pairwise.py): gamma defaults to 1 / number of columns.
 */
export function kernelSum(
  ctx: LoweringContext,
  estimator: PyView,
  columns: Columns,
  points: Matrix,
  weights: Matrix,
  intercepts = new Float64Array(weights.rows),
): ValueName {
  const kernel = requireSetting(estimator, 'kernel', Object.keys(KERNELS), 'linear')
  return ctx.builder.ml('ml.kernelMachine', numericTable(ctx, columns), {
    kernel: KERNELS[kernel] ?? 'linear',
    gamma: estimator.optional('gamma_')?.number() ?? num(estimator, 'gamma', 1 / points.columns),
    coef0: num(estimator, 'coef0', 1),
    degree: num(estimator, 'degree', 3),
    supportVectors: points.data,
    coefficients: weights.data,
    intercepts,
  })
}
