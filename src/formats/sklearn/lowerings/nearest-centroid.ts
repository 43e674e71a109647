import { UnsupportedError } from '../../../core/errors.ts'
import type { ValueName } from '../../../core/ir/builder.ts'
import type { PyView } from '../../../encodings/pickle/view.ts'
import { type Columns, numericMatrix, numericTable, TABLE_OPS } from './columns.ts'
import type { EstimatorLowering, LoweringContext } from './context.ts'
import { classLabels, matrix, vector } from './estimator.ts'
import type { ClassPrediction } from './prediction.ts'

/** Discriminant scores −d² + 2 log prior, of columns divided by their deviation within classes; since 1.6. */
function discriminantScores(ctx: LoweringContext, estimator: PyView, columns: Columns): ValueName {
  const deviation = vector(estimator.attr('within_class_std_dev_')).map((d) => (d === 0 ? 1 : d))
  const centroids = matrix(estimator.attr('centroids_'))
  const scaled = ctx.builder.ml('ml.scale', [numericMatrix(ctx, columns)], { divisor: deviation })
  const points = centroids.data.map((value, i) => value / (deviation[i % centroids.columns] as number))
  const distances = ctx.builder.ml('ml.distance', [scaled], { points, metric: 'squaredEuclidean' })
  const priors = vector(estimator.attr('class_prior_'))
  const shift = priors.map((p) => 2 * Math.log(p))
  return ctx.builder.ml('ml.scale', [distances], { factor: new Float64Array(priors.length).fill(-1), shift })
}

/** The class of the nearest centroid (sklearn/neighbors/_nearest_centroid.py). */
function predict(ctx: LoweringContext, estimator: PyView, columns: Columns): ClassPrediction {
  const metric = estimator.attr('metric').value
  if (metric !== 'euclidean' && metric !== 'manhattan') {
    throw new UnsupportedError(`metric=${String(metric)} can not be converted`, { hint: 'Use euclidean or manhattan.' })
  }
  const classes = classLabels(estimator.attr('classes_'))
  const { labels } = classes
  const hasScores = metric === 'euclidean' && estimator.has('within_class_std_dev_')
  const scores = hasScores ? discriminantScores(ctx, estimator, columns) : undefined
  const probabilities =
    scores === undefined ? {} : { probabilities: ctx.builder.ml('ml.link', [scores], { function: 'softmax' }) }
  const priors = [...(estimator.optional('class_prior_')?.float64().data ?? [])]
  const areEqual = priors.every((p) => Math.abs(p - 1 / labels.length) <= 1e-8 + 1e-5 / labels.length)
  if (!areEqual && scores !== undefined) {
    return {
      kind: 'classes',
      classes,
      label: ctx.builder.ml('ml.label', [scores], { labels, rule: 'argmax' }),
      ...probabilities,
    }
  }
  const distances = ctx.builder.ml('ml.distance', numericTable(ctx, columns), {
    points: matrix(estimator.attr('centroids_')).data,
    metric: metric === 'euclidean' ? 'euclidean' : 'cityBlock',
  })
  return {
    kind: 'classes',
    classes,
    label: ctx.builder.ml('ml.label', [distances], { labels, rule: 'argmin' }),
    ...probabilities,
  }
}

export const nearestCentroids: readonly EstimatorLowering[] = [
  {
    operator: 'sklearn.NearestCentroid',
    produces: [...TABLE_OPS, 'ml.scale', 'ml.distance', 'ml.link', 'ml.label'],
    predict,
  },
]
