import type { ValueName } from '../../../core/ir/builder.ts'
import { apply, column, type Expression, number } from '../../../core/ops/ml/expression.ts'
import { byDecision, CLASS_OPS, oneVersusRest } from './classification.ts'
import { TABLE_OPS } from './columns.ts'
import type { EstimatorLowering, LoweringContext } from './context.ts'
import { classLabels, matrix, text, vector } from './estimator.ts'
import { linearOver, linearScores } from './linear-models.ts'
import { outliers } from './outliers.ts'

/** Labels follow the decision: sigmoids of unscaled decisions are often exactly 1 for several classes. */
const sgdClassifier: EstimatorLowering = {
  operator: 'sklearn.SGDClassifier',
  produces: [...TABLE_OPS, 'ml.linear', 'ml.expression', 'ml.scale', ...CLASS_OPS],
  predict: (ctx, estimator, columns) => {
    const decision = linearScores(ctx, estimator, columns)
    const loss = text(estimator, 'loss', 'hinge')
    const probabilities =
      loss === 'log_loss' || loss === 'log'
        ? oneVersusRest(ctx, decision)
        : loss === 'modified_huber'
          ? modifiedHuber(ctx, decision)
          : undefined
    return byDecision(ctx, classLabels(estimator.attr('classes_')), decision, probabilities)
  },
}

/** (clip(d, −1, 1) + 1) / 2, normalised; the same for all classes where all are zero (SGDClassifier.predict_proba). */
function modifiedHuber(ctx: LoweringContext, decision: ValueName): ValueName {
  const width = ctx.builder.type(decision).shape?.[1] as number
  const half = new Float64Array(width).fill(0.5)
  const clipped = ctx.builder.ml('ml.scale', [decision], { factor: half, shift: half, clip: [0, 1] })
  if (width === 1) return ctx.builder.ml('ml.link', [clipped], { function: 'identity', complement: true })
  const scores = Array.from({ length: width }, (_, k) => column(k))
  const sum = apply('sum', ...scores)
  const expressions = scores.map(
    (score): Expression => apply('if', apply('equal', sum, number(0)), number(1 / width), apply('/', score, sum)),
  )
  return ctx.builder.ml('ml.expression', [clipped], { expressions, type: 'number' })
}

/** x · coef_ᵀ − offset_ (sklearn/linear_model/_stochastic_gradient.py). */
const sgdOneClassSvm: EstimatorLowering = {
  operator: 'sklearn.SGDOneClassSVM',
  produces: [...TABLE_OPS, 'ml.linear', 'ml.expression'],
  predict: (ctx, estimator, columns) => {
    const coefficients = matrix(estimator.attr('coef_'))
    const scores = linearOver(ctx, columns, coefficients.data, 1, undefined)
    const offset = vector(estimator.attr('offset_'))[0] ?? 0
    return outliers(ctx, scores, apply('-', column(0), number(offset)))
  },
}

export const stochasticGradient: readonly EstimatorLowering[] = [sgdClassifier, sgdOneClassSvm]
