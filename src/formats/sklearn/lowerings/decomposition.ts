import type { PyView } from '../../../encodings/pickle/view.ts'
import { columnsOf, numericTable, TABLE_OPS } from './columns.ts'
import type { EstimatorLowering } from './context.ts'
import { flag, type Matrix, matrix, rowOf, vector } from './estimator.ts'

/** (x − mean) · projectionᵀ, [N, rows of the projection]. */
const projection = (name: string, project: (estimator: PyView) => Matrix): EstimatorLowering => ({
  operator: `sklearn.${name}`,
  produces: [...TABLE_OPS, 'ml.linear'],
  transform: (ctx, estimator, columns) => {
    const components = project(estimator)
    const mean = name === 'TruncatedSVD' ? undefined : estimator.optional('mean_')
    const center = mean ? vector(mean) : new Float64Array(components.columns)
    const intercepts = Float64Array.from({ length: components.rows }, (_, k) =>
      rowOf(components, k).reduce((sum, c, i) => sum - c * (center[i] as number), 0),
    )
    const value = ctx.builder.ml('ml.linear', numericTable(ctx, columns), { coefficients: components.data, intercepts })
    return columnsOf(ctx, value)
  },
})

const components = (estimator: PyView): Matrix => matrix(estimator.attr('components_'))

/** Whitening divides each component by its standard deviation (sklearn/decomposition/_base.py). */
function whitened(estimator: PyView): Matrix {
  const all = components(estimator)
  if (!flag(estimator, 'whiten', false)) return all
  const variance = vector(estimator.attr('explained_variance_'))
  const deviation = variance.map((v) => Math.max(Math.sqrt(v), Number.EPSILON))
  return { ...all, data: all.data.map((c, i) => c / (deviation[Math.floor(i / all.columns)] as number)) }
}

export const decomposition: readonly EstimatorLowering[] = [
  projection('PCA', whitened),
  projection('IncrementalPCA', whitened),
  projection('FastICA', components),
  projection('TruncatedSVD', components),
  projection('GaussianRandomProjection', components),
  projection('SparseRandomProjection', components),
]
