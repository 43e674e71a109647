import { TABLE_OPS } from './columns.ts'
import type { EstimatorLowering } from './context.ts'
import { matrix, transposed } from './estimator.ts'
import { kernelSum } from './kernels.ts'

/** K(x, X_fit_) · dual_coef_ (sklearn/kernel_ridge.py). */
export const kernelRidge: readonly EstimatorLowering[] = [
  {
    operator: 'sklearn.KernelRidge',
    produces: [...TABLE_OPS, 'ml.kernelMachine'],
    predict: (ctx, estimator, columns) => {
      const dual = matrix(estimator.attr('dual_coef_'))
      // One target: [S]; several: [S, K].
      const weights = dual.rows === 1 ? dual : transposed(dual)
      const value = kernelSum(ctx, estimator, columns, matrix(estimator.attr('X_fit_')), weights)
      return { kind: 'values', value }
    },
  },
]
