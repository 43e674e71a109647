import type { ValueName } from '../../../core/ir/builder.ts'
import type { MlAttributes } from '../../../core/ops/ml/attributes.ts'
import { apply, column, number } from '../../../core/ops/ml/expression.ts'
import type { PyView } from '../../../encodings/pickle/view.ts'
import { byDecision } from './classification.ts'
import { type Columns, numericTable, TABLE_OPS } from './columns.ts'
import type { EstimatorLowering, LoweringContext } from './context.ts'
import { classLabels, flag, matrix, requireSetting, text, vector } from './estimator.ts'
import { outliers } from './outliers.ts'
import type { ClassPrediction } from './prediction.ts'

type KernelMachine = MlAttributes['ml.kernelMachine']

type Kernel = Pick<KernelMachine, 'kernel' | 'gamma' | 'coef0' | 'degree' | 'supportVectors'>

function kernelOf(estimator: PyView): Kernel {
  const kernel = requireSetting(estimator, 'kernel', ['linear', 'poly', 'rbf', 'sigmoid'], 'rbf')
  return {
    kernel: kernel as KernelMachine['kernel'],
    gamma: estimator.firstAttr('_gamma', 'gamma').number(),
    coef0: estimator.attr('coef0').number(),
    degree: estimator.attr('degree').number(),
    supportVectors: matrix(estimator.attr('support_vectors_')).data,
  }
}

/** Σ dual_coef_ · kernel + intercept_ of a machine with one decision, [N, 1]. */
function singleDecision(ctx: LoweringContext, estimator: PyView, columns: Columns): ValueName {
  return ctx.builder.ml('ml.kernelMachine', numericTable(ctx, columns), {
    ...kernelOf(estimator),
    coefficients: matrix(estimator.attr('dual_coef_')).data,
    intercepts: vector(estimator.attr('intercept_')),
  })
}

/** The decisions of all pairs of classes in libsvm's order; `dual` is [classes − 1, vectors], grouped by class. */
function pairCoefficients(dual: { data: Float64Array; columns: number }, counts: readonly number[]): Float64Array {
  const classes = counts.length
  const total = dual.columns
  const starts = counts.map((_, i) => counts.slice(0, i).reduce((a, b) => a + b, 0))
  const result = new Float64Array(((classes * (classes - 1)) / 2) * total)
  let pair = 0
  for (let i = 0; i < classes; i++) {
    for (let j = i + 1; j < classes; j++, pair++) {
      const copy = (group: number, row: number) => {
        const start = starts[group] as number
        for (let s = start; s < start + (counts[group] as number); s++) {
          result[pair * total + s] = dual.data[row * total + s] as number
        }
      }
      copy(i, j - 1)
      copy(j, i)
    }
  }
  return result
}

/** libsvm's predict and predict_proba, and scikit-learn's `decision_function_shape` (sklearn/svm/_base.py). */
function classifier(ctx: LoweringContext, estimator: PyView, columns: Columns): ClassPrediction {
  const classes = classLabels(estimator.attr('classes_'))
  const count = classes.labels.length
  if (count === 2) return binary(ctx, estimator, columns)
  const counts = estimator.firstAttr('_n_support', 'n_support_').integers().data
  const pairs = ctx.builder.ml('ml.kernelMachine', numericTable(ctx, columns), {
    ...kernelOf(estimator),
    coefficients: pairCoefficients(matrix(estimator.firstAttr('_dual_coef_', 'dual_coef_')), counts),
    intercepts: vector(estimator.firstAttr('_intercept_', 'intercept_')),
  })
  const isOvr = text(estimator, 'decision_function_shape', 'ovr') === 'ovr'
  const votes = ctx.builder.ml('ml.pairwiseVote', [pairs], { classes: count, confidence: false })
  const decision = isOvr ? ctx.builder.ml('ml.pairwiseVote', [pairs], { classes: count, confidence: true }) : pairs
  const byVotes = !(isOvr && flag(estimator, 'break_ties', false))
  const label = ctx.builder.ml('ml.label', [byVotes ? votes : decision], { labels: classes.labels, rule: 'argmax' })
  const probabilities = probabilitiesOf(ctx, estimator, pairs, count)
  return { kind: 'classes', classes, label, decision, ...(probabilities === undefined ? {} : { probabilities }) }
}

/** With two classes the public attributes have the opposite sign of libsvm's: positive for the second class. */
function binary(ctx: LoweringContext, estimator: PyView, columns: Columns): ClassPrediction {
  const decision = singleDecision(ctx, estimator, columns)
  const pairs = () => ctx.builder.ml('ml.scale', [decision], { factor: Float64Array.of(-1) })
  const probabilities = hasProbabilities(estimator) ? probabilitiesOf(ctx, estimator, pairs(), 2) : undefined
  return byDecision(ctx, classLabels(estimator.attr('classes_')), decision, probabilities)
}

/** `probability`, which is the text `deprecated`, meaning false, by default since 1.9. */
const hasProbabilities = (estimator: PyView): boolean =>
  text(estimator, 'probability', '') !== 'deprecated' && flag(estimator, 'probability', false)

function probabilitiesOf(
  ctx: LoweringContext,
  estimator: PyView,
  pairs: ValueName,
  classes: number,
): ValueName | undefined {
  if (!hasProbabilities(estimator)) return undefined
  const a = vector(estimator.firstAttr('_probA', 'probA_'))
  const b = vector(estimator.firstAttr('_probB', 'probB_'))
  return a.length === 0 ? undefined : ctx.builder.ml('ml.pairwiseProbability', [pairs], { classes, a, b })
}

const CLASSIFIER_OPS = [
  ...TABLE_OPS,
  'ml.kernelMachine',
  'ml.scale',
  'ml.pairwiseVote',
  'ml.pairwiseProbability',
  'ml.label',
] as const

const svc = (name: string): EstimatorLowering => ({
  operator: `sklearn.${name}`,
  produces: CLASSIFIER_OPS,
  predict: classifier,
})

const svr = (name: string): EstimatorLowering => ({
  operator: `sklearn.${name}`,
  produces: [...TABLE_OPS, 'ml.kernelMachine'],
  predict: (ctx, estimator, columns) => ({ kind: 'values', value: singleDecision(ctx, estimator, columns) }),
})

export const supportVectors: readonly EstimatorLowering[] = [
  svc('SVC'),
  svc('NuSVC'),
  svr('SVR'),
  svr('NuSVR'),
  {
    operator: 'sklearn.OneClassSVM',
    produces: [...TABLE_OPS, 'ml.kernelMachine', 'ml.expression'],
    predict: (ctx, estimator, columns) =>
      outliers(ctx, singleDecision(ctx, estimator, columns), apply('+', column(0), number(0))),
  },
]
