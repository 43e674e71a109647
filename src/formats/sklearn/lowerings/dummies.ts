import { UnsupportedError } from '../../../core/errors.ts'
import type { ValueName } from '../../../core/ir/builder.ts'
import type { PyView } from '../../../encodings/pickle/view.ts'
import { byProbability, CLASS_OPS } from './classification.ts'
import { type Columns, TABLE_OPS } from './columns.ts'
import type { EstimatorLowering, LoweringContext } from './context.ts'
import { category, classLabels, num, requireSetting, vector } from './estimator.ts'
import type { ClassLabels, ClassPrediction, Prediction } from './prediction.ts'

/** The constant probabilities of a DummyClassifier with one target (sklearn/dummy.py). */
export const dummyDistribution = (dummy: PyView): number[] =>
  distribution(dummy, dummy.attr('class_prior_'), classLabels(dummy.attr('classes_')), 0)

/** The constant probabilities of the classes of one target. */
function distribution(dummy: PyView, prior: PyView, { labels }: ClassLabels, target: number): number[] {
  const strategy = requireSetting(dummy, 'strategy', ['prior', 'most_frequent', 'constant'], 'prior')
  const priors = [...vector(prior)]
  if (strategy === 'prior') return priors
  const constant = strategy === 'constant' ? constantOf(dummy, target) : undefined
  const chosen = constant === undefined ? priors.indexOf(Math.max(...priors)) : labels.indexOf(constant)
  return priors.map((_, k) => (k === chosen ? 1 : 0))
}

function constantOf(dummy: PyView, target: number) {
  const view = dummy.attr('constant')
  return category(view.isArray || view.isKind('list') ? (view.items()[target] ?? view) : view)
}

function classifier(ctx: LoweringContext, dummy: PyView, columns: Columns): Prediction {
  const outputs = num(dummy, 'n_outputs_', 1)
  const targets = Array.from({ length: outputs }, (_, t): ClassPrediction => {
    const [labels, prior] = ['classes_', 'class_prior_'].map((name) => {
      const view = dummy.attr(name)
      return outputs === 1 ? view : view.item(t)
    }) as [PyView, PyView]
    const classes = classLabels(labels)
    return byProbability(ctx, classes, constants(ctx, columns, distribution(dummy, prior, classes, t)))
  })
  return targets.length === 1 ? (targets[0] as ClassPrediction) : { kind: 'multi', targets }
}

/** The constant answer of a DummyRegressor, one number per target. */
export const dummyValue = (dummy: PyView): Float64Array => vector(dummy.attr('constant_'))

/** Constants as columns: a linear function without slopes. */
export function constants(ctx: LoweringContext, columns: Columns, values: ArrayLike<number>): ValueName {
  const one = columns
    .slice(0, 1)
    .flatMap((column) => ('input' in column ? [ctx.inputs.resolve(column.input, false)] : [column]))
  const [first] = one
  if (!first) throw new UnsupportedError('A model without input columns can not be converted')
  const isText = ctx.builder.type(first.value).dtype === 'string'
  const value = ctx.gather(first.value, [first.index])
  if (isText) {
    const expressions = Array.from(values, (v) => ({ kind: 'constant' as const, value: v, type: 'number' as const }))
    return ctx.builder.ml('ml.expression', [value], { expressions, type: 'number' })
  }
  return ctx.builder.ml('ml.linear', [value], {
    coefficients: new Float64Array(values.length),
    intercepts: Float64Array.from(values),
  })
}

export const dummies: readonly EstimatorLowering[] = [
  {
    operator: 'sklearn.DummyClassifier',
    produces: [...TABLE_OPS, 'ml.linear', 'ml.expression', ...CLASS_OPS],
    predict: classifier,
  },
  {
    operator: 'sklearn.DummyRegressor',
    produces: [...TABLE_OPS, 'ml.linear', 'ml.expression'],
    predict: (ctx, dummy, columns) => ({ kind: 'values', value: constants(ctx, columns, dummyValue(dummy)) }),
  },
]
