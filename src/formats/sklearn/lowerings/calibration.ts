import { UnsupportedError } from '../../../core/errors.ts'
import type { ValueName } from '../../../core/ir/builder.ts'
import { apply, column, type Expression, number } from '../../../core/ops/ml/expression.ts'
import type { PyView } from '../../../encodings/pickle/view.ts'
import { asClasses, average, byProbability } from './classification.ts'
import { type Columns, TABLE_OPS } from './columns.ts'
import type { EstimatorLowering, LoweringContext } from './context.ts'
import { classLabels } from './estimator.ts'
import { isotonic } from './isotonic.ts'
import type { ClassLabels } from './prediction.ts'

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

export const calibration: readonly EstimatorLowering[] = [
  {
    operator: 'sklearn.CalibratedClassifierCV',
    produces: [...TABLE_OPS, 'ml.expression', 'ml.linear', 'ml.label'],
    predict: (ctx, estimator, columns) => {
      const classes = classLabels(estimator.attr('classes_'))
      const folds = ctx.each(estimator.attr('calibrated_classifiers_').items(), (member) =>
        fold(ctx, member, columns, classes),
      )
      return byProbability(ctx, classes, average(ctx, folds))
    },
  },
]
