import { UnsupportedError } from '../../../core/errors.ts'
import type { ValueName } from '../../../core/ir/builder.ts'
import { apply, column, type Expression, number } from '../../../core/ops/ml/expression.ts'
import type { PyView } from '../../../encodings/pickle/view.ts'
import { asClasses, average, byProbability, CLASS_OPS } from './classification.ts'
import { type Columns, TABLE_OPS } from './columns.ts'
import type { EstimatorLowering, LoweringContext } from './context.ts'
import { classLabels } from './estimator.ts'
import { isotonic } from './isotonic.ts'
import type { ClassLabels, ClassPrediction } from './prediction.ts'

/** A score calibrated to a probability: Platt's sigmoid or an isotonic regression. */
function calibrated(calibrator: PyView, score: Expression): Expression {
  if (calibrator.className === 'IsotonicRegression') return isotonic(calibrator, score)
  if (!calibrator.has('a_')) throw new UnsupportedError(`A ${calibrator.className} can not be converted`)
  const [a, b] = [calibrator.attr('a_').number(), calibrator.attr('b_').number()]
  const exponent = apply('+', apply('*', number(a), score), number(b))
  return apply('/', number(1), apply('+', number(1), apply('exp', exponent)))
}

/** The probabilities of one fold, [N, K] (sklearn/calibration.py, _CalibratedClassifier.predict_proba). */
function fold(ctx: LoweringContext, member: PyView, columns: Columns, classes: ClassLabels): ValueName {
  const prediction = asClasses(
    ctx.predict(member.firstAttr('estimator', 'base_estimator'), columns),
    'The calibrated estimator',
  )
  const scores = prediction.decision ?? prediction.probabilities
  if (scores === undefined) throw new UnsupportedError('The calibrated estimator has no scores')
  const calibrators = member.firstAttr('calibrators', 'calibrators_').items()
  const width = ctx.builder.type(scores).shape?.[1] as number
  const count = classes.labels.length
  if (calibrators[0]?.className === '_TemperatureScaling') return tempered(ctx, calibrators[0], prediction)
  if (count === 2) {
    const positive = calibrated(calibrators[0] as PyView, column(width - 1))
    const expressions = [apply('-', number(1), positive), positive]
    return ctx.builder.ml('ml.expression', [scores], { expressions, type: 'number' })
  }
  const each = calibrators.map((calibrator, k) => calibrated(calibrator, column(k)))
  const raw = ctx.builder.ml('ml.expression', [scores], { expressions: each, type: 'number' })
  const sum = apply('sum', ...each.map((_, k) => column(k)))
  const expressions = each.map(
    (_, k): Expression => apply('if', apply('equal', sum, number(0)), number(1 / count), apply('/', column(k), sum)),
  )
  return ctx.builder.ml('ml.expression', [raw], { expressions, type: 'number' })
}

/** Added to probabilities before their logarithm is taken. */
const EPSILON = 1e-12

/** The softmax of all scores times one inverse temperature (_TemperatureScaling.predict, since 1.8). */
function tempered(ctx: LoweringContext, calibrator: PyView, { decision, probabilities }: ClassPrediction): ValueName {
  const beta = calibrator.attr('beta_').number()
  const scores = (decision ?? probabilities) as ValueName
  const width = ctx.builder.type(scores).shape?.[1] as number
  if (decision !== undefined && width === 1) {
    const doubled = ctx.builder.ml('ml.scale', [decision], { factor: Float64Array.of(2 * beta) })
    return ctx.builder.ml('ml.link', [doubled], { function: 'logit', complement: true })
  }
  const logits =
    decision ??
    ctx.builder.ml('ml.expression', [scores], {
      expressions: Array.from({ length: width }, (_, k) => apply('ln', apply('+', column(k), number(EPSILON)))),
      type: 'number',
    })
  const scaled = ctx.builder.ml('ml.scale', [logits], { factor: new Float64Array(width).fill(beta) })
  return ctx.builder.ml('ml.link', [scaled], { function: 'softmax' })
}

export const calibration: readonly EstimatorLowering[] = [
  {
    operator: 'sklearn.CalibratedClassifierCV',
    produces: [...TABLE_OPS, 'ml.expression', 'ml.linear', 'ml.scale', ...CLASS_OPS],
    predict: (ctx, estimator, columns) => {
      const classes = classLabels(estimator.attr('classes_'))
      const folds = ctx.each(estimator.attr('calibrated_classifiers_').items(), (member) =>
        fold(ctx, member, columns, classes),
      )
      return byProbability(ctx, classes, average(ctx, folds))
    },
  },
]
