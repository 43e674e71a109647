import type { ValueName } from '../../../core/ir/builder.ts'
import type { PyView } from '../../../encodings/pickle/view.ts'
import { byProbability, CLASS_OPS } from './classification.ts'
import { type Columns, columnsOf, numericTable, TABLE_OPS } from './columns.ts'
import type { EstimatorLowering, LoweringContext } from './context.ts'
import { binarized } from './element-wise.ts'
import { classLabels, matrix, vector } from './estimator.ts'

/** Stands for log 0 (alpha=0): scikit-learn's sparse tables never multiply it with 0, which would be NaN. exp of it is 0. */
const LOG_ZERO = -1e9

const finite = (logs: Float64Array): Float64Array => logs.map((log) => Math.max(log, LOG_ZERO))

type JointLogLikelihood = (ctx: LoweringContext, estimator: PyView, columns: Columns) => ValueName

/** Probabilities are the softmax of the joint log likelihood (sklearn/naive_bayes.py). */
const naiveBayes = (
  name: string,
  produces: EstimatorLowering['produces'],
  jointLogLikelihood: JointLogLikelihood,
): EstimatorLowering => ({
  operator: `sklearn.${name}`,
  produces: [...TABLE_OPS, ...produces, ...CLASS_OPS],
  predict: (ctx, estimator, columns) => {
    const scores = jointLogLikelihood(ctx, estimator, columns)
    const probabilities = ctx.builder.ml('ml.link', [scores], { function: 'softmax' })
    return byProbability(ctx, classLabels(estimator.attr('classes_')), probabilities)
  },
})

const gaussian: JointLogLikelihood = (ctx, estimator, columns) =>
  ctx.builder.ml('ml.gaussianNaiveBayes', numericTable(ctx, columns), {
    means: matrix(estimator.attr('theta_')).data,
    variances: matrix(estimator.firstAttr('var_', 'sigma_')).data,
    logPriors: vector(estimator.attr('class_prior_')).map(Math.log),
  })

function linear(
  ctx: LoweringContext,
  columns: Columns,
  coefficients: Float64Array,
  intercepts: Float64Array,
): ValueName {
  return ctx.builder.ml('ml.linear', numericTable(ctx, columns), { coefficients, intercepts })
}

const multinomial: JointLogLikelihood = (ctx, estimator, columns) =>
  linear(
    ctx,
    columns,
    finite(matrix(estimator.attr('feature_log_prob_')).data),
    vector(estimator.attr('class_log_prior_')),
  )

/** The prior counts only when there is a single class. */
const complement: JointLogLikelihood = (ctx, estimator, columns) => {
  const weights = matrix(estimator.attr('feature_log_prob_'))
  const priors = vector(estimator.attr('class_log_prior_'))
  return linear(ctx, columns, weights.data, weights.rows === 1 ? priors : new Float64Array(weights.rows))
}

/** Σ x · (log p − log(1 − p)) + Σ log(1 − p) + prior, of x as 0 and 1. */
const bernoulli: JointLogLikelihood = (ctx, estimator, columns) => {
  const { rows, columns: width, data: logs } = matrix(estimator.attr('feature_log_prob_'))
  const data = finite(logs)
  const priors = vector(estimator.attr('class_log_prior_'))
  const negative = finite(data.map((log) => Math.log(1 - Math.exp(log))))
  const intercepts = Float64Array.from({ length: rows }, (_, k) =>
    negative.subarray(k * width, (k + 1) * width).reduce((a, b) => a + b, priors[k] as number),
  )
  const threshold = estimator.optional('binarize')
  const table = threshold === undefined ? columns : binarized(ctx, columns, threshold.number())
  return linear(
    ctx,
    table,
    data.map((log, i) => log - (negative[i] as number)),
    intercepts,
  )
}

/** One coefficient per category of each column. */
const categorical: JointLogLikelihood = (ctx, estimator, columns) => {
  const tables = estimator.attr('feature_log_prob_').items().map(matrix)
  const priors = vector(estimator.attr('class_log_prior_'))
  const encodings = tables.map((table) => {
    const keys = Array.from({ length: table.columns }, (_, k) => k)
    return { keys, slots: keys, size: keys.length, unknownSlot: -1, missingSlot: -1 }
  })
  const encoded = ctx.builder.ml('ml.oneHot', numericTable(ctx, columns), { encodings })
  const rows = Array.from(priors, (_, k) =>
    tables.flatMap((t) => [...finite(t.data).subarray(k * t.columns, (k + 1) * t.columns)]),
  )
  return linear(ctx, columnsOf(ctx, encoded), Float64Array.from(rows.flat()), priors)
}

export const naiveBayesModels: readonly EstimatorLowering[] = [
  naiveBayes('GaussianNB', ['ml.gaussianNaiveBayes'], gaussian),
  naiveBayes('MultinomialNB', ['ml.linear'], multinomial),
  naiveBayes('ComplementNB', ['ml.linear'], complement),
  naiveBayes('BernoulliNB', ['ml.expression', 'Greater', 'ml.linear'], bernoulli),
  naiveBayes('CategoricalNB', ['ml.oneHot', 'ml.linear'], categorical),
]
