import { UnsupportedError } from '../../../core/errors.ts'
import type { ValueName } from '../../../core/ir/builder.ts'
import type { LoweringContext } from './context.ts'
import type { ClassLabels, ClassPrediction, Prediction } from './prediction.ts'

/** Operators that these functions produce. */
export const CLASS_OPS = ['ml.link', 'ml.label'] as const

/** The class with the largest probability. */
export function byProbability(
  ctx: LoweringContext,
  classes: ClassLabels,
  probabilities: ValueName,
  decision?: ValueName,
): ClassPrediction {
  const label = ctx.builder.ml('ml.label', [probabilities], { labels: classes.labels, rule: 'argmax' })
  return { kind: 'classes', classes, label, probabilities, ...(decision === undefined ? {} : { decision }) }
}

/** The class with the largest decision; with two classes and one decision [N, 1] the second where it is positive. */
export function byDecision(
  ctx: LoweringContext,
  classes: ClassLabels,
  decision: ValueName,
  probabilities?: ValueName,
): ClassPrediction {
  const binary = ctx.builder.type(decision).shape?.[1] === 1
  const label = ctx.builder.ml('ml.label', [decision], {
    labels: classes.labels,
    rule: binary ? 'threshold' : 'argmax',
    ...(binary ? { threshold: 0 } : {}),
  })
  return { kind: 'classes', classes, label, decision, ...(probabilities === undefined ? {} : { probabilities }) }
}

/** `LinearClassifierMixin._predict_proba_lr`: a sigmoid per class, normalised where there are more than two. */
export function oneVersusRest(ctx: LoweringContext, decision: ValueName): ValueName {
  if (ctx.builder.type(decision).shape?.[1] === 1) {
    return ctx.builder.ml('ml.link', [decision], { function: 'logit', complement: true })
  }
  const each = ctx.builder.ml('ml.link', [decision], { function: 'logit' })
  return ctx.builder.ml('ml.link', [each], { function: 'simplemax' })
}

/** Probabilities of a softmax; one decision for two classes becomes a sigmoid. */
export function softmax(ctx: LoweringContext, decision: ValueName): ValueName {
  if (ctx.builder.type(decision).shape?.[1] === 1) {
    return ctx.builder.ml('ml.link', [decision], { function: 'logit', complement: true })
  }
  return ctx.builder.ml('ml.link', [decision], { function: 'softmax' })
}

/** The prediction, when it is one of classes. Throws UnsupportedError. */
export function asClasses(prediction: Prediction, who: string): ClassPrediction {
  if (prediction.kind === 'classes') return prediction
  throw new UnsupportedError(`${who} does not predict one class, which is needed here`)
}

/** The numbers that a prediction consists of, [N, T]. Throws UnsupportedError for labels of text. */
export function asValue(ctx: LoweringContext, prediction: Prediction, who: string): ValueName {
  if (prediction.kind === 'values') return prediction.value
  if (prediction.kind === 'classes' && ctx.builder.type(prediction.label).dtype !== 'string') {
    return asColumn(ctx, prediction.label)
  }
  throw new UnsupportedError(`${who} does not predict numbers, which are needed here`)
}

/** [N] as [N, 1]. */
export function asColumn(ctx: LoweringContext, vector: ValueName): ValueName {
  if (ctx.builder.type(vector).shape?.length === 2) return vector
  return ctx.builder.op('Reshape', [vector, ctx.builder.int64([-1, 1])])
}

/** The weighted sum of tables of the same width: Σ weight · value, as one linear operator. */
export function weightedSum(ctx: LoweringContext, values: readonly ValueName[], weights: ArrayLike<number>): ValueName {
  const width = ctx.builder.type(values[0] ?? '').shape?.[1]
  if (typeof width !== 'number') throw new UnsupportedError('The members of an ensemble give results of unknown width')
  const coefficients = new Float64Array(width * values.length * width)
  values.forEach((_, m) => {
    for (let k = 0; k < width; k++) coefficients[k * values.length * width + m * width + k] = weights[m] as number
  })
  return ctx.builder.ml('ml.linear', values, { coefficients, intercepts: new Float64Array(width) })
}

/** The mean of tables of the same width. */
export const average = (ctx: LoweringContext, values: readonly ValueName[]): ValueName =>
  values.length === 1
    ? (values[0] as ValueName)
    : weightedSum(
        ctx,
        values,
        values.map(() => 1 / values.length),
      )
