import { UnsupportedError } from '../../../core/errors.ts'
import type { ValueName } from '../../../core/ir/builder.ts'
import type { PyView } from '../../../encodings/pickle/view.ts'
import { type Columns, columnsOf, numericTable, TABLE_OPS } from './columns.ts'
import type { EstimatorLowering, LoweringContext } from './context.ts'
import { classLabels, matrix } from './estimator.ts'

function distances(
  ctx: LoweringContext,
  centers: PyView,
  columns: Columns,
  metric: 'euclidean' | 'cityBlock',
): ValueName {
  return ctx.builder.ml('ml.distance', numericTable(ctx, columns), { points: matrix(centers).data, metric })
}

/** The nearest center (sklearn/cluster/_kmeans.py). */
const kMeans = (name: string): EstimatorLowering => ({
  operator: `sklearn.${name}`,
  produces: [...TABLE_OPS, 'ml.distance', 'ml.label'],
  predict: (ctx, estimator, columns) => {
    const centers = estimator.attr('cluster_centers_')
    const clusters = matrix(centers).rows
    const labels = Array.from({ length: clusters }, (_, k) => k)
    const label = ctx.builder.ml('ml.label', [distances(ctx, centers, columns, 'euclidean')], {
      labels,
      rule: 'argmin',
    })
    return { kind: 'clusters', label, clusters }
  },
  transform: (ctx, estimator, columns) =>
    columnsOf(ctx, distances(ctx, estimator.attr('cluster_centers_'), columns, 'euclidean')),
})

/** The class of the nearest centroid (sklearn/neighbors/_nearest_centroid.py). */
const nearestCentroid: EstimatorLowering = {
  operator: 'sklearn.NearestCentroid',
  produces: [...TABLE_OPS, 'ml.distance', 'ml.label'],
  predict: (ctx, estimator, columns) => {
    const name = estimator.attr('metric').value
    if (name !== 'euclidean' && name !== 'manhattan')
      throw new UnsupportedError(`metric=${String(name)} can not be converted`)
    const priors = estimator.optional('class_prior_')?.float64().data ?? []
    if (priors.some((p) => Math.abs(p - (priors[0] as number)) > 1e-12)) {
      throw new UnsupportedError('priors that differ between classes can not be converted')
    }
    const classes = classLabels(estimator.attr('classes_'))
    const metric = name === 'euclidean' ? 'euclidean' : 'cityBlock'
    const distance = distances(ctx, estimator.attr('centroids_'), columns, metric)
    const label = ctx.builder.ml('ml.label', [distance], { labels: classes.labels, rule: 'argmin' })
    return { kind: 'classes', classes, label }
  },
}

export const clusters: readonly EstimatorLowering[] = [kMeans('KMeans'), kMeans('MiniBatchKMeans'), nearestCentroid]
