import type { Category } from '../../../../../core/ir/model.ts'
import type { LinkFunction } from '../../../../../core/ops/ml/attributes.ts'
import { apply, number } from '../../../../../core/ops/ml/expression.ts'
import { block } from '../../blocked.ts'
import { formulaOfValue, mapFormula } from '../../columns/formula.ts'
import { attribute, requireAttribute } from '../../elements.ts'
import { classesFromScores, ordinalScores } from '../class-scores.ts'
import { linearColumn, linearScores } from '../linear-scores.ts'
import { lowering, type ModelLowering } from '../lowering.ts'
import type { ModelEnv, Prediction } from '../prediction.ts'
import { linked } from './link.ts'
import { ParameterTable } from './parameters.ts'

/** GeneralRegressionModel (PMML 4.4), Cox regression aside. */
export const generalRegressionModel: ModelLowering = lowering(
  'GeneralRegressionModel',
  ['ml.linear', 'ml.link', 'ml.scale', 'ml.label'],
  (env): Prediction => {
    const type = requireAttribute(env.model, 'modelType')
    if (type === 'CoxRegression') return block(env.model, 'Cox regressions are not supported')
    const parameters = new ParameterTable(env)
    if (attribute(env.model, 'functionName') === 'classification') return classification(env, type, parameters)
    const score = linearColumn(env.ctx, parameters.row(undefined))
    if (type === 'regression' || type === 'generalLinear') return { kind: 'value', formula: score }
    if (type === 'generalizedLinear') return { kind: 'value', formula: linked(env, score) }
    return block(env.model, `the model type ${type} of a number`)
  },
)

interface Classes {
  readonly labels: readonly Category[]
  readonly names: readonly string[]
}

/** Labels in the dictionary's order, the reference category last. */
function classesOf(env: ModelEnv, parameters: ParameterTable, isOrdinal: boolean): Classes {
  const { model, target } = env
  const { categories } = target
  if (categories.length < 2) return block(model, 'the data dictionary does not list its classes')
  const stated = attribute(model, 'targetReferenceCategory')
  const without = categories.filter(({ text }) => !parameters.has(text))
  const reference = isOrdinal ? undefined : (stated ?? (without.length === 1 ? without[0]?.text : undefined))
  if (!isOrdinal && reference === undefined) return block(model, 'its reference category is not known')
  const ordered = [
    ...categories.filter(({ text }) => text !== reference),
    ...categories.filter(({ text }) => text === reference),
  ]
  return { labels: ordered.map(({ label }) => label), names: ordered.map(({ text }) => text) }
}

const CUMULATIVE: Readonly<Record<string, LinkFunction>> = {
  logit: 'logit',
  probit: 'probit',
  cloglog: 'cloglog',
  loglog: 'loglog',
  cauchit: 'cauchit',
}

function classification(env: ModelEnv, type: string, parameters: ParameterTable): Prediction {
  const { ctx, model } = env
  const isOrdinal = type === 'ordinalMultinomial'
  const classes = classesOf(env, parameters, isOrdinal)
  const { names } = classes
  const rowOf = (name: string) => parameters.row(parameters.has(name) || names.length > 2 ? name : undefined)
  const nothing = { terms: [], intercept: 0 }
  switch (type) {
    case 'multinomialLogistic':
      return classesFromScores(env, classes, () => {
        const scores = linearScores(ctx, [...names.slice(0, -1).map(rowOf), nothing])
        return ctx.hub.ml('ml.link', [scores], { function: 'softmax' })
      })
    case 'generalizedLinear':
      if (names.length > 2) return block(model, `a generalized linear model of ${names.length} classes`)
      return classesFromScores(env, classes, () => {
        const first = formulaOfValue(ctx.tables.value(linked(env, linearColumn(ctx, rowOf(names[0] as string)))))
        return ctx.tables.matrix([first, mapFormula(first, false, (p) => apply('-', number(1), p))])
      })
    case 'ordinalMultinomial': {
      const link = CUMULATIVE[attribute(model, 'cumulativeLink') ?? 'logit']
      if (!link) return block(model, 'its cumulative link is not known')
      if (attribute(model, 'offsetValue') !== undefined || attribute(model, 'offsetVariable') !== undefined) {
        return block(model, 'an offset of ordered classes is not supported')
      }
      // Each category has an intercept of its own; all other parameters are shared.
      const shared = parameters.row(undefined)
      return classesFromScores(env, classes, () => {
        const rows = names.map((name, i) => {
          const own = i === names.length - 1 ? nothing : parameters.row(name)
          return { terms: [...shared.terms, ...own.terms], intercept: shared.intercept + own.intercept }
        })
        return ordinalScores(env, rows, link)
      })
    }
    default:
      return block(model, `the model type ${type} of classes`)
  }
}
