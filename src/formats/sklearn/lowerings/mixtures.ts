import { UnsupportedError } from '../../../core/errors.ts'
import type { ValueName } from '../../../core/ir/builder.ts'
import type { PyView } from '../../../encodings/pickle/view.ts'
import { type Columns, numericTable, TABLE_OPS } from './columns.ts'
import type { EstimatorLowering, LoweringContext } from './context.ts'
import { type Matrix, matrix, product, requireSetting, rowOf, text, transposed, vector } from './estimator.ts'
import type { ClusterPrediction } from './prediction.ts'

const KINDS = ['full', 'tied', 'diag', 'spherical'] as const

/** ψ(x), x > 0: the recurrence up to 6, then the asymptotic series (Abramowitz and Stegun 6.3.5, 6.3.18). */
function digamma(x: number): number {
  let shifted = x
  let result = 0
  for (; shifted < 6; shifted++) result -= 1 / shifted
  const f = 1 / (shifted * shifted)
  const series = f * (1 / 12 - f * (1 / 120 - f * (1 / 252 - f * (1 / 240 - f * (1 / 132 - f * (691 / 32760))))))
  return result + Math.log(shifted) - 0.5 / shifted - series
}

/** The logarithms of the components' weights (mixture/_bayesian_mixture.py, _estimate_log_weights). */
function logWeights(mixture: PyView): number[] {
  if (mixture.className === 'GaussianMixture') return [...vector(mixture.attr('weights_'))].map(Math.log)
  const concentration = mixture.attr('weight_concentration_')
  if (text(mixture, 'weight_concentration_prior_type', 'dirichlet_process') === 'dirichlet_distribution') {
    const all = [...vector(concentration)]
    const total = digamma(all.reduce((sum, value) => sum + value, 0))
    return all.map((value) => digamma(value) - total)
  }
  const [a, b] = concentration.items().map((part) => [...vector(part)]) as [number[], number[]]
  let rest = 0
  return a.map((value, k) => {
    const total = digamma(value + (b[k] as number))
    const result = digamma(value) - total + rest
    rest += digamma(b[k] as number) - total
    return result
  })
}

/** What variational inference adds to the log density of each component (_estimate_log_prob). */
function corrections(mixture: PyView, count: number, features: number): number[] {
  if (mixture.className === 'GaussianMixture') return new Array<number>(count).fill(0)
  const freedom = vector(mixture.attr('degrees_of_freedom_'))
  const precision = vector(mixture.attr('mean_precision_'))
  return Array.from({ length: count }, (_, k) => {
    const nu = freedom[k] as number
    let logLambda = features * Math.LN2
    for (let i = 0; i < features; i++) logLambda += digamma(0.5 * (nu - i))
    return 0.5 * (logLambda - features / (precision[k] as number) - features * Math.log(nu))
  })
}

/** The upper triangle U_k of each component's precision U·Uᵀ, [features, features]; for diagonal ones its diagonal. */
function factors(mixture: PyView, kind: string, count: number, features: number): Matrix[] {
  const { data } = mixture.attr('precisions_cholesky_').float64()
  const size = features * features
  const full = (values: Float64Array): Matrix => ({ rows: features, columns: features, data: values })
  return Array.from({ length: count }, (_, k) => {
    if (kind === 'full') return full(data.slice(k * size, (k + 1) * size))
    if (kind === 'tied') return full(data)
    const diagonal = new Float64Array(size)
    for (let i = 0; i < features; i++)
      diagonal[i * features + i] = data[kind === 'diag' ? k * features + i : k] as number
    return full(diagonal)
  })
}

/** Log weight plus log density of each component, [N, K]: squared distances after multiplying with the factor. */
function logDensities(ctx: LoweringContext, mixture: PyView, columns: Columns): ValueName {
  const means = matrix(mixture.attr('means_'))
  const kind = requireSetting(mixture, 'covariance_type', KINDS, 'full')
  const [count, features] = [means.rows, means.columns]
  const all = factors(mixture, kind, count, features)
  const table = numericTable(ctx, columns)
  const squares = all.map((factor, k) => {
    const mean = product({ rows: 1, columns: features, data: rowOf(means, k) }, factor)
    const intercepts = mean.data.map((value) => -value)
    const white = ctx.builder.ml('ml.linear', table, { coefficients: transposed(factor).data, intercepts })
    return ctx.builder.ml('ml.distance', [white], { points: new Float64Array(features), metric: 'squaredEuclidean' })
  })
  const weights = logWeights(mixture)
  const extra = corrections(mixture, count, features)
  const shift = Float64Array.from({ length: count }, (_, k) => {
    let logDeterminant = 0
    const { data } = all[k] as Matrix
    for (let i = 0; i < features; i++) logDeterminant += Math.log(data[i * features + i] as number)
    const density = logDeterminant - (features / 2) * Math.log(2 * Math.PI)
    return (weights[k] as number) + density + (extra[k] as number)
  })
  return ctx.builder.ml('ml.scale', [ctx.concat(squares)], { factor: new Float64Array(count).fill(-0.5), shift })
}

/** The most probable component, and the probabilities of all (sklearn/mixture/_base.py). */
function predict(ctx: LoweringContext, mixture: PyView, columns: Columns): ClusterPrediction {
  const scores = logDensities(ctx, mixture, columns)
  const clusters = ctx.builder.type(scores).shape?.[1]
  if (typeof clusters !== 'number') throw new UnsupportedError('The mixture has no components')
  const labels = Array.from({ length: clusters }, (_, k) => k)
  const probabilities = ctx.builder.ml('ml.link', [scores], { function: 'softmax' })
  const label = ctx.builder.ml('ml.label', [probabilities], { labels, rule: 'argmax' })
  return { kind: 'clusters', label, clusters, probabilities }
}

const row = (name: string): EstimatorLowering => ({
  operator: `sklearn.${name}`,
  produces: [...TABLE_OPS, 'ml.linear', 'ml.distance', 'ml.scale', 'ml.link', 'ml.label'],
  predict,
})

export const mixtures: readonly EstimatorLowering[] = [row('GaussianMixture'), row('BayesianGaussianMixture')]
