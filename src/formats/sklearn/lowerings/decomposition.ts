import { UnsupportedError } from '../../../core/errors.ts'
import type { PyView } from '../../../encodings/pickle/view.ts'
import { columnsOf, numericTable, TABLE_OPS } from './columns.ts'
import type { EstimatorLowering } from './context.ts'
import { flag, type Matrix, matrix, product, rowOf, transposed, vector } from './estimator.ts'
import { solved } from './linear-system.ts'

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

/** Posterior means of the factors: (I + W·componentsᵀ)⁻¹ · W with W = components / noise (decomposition/_factor_analysis.py). */
function factorMeans(estimator: PyView): Matrix {
  const all = components(estimator)
  const noise = vector(estimator.attr('noise_variance_'))
  const weighted = { ...all, data: all.data.map((c, i) => c / (noise[i % all.columns] as number)) }
  const precision = product(weighted, transposed(all))
  for (let k = 0; k < all.rows; k++) {
    precision.data[k * all.rows + k] = (precision.data[k * all.rows + k] as number) + 1
  }
  return solved(precision, weighted)
}

/** The mean of the columns of each cluster (cluster/_feature_agglomeration.py). */
function clusterMeans(estimator: PyView): Matrix {
  const pooling = estimator.optional('pooling_func')
  if (pooling && !(pooling.isKind('global') && pooling.global().name === 'mean')) {
    throw new UnsupportedError('FeatureAgglomeration can be converted with pooling_func=numpy.mean only')
  }
  const labels = estimator.attr('labels_').integers().data
  const rows = Math.max(...labels) + 1
  const data = new Float64Array(rows * labels.length)
  labels.forEach((label, c) => {
    data[label * labels.length + c] = 1 / labels.filter((other) => other === label).length
  })
  return { rows, columns: labels.length, data }
}

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
  projection('FactorAnalysis', factorMeans),
  projection('NeighborhoodComponentsAnalysis', components),
  projection('FeatureAgglomeration', clusterMeans),
  projection('GaussianRandomProjection', components),
  projection('SparseRandomProjection', components),
]
