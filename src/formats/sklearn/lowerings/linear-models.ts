import { UnsupportedError } from '../../../core/errors.ts'
import type { ValueName } from '../../../core/ir/builder.ts'
import type { PyView } from '../../../encodings/pickle/view.ts'
import { byDecision, byProbability, CLASS_OPS, oneVersusRest, softmax } from './classification.ts'
import { type Columns, numericTable, TABLE_OPS } from './columns.ts'
import type { EstimatorLowering, LoweringContext } from './context.ts'
import { classLabels, matrix, text, vector } from './estimator.ts'
import type { ClassLabels, ClassPrediction } from './prediction.ts'

/** x · coef_ᵀ + intercept_, [N, K] (LinearModel._decision_function, sklearn/linear_model/_base.py). */
export function linearScores(ctx: LoweringContext, estimator: PyView, columns: Columns): ValueName {
  const coefficients = matrix(estimator.attr('coef_'))
  return linearOver(ctx, columns, coefficients.data, coefficients.rows, estimator.find('intercept_'))
}

/** x · coefficientsᵀ + intercept; a single intercept counts for all `outputs`. */
export function linearOver(
  ctx: LoweringContext,
  columns: Columns,
  coefficients: Float64Array,
  outputs: number,
  intercept: PyView | undefined,
): ValueName {
  const given = intercept === undefined || intercept.isNone ? Float64Array.of(0) : vector(intercept)
  const intercepts = Float64Array.from({ length: outputs }, (_, k) => given[given.length === 1 ? 0 : k] ?? 0)
  return ctx.builder.ml('ml.linear', numericTable(ctx, columns), { coefficients, intercepts })
}

const regressor = (name: string): EstimatorLowering => ({
  operator: `sklearn.${name}`,
  produces: [...TABLE_OPS, 'ml.linear'],
  predict: (ctx, estimator, columns) => ({ kind: 'values', value: linearScores(ctx, estimator, columns) }),
})

/** RidgeClassifier keeps its classes in the label binarizer (`classes_` is a property of it before 1.1). */
const classesOf = (estimator: PyView): ClassLabels =>
  classLabels(estimator.optional('classes_') ?? estimator.attr('_label_binarizer').attr('classes_'))

/** Classifiers that only have a decision function. */
const decider = (name: string): EstimatorLowering => ({
  operator: `sklearn.${name}`,
  produces: [...TABLE_OPS, 'ml.linear', 'ml.label'],
  predict: (ctx, estimator, columns) => byDecision(ctx, classesOf(estimator), linearScores(ctx, estimator, columns)),
})

/** LogisticRegression.predict_proba of its decisions (sklearn/linear_model/_logistic.py, 1.0 to 1.9). */
export function logisticFrom(ctx: LoweringContext, estimator: PyView, decision: ValueName): ClassPrediction {
  const classes = classLabels(estimator.attr('classes_'))
  const multiClass = text(estimator, 'multi_class', 'auto')
  const automatic = multiClass === 'auto' || multiClass === 'deprecated'
  const isOneVersusRest =
    multiClass === 'ovr' ||
    multiClass === 'warn' ||
    (automatic && (classes.labels.length <= 2 || text(estimator, 'solver', 'lbfgs') === 'liblinear'))
  if (isOneVersusRest) return byProbability(ctx, classes, oneVersusRest(ctx, decision), decision)
  if (ctx.builder.type(decision).shape?.[1] !== 1) return byProbability(ctx, classes, softmax(ctx, decision), decision)
  // Two classes fitted as multinomial: the softmax of (−d, d) is the sigmoid of 2d.
  const doubled = ctx.builder.ml('ml.scale', [decision], { factor: Float64Array.of(2) })
  return byProbability(ctx, classes, softmax(ctx, doubled), decision)
}

const logistic = (name: string): EstimatorLowering => ({
  operator: `sklearn.${name}`,
  produces: [...TABLE_OPS, 'ml.linear', 'ml.scale', ...CLASS_OPS],
  predict: (ctx, estimator, columns) => logisticFrom(ctx, estimator, linearScores(ctx, estimator, columns)),
})

/** The mean response of a generalised linear model is the inverse link of the linear predictor (sklearn/linear_model/_glm). */
const generalised = (name: string, isLog: (estimator: PyView) => boolean): EstimatorLowering => ({
  operator: `sklearn.${name}`,
  produces: [...TABLE_OPS, 'ml.linear', 'ml.link'],
  predict: (ctx, estimator, columns) => {
    const scores = linearScores(ctx, estimator, columns)
    return {
      kind: 'values',
      value: isLog(estimator) ? ctx.builder.ml('ml.link', [scores], { function: 'exp' }) : scores,
    }
  },
})

function tweedieIsLog(estimator: PyView): boolean {
  const link = text(estimator, 'link', 'auto')
  if (link !== 'auto' && link !== 'identity' && link !== 'log') throw new UnsupportedError(`link=${link} is not known`)
  return link === 'auto' ? estimator.attr('power').number() > 0 : link === 'log'
}

const REGRESSORS = [
  'LinearRegression',
  'Ridge',
  'RidgeCV',
  'Lasso',
  'LassoCV',
  'ElasticNet',
  'ElasticNetCV',
  'Lars',
  'LarsCV',
  'LassoLars',
  'LassoLarsCV',
  'LassoLarsIC',
  'OrthogonalMatchingPursuit',
  'OrthogonalMatchingPursuitCV',
  'BayesianRidge',
  'ARDRegression',
  'HuberRegressor',
  'TheilSenRegressor',
  'SGDRegressor',
  'PassiveAggressiveRegressor',
  'LinearSVR',
  'QuantileRegressor',
  'MultiTaskLasso',
  'MultiTaskLassoCV',
  'MultiTaskElasticNet',
  'MultiTaskElasticNetCV',
]

const DECIDERS = ['RidgeClassifier', 'RidgeClassifierCV', 'LinearSVC', 'Perceptron', 'PassiveAggressiveClassifier']

export const linearModels: readonly EstimatorLowering[] = [
  ...REGRESSORS.map(regressor),
  ...DECIDERS.map(decider),
  logistic('LogisticRegression'),
  logistic('LogisticRegressionCV'),
  generalised('PoissonRegressor', () => true),
  generalised('GammaRegressor', () => true),
  generalised('TweedieRegressor', tweedieIsLog),
]
