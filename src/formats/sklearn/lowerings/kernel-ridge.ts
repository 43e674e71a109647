import type { MlAttributes } from '../../../core/ops/ml/attributes.ts'
import { numericTable, TABLE_OPS } from './columns.ts'
import type { EstimatorLowering } from './context.ts'
import { matrix, num, requireSetting, transposed } from './estimator.ts'

const KERNELS: Readonly<Record<string, MlAttributes['ml.kernelMachine']['kernel']>> = {
  linear: 'linear',
  poly: 'poly',
  polynomial: 'poly',
  rbf: 'rbf',
  sigmoid: 'sigmoid',
  laplacian: 'laplacian',
  cosine: 'cosine',
}

/** K(x, X_fit_) · dual_coef_ (sklearn/kernel_ridge.py); gamma defaults to 1 / number of features. */
export const kernelRidge: readonly EstimatorLowering[] = [
  {
    operator: 'sklearn.KernelRidge',
    produces: [...TABLE_OPS, 'ml.kernelMachine'],
    predict: (ctx, estimator, columns) => {
      const kernel = requireSetting(estimator, 'kernel', Object.keys(KERNELS), 'linear')
      const points = matrix(estimator.attr('X_fit_'))
      const dual = matrix(estimator.attr('dual_coef_'))
      // One target: [S]; several: [S, K].
      const coefficients = dual.rows === 1 ? dual : transposed(dual)
      const value = ctx.builder.ml('ml.kernelMachine', numericTable(ctx, columns), {
        kernel: KERNELS[kernel] ?? 'linear',
        gamma: num(estimator, 'gamma', 1 / points.columns),
        coef0: num(estimator, 'coef0', 1),
        degree: num(estimator, 'degree', 3),
        supportVectors: points.data,
        coefficients: coefficients.data,
        intercepts: new Float64Array(coefficients.rows),
      })
      return { kind: 'values', value }
    },
  },
]
