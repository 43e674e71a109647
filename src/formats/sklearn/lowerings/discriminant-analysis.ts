import type { PyView } from '../../../encodings/pickle/view.ts'
import { byProbability, CLASS_OPS, softmax } from './classification.ts'
import { type Columns, columnsOf, numericTable, TABLE_OPS } from './columns.ts'
import type { EstimatorLowering, LoweringContext } from './context.ts'
import { classLabels, matrix, product, rowOf, transposed, vector } from './estimator.ts'
import { linearScores } from './linear-models.ts'
import type { ClassPrediction } from './prediction.ts'

function linearPredict(ctx: LoweringContext, estimator: PyView, columns: Columns): ClassPrediction {
  const decision = linearScores(ctx, estimator, columns)
  return byProbability(ctx, classLabels(estimator.attr('classes_')), softmax(ctx, decision), decision)
}

/** (x − xbar_) · scalings_ for the svd solver, x · scalings_ for the eigen solver; the first components only. */
function linearTransform(ctx: LoweringContext, estimator: PyView, columns: Columns): Columns {
  const scalings = transposed(matrix(estimator.attr('scalings_')))
  const kept = estimator.optional('_max_components')?.integer() ?? scalings.rows
  const coefficients = scalings.data.slice(0, Math.min(kept, scalings.rows) * scalings.columns)
  const mean = estimator.optional('xbar_')
  const center = mean ? vector(mean) : new Float64Array(scalings.columns)
  const intercepts = Float64Array.from({ length: coefficients.length / scalings.columns }, (_, k) =>
    rowOf(scalings, k).reduce((sum, c, i) => sum - c * (center[i] as number), 0),
  )
  return columnsOf(ctx, ctx.builder.ml('ml.linear', numericTable(ctx, columns), { coefficients, intercepts }))
}

/** −½ (|(x − mean) R S^−½|² + Σ log S) + log prior, per class (sklearn/discriminant_analysis.py). */
function quadratic(ctx: LoweringContext, estimator: PyView, columns: Columns): ClassPrediction {
  const table = numericTable(ctx, columns)
  const means = matrix(estimator.attr('means_'))
  const priors = vector(estimator.attr('priors_'))
  const rotations = estimator.attr('rotations_').items()
  const scalings = estimator.attr('scalings_').items().map(vector)
  const distances = rotations.map((view, k) => {
    const scale = scalings[k] as Float64Array
    const rotation = transposed(matrix(view))
    const whitening = {
      ...rotation,
      data: rotation.data.map((v, i) => v / Math.sqrt(scale[Math.floor(i / rotation.columns)] as number)),
    }
    const mean = { rows: 1, columns: means.columns, data: rowOf(means, k) }
    const origin = product(mean, transposed(whitening)).data
    const coefficients = whitening.data
    const white = ctx.builder.ml('ml.linear', table, { coefficients, intercepts: new Float64Array(whitening.rows) })
    return ctx.builder.ml('ml.distance', [white], { points: origin, metric: 'squaredEuclidean' })
  })
  const count = distances.length
  const coefficients = new Float64Array(count * count)
  for (let k = 0; k < count; k++) coefficients[k * count + k] = -0.5
  const intercepts = Float64Array.from(
    scalings,
    (scale, k) => Math.log(priors[k] as number) - 0.5 * scale.reduce((sum, s) => sum + Math.log(s), 0),
  )
  const scores = ctx.builder.ml('ml.linear', distances, { coefficients, intercepts })
  const probabilities = ctx.builder.ml('ml.link', [scores], { function: 'softmax' })
  return byProbability(ctx, classLabels(estimator.attr('classes_')), probabilities)
}

export const discriminantAnalysis: readonly EstimatorLowering[] = [
  {
    operator: 'sklearn.LinearDiscriminantAnalysis',
    produces: [...TABLE_OPS, 'ml.linear', ...CLASS_OPS],
    predict: linearPredict,
    transform: linearTransform,
  },
  {
    operator: 'sklearn.QuadraticDiscriminantAnalysis',
    produces: [...TABLE_OPS, 'ml.linear', 'ml.distance', ...CLASS_OPS],
    predict: quadratic,
  },
]
