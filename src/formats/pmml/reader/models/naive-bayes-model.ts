import type { ValueName } from '../../../../core/ir/builder.ts'
import type { Category } from '../../../../core/ir/model.ts'
import { apply, type Expression, number } from '../../../../core/ops/ml/expression.ts'
import type { XmlElement } from '../../../../encodings/xml/parse-xml.ts'
import { block } from '../blocked.ts'
import { type Formula, FormulaBuilder } from '../columns/formula.ts'
import {
  attribute,
  childNamed,
  childrenNamed,
  numberAttribute,
  requireAttribute,
  requireChild,
  requireNumber,
} from '../elements.ts'
import { parseValue } from '../fields/data-type.ts'
import { derivedField } from '../fields/derived-field.ts'
import type { Field } from '../fields/field.ts'
import { classesFromScores } from './class-scores.ts'
import { lowering, type ModelLowering } from './lowering.ts'
import type { ModelEnv, Prediction } from './prediction.ts'

/** NaiveBayesModel (PMML 4.4): the logarithms of the probabilities are added up, missing fields left out. */
export const naiveBayesModel: ModelLowering = lowering(
  'NaiveBayesModel',
  ['ml.gaussianNaiveBayes', 'ml.link', 'ml.label'],
  (env): Prediction => {
    const { ctx, model, target } = env
    const output = requireChild(model, 'BayesOutput')
    const counts = childrenNamed(requireChild(output, 'TargetValueCounts'), 'TargetValueCount')
    const names = counts.map((count) => requireAttribute(count, 'value'))
    const labels = names.map((name) => parseValue(name, target.dataType))
    const logPriors = counts.map((count) => Math.log(requireNumber(count, 'count')))
    const inputs = childrenNamed(requireChild(model, 'BayesInputs'), 'BayesInput')
    return classesFromScores(env, { labels, names }, () => {
      const scores = gaussian(env, inputs, names, logPriors) ?? summed(env, inputs, names, logPriors)
      return ctx.hub.ml('ml.link', [scores], { function: 'softmax' })
    })
  },
)

const fieldName = (input: XmlElement): string => attribute(input, 'fieldName') ?? requireAttribute(input, 'field')

/** The statistics of a class. */
function statisticOf(input: XmlElement, name: string): XmlElement {
  const stats = childrenNamed(requireChild(input, 'TargetValueStats'), 'TargetValueStat')
  return stats.find((stat) => attribute(stat, 'value') === name) ?? block(input, `there is no statistic of ${name}`)
}

/** Normal densities of all fields, none of them bounded from below: one operator. */
function gaussian(
  env: ModelEnv,
  inputs: readonly XmlElement[],
  names: readonly string[],
  logPriors: readonly number[],
): ValueName | undefined {
  const { ctx, scope, model } = env
  if ((numberAttribute(model, 'threshold') ?? 0) > 0) return undefined
  const isGaussian = (input: XmlElement) =>
    childNamed(input, 'TargetValueStats') !== undefined &&
    names.every((name) => childNamed(statisticOf(input, name), 'GaussianDistribution') !== undefined)
  if (inputs.length === 0 || !inputs.every(isGaussian)) return undefined
  const table = ctx.tables.table(inputs.map((input) => scope.field(fieldName(input)).formula))
  if (table.width !== inputs.length) return undefined
  const means = new Float64Array(names.length * table.width)
  const variances = new Float64Array(names.length * table.width)
  for (const [k, name] of names.entries()) {
    for (const [i, input] of inputs.entries()) {
      const distribution = requireChild(statisticOf(input, name), 'GaussianDistribution')
      const at = k * table.width + (table.index[i] as number)
      means[at] = requireNumber(distribution, 'mean')
      variances[at] = requireNumber(distribution, 'variance')
    }
  }
  return ctx.hub.ml('ml.gaussianNaiveBayes', table.inputs, {
    means,
    variances,
    logPriors: Float64Array.from(logPriors),
  })
}

function summed(
  env: ModelEnv,
  inputs: readonly XmlElement[],
  names: readonly string[],
  logPriors: readonly number[],
): ValueName {
  const { ctx } = env
  const threshold = numberAttribute(env.model, 'threshold') ?? 0
  const columns = inputs.map((input) => ({ input, ...columnOfInput(env, input) }))
  const scores = names.map((name, k): Formula => {
    const builder = new FormulaBuilder()
    const terms = columns.map(({ input, field }) => {
      const x = builder.inline(ctx.settled(field.formula))
      return childNamed(input, 'TargetValueStats')
        ? logDensity(statisticOf(input, name), x, threshold)
        : logShare(input, field, name, x, threshold)
    })
    return builder.build(
      terms.reduce((a, b) => apply('+', a, b), number(logPriors[k] as number)),
      false,
    )
  })
  return ctx.tables.matrix(scores)
}

/** The field, cut into bins where the input says so. */
function columnOfInput({ ctx, scope }: ModelEnv, input: XmlElement): { field: Field } {
  const derived = childNamed(input, 'DerivedField')
  return { field: derived ? derivedField(ctx, scope, derived) : scope.field(fieldName(input)) }
}

/** ln of a class's density, not below the threshold; 0 for a missing value. */
function logDensity(statistic: XmlElement, x: Expression, threshold: number): Expression {
  const gaussian = childNamed(statistic, 'GaussianDistribution')
  const poisson = childNamed(statistic, 'PoissonDistribution')
  const raw = gaussian
    ? logNormal(x, requireNumber(gaussian, 'mean'), requireNumber(gaussian, 'variance'))
    : poisson
      ? block(poisson, 'densities of Poisson distributions are not supported')
      : block(statistic, 'its distribution is not known')
  const bounded =
    threshold > 0
      ? apply('if', apply('lessThan', raw, number(Math.log(threshold))), number(Math.log(threshold)), raw)
      : raw
  return apply('if', apply('isMissing', x), number(0), bounded)
}

function logNormal(x: Expression, mean: number, variance: number): Expression {
  const gap = apply('-', x, number(mean))
  return apply(
    '-',
    apply('*', apply('*', gap, gap), number(-0.5 / variance)),
    number(0.5 * Math.log(2 * Math.PI * variance)),
  )
}

/** ln of the share of a value among a class's rows; 0 for a value without counts and for a missing one. */
function logShare(input: XmlElement, field: Field, name: string, x: Expression, threshold: number): Expression {
  const countIn = (pair: XmlElement): number => {
    const counts = childrenNamed(requireChild(pair, 'TargetValueCounts'), 'TargetValueCount')
    const own = counts.find((count) => attribute(count, 'value') === name)
    return own ? requireNumber(own, 'count') : 0
  }
  const pairs = childrenNamed(input, 'PairCounts')
  const counts = pairs.map(countIn)
  const total = counts.reduce((a, b) => a + b, 0)
  return {
    kind: 'lookup',
    arg: x,
    keys: pairs.map((pair): Category => parseValue(requireAttribute(pair, 'value'), field.dataType)),
    values: counts.map((count) => Math.log(count === 0 ? threshold : count / total)),
    defaultValue: 0,
    mapMissingTo: 0,
    type: 'number',
  }
}
