import { UnsupportedError } from '../../../core/errors.ts'
import type { ValueName } from '../../../core/ir/builder.ts'
import type { PyView } from '../../../encodings/pickle/view.ts'
import { byProbability, CLASS_OPS } from './classification.ts'
import { type Columns, TABLE_OPS } from './columns.ts'
import type { EstimatorLowering, LoweringContext } from './context.ts'
import { category, classLabels, requireSetting, vector } from './estimator.ts'

/** The constant probabilities of a DummyClassifier (sklearn/dummy.py). */
export function dummyDistribution(dummy: PyView): number[] {
  const strategy = requireSetting(dummy, 'strategy', ['prior', 'most_frequent', 'constant'], 'prior')
  const priors = [...vector(dummy.attr('class_prior_'))]
  if (strategy === 'prior') return priors
  const { labels } = classLabels(dummy.attr('classes_'))
  const constant = strategy === 'constant' ? constantOf(dummy) : undefined
  const chosen = constant === undefined ? priors.indexOf(Math.max(...priors)) : labels.indexOf(constant)
  return priors.map((_, k) => (k === chosen ? 1 : 0))
}

function constantOf(dummy: PyView) {
  const view = dummy.attr('constant')
  return category(view.isArray || view.isKind('list') ? (view.items()[0] ?? view) : view)
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
    predict: (ctx, dummy, columns) =>
      byProbability(ctx, classLabels(dummy.attr('classes_')), constants(ctx, columns, dummyDistribution(dummy))),
  },
  {
    operator: 'sklearn.DummyRegressor',
    produces: [...TABLE_OPS, 'ml.linear', 'ml.expression'],
    predict: (ctx, dummy, columns) => ({ kind: 'values', value: constants(ctx, columns, dummyValue(dummy)) }),
  },
]
