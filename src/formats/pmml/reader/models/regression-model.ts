import type { Category } from '../../../../core/ir/model.ts'
import type { LinkFunction } from '../../../../core/ops/ml/attributes.ts'
import { apply, type Expression } from '../../../../core/ops/ml/expression.ts'
import type { XmlElement } from '../../../../encodings/xml/parse-xml.ts'
import { block } from '../blocked.ts'
import { type Formula, FormulaBuilder, formulaKey, formulaOfValue } from '../columns/formula.ts'
import { attribute, childrenNamed, numberAttribute, requireAttribute, requireNumber } from '../elements.ts'
import { indicatorOf } from '../expressions/compile.ts'
import { parseValue } from '../fields/data-type.ts'
import { classesFromScores, ordinalScores } from './class-scores.ts'
import { type LinearTerm, linearColumn, linearScores } from './linear-scores.ts'
import { lowering, type ModelLowering } from './lowering.ts'
import type { ModelEnv, Prediction } from './prediction.ts'

/** RegressionModel (PMML 4.4), with the normalizations that JPMML-Evaluator's RegressionTableUtil applies. */
export const regressionModel: ModelLowering = lowering(
  'RegressionModel',
  [
    'ml.linear',
    'ml.link',
    'ml.scale',
    'ml.label',
    'ml.expression',
    'ml.oneHot',
    'ml.tokenCounts',
    'ml.treeEnsemble',
    'Gather',
    'Concat',
  ],
  (env) => {
    const tables = childrenNamed(env.model, 'RegressionTable')
    return attribute(env.model, 'functionName') === 'classification'
      ? classification(env, tables)
      : regression(env, tables)
  },
)

const LINKS: Readonly<Record<string, LinkFunction>> = {
  none: 'identity',
  softmax: 'softmax',
  simplemax: 'simplemax',
  logit: 'logit',
  probit: 'probit',
  cloglog: 'cloglog',
  loglog: 'loglog',
  cauchit: 'cauchit',
  exp: 'exp',
}

export function linkOf(model: XmlElement): LinkFunction {
  const name = attribute(model, 'normalizationMethod') ?? 'none'
  return LINKS[name] ?? block(model, `the normalization method ${name} is not known`)
}

function regression(env: ModelEnv, tables: readonly XmlElement[]): Prediction {
  const [table] = tables
  if (!table || tables.length > 1) return block(env.model, `a regression with ${tables.length} tables`)
  const link = linkOf(env.model)
  const score = linearColumn(env.ctx, { terms: termsOf(env, table), intercept: intercept(table) })
  // Of a single number, softmax is the logistic function (PMML 4.4, Regression).
  const fn = link === 'softmax' ? 'logit' : link
  if (fn === 'simplemax') return block(env.model, 'simplemax of one table means nothing')
  if (fn === 'identity') return { kind: 'value', formula: score }
  return {
    kind: 'value',
    formula: formulaOfValue(env.ctx.hub.ml('ml.link', [env.ctx.tables.value(score)], { function: fn })),
  }
}

const intercept = (table: XmlElement): number => numberAttribute(table, 'intercept') ?? 0

function classification(env: ModelEnv, tables: readonly XmlElement[]): Prediction {
  const { ctx, model, target } = env
  if (tables.length < 2) return block(model, `a classification with ${tables.length} tables`)
  const names = tables.map((table) => requireAttribute(table, 'targetCategory'))
  const labels = names.map((name) => parseValue(name, target.dataType))
  const link = linkOf(model)
  const rows = tables.map((table) => ({ terms: termsOf(env, table), intercept: intercept(table) }))
  const classes = { labels, names }
  if (target.opType === 'ordinal') return classesFromScores(env, classes, () => ordinalScores(env, rows, link))
  if (rows.length === 2) return binary(env, classes, rows, link)
  if (link !== 'identity' && link !== 'softmax' && link !== 'simplemax' && link !== 'logit') {
    return block(model, `the normalization method ${link} of ${rows.length} classes`)
  }
  return classesFromScores(
    env,
    classes,
    () => {
      if (link === 'identity') return remainder(env, rows)
      const scores = linearScores(ctx, rows)
      // JPMML-Evaluator normalizes the sum of one-versus-rest probabilities.
      if (link !== 'logit') return ctx.hub.ml('ml.link', [scores], { function: link })
      return ctx.hub.ml('ml.link', [ctx.hub.ml('ml.link', [scores], { function: link })], { function: 'simplemax' })
    },
    isPartial(rows),
  )
}

interface Row {
  readonly terms: readonly LinearTerm[]
  readonly intercept: number
}

const isDefault = ({ terms, intercept: own }: Row): boolean => terms.length === 0 && own === 0

/** Two classes: the probability of the first, and what is left for the second. */
function binary(
  env: ModelEnv,
  classes: { labels: readonly Category[]; names: readonly string[] },
  rows: readonly Row[],
  link: LinkFunction,
): Prediction {
  const { ctx } = env
  const [first, second] = rows as [Row, Row]
  const multinomial = (link === 'softmax' && !isDefault(second)) || link === 'simplemax'
  return classesFromScores(
    env,
    classes,
    () => {
      if (multinomial) return ctx.hub.ml('ml.link', [linearScores(ctx, rows)], { function: link })
      if (link === 'softmax' || link === 'logit' || link === 'cauchit' || link === 'probit') {
        // These are symmetric: 1 − p is the link of the negative score, so that the classes keep the order of their tables.
        const negative = {
          terms: first.terms.map((t) => ({ ...t, coefficient: -t.coefficient })),
          intercept: -first.intercept,
        }
        const fn = link === 'softmax' ? 'logit' : link
        return ctx.hub.ml('ml.link', [linearScores(ctx, [negative])], { function: fn, complement: true })
      }
      const score = linearScores(ctx, [first])
      const probability =
        link === 'identity'
          ? ctx.hub.ml('ml.scale', [score], { clip: [0, 1] })
          : ctx.hub.ml('ml.link', [score], { function: link })
      return withRemainder(env, [formulaOfValue(probability)])
    },
    isPartial(rows),
  )
}

/** Scores that are probabilities already; the last class gets what the others leave. */
function remainder(env: ModelEnv, rows: readonly Row[]): string {
  return withRemainder(
    env,
    rows.slice(0, -1).map((row) => linearColumn(env.ctx, row)),
  )
}

function withRemainder({ ctx }: ModelEnv, probabilities: readonly Formula[]): string {
  const values = probabilities.map((formula) => formulaOfValue(ctx.tables.value(formula)))
  const builder = new FormulaBuilder()
  const rest = values.reduce<Expression>((left, value) => apply('-', left, builder.inline(value)), {
    kind: 'constant',
    value: 1,
    type: 'number',
  })
  return ctx.tables.matrix([...values, builder.build(rest, false)])
}

/** The terms of a RegressionTable: numeric and categorical predictors, products of fields. */
function termsOf(env: ModelEnv, table: XmlElement): LinearTerm[] {
  const { ctx, scope } = env
  const numeric = childrenNamed(table, 'NumericPredictor').map((predictor): LinearTerm => {
    const { formula } = scope.field(fieldName(predictor))
    const exponent = numberAttribute(predictor, 'exponent') ?? 1
    return {
      column:
        exponent === 1
          ? formula
          : product(
              env,
              new Array(exponent > 0 && exponent < 8 && Number.isInteger(exponent) ? exponent : 0).fill(formula),
              formula,
              exponent,
            ),
      coefficient: requireNumber(predictor, 'coefficient'),
    }
  })
  const seen = new Set<string>()
  const categorical = childrenNamed(table, 'CategoricalPredictor').flatMap((predictor): LinearTerm[] => {
    const field = scope.field(fieldName(predictor))
    const value = parseValue(requireAttribute(predictor, 'value'), field.dataType)
    const column = indicatorOf(ctx, field.formula, value)
    // The first predictor of a value wins.
    const key = formulaKey(column)
    if (seen.has(key)) return []
    seen.add(key)
    return [{ column, coefficient: requireNumber(predictor, 'coefficient') }]
  })
  const products = childrenNamed(table, 'PredictorTerm').map((term): LinearTerm => {
    const factors = childrenNamed(term, 'FieldRef').map((ref) => scope.field(requireAttribute(ref, 'field')).formula)
    const [only] = factors
    return {
      column: factors.length === 1 && only ? only : product(env, factors),
      coefficient: requireNumber(term, 'coefficient'),
    }
  })
  return [...numeric, ...categorical, ...products]
}

/** Whether trees among the predictors leave some rows without an answer. */
const isPartial = (rows: readonly Row[]): boolean =>
  rows.some(({ terms }) =>
    terms.some(({ column }) =>
      column.sources.some(
        (source) => source.kind === 'ensemble' && source.ensemble.trees.some(({ tree }) => tree.isPartial),
      ),
    ),
  )

/** `name`, or `field` as later versions call it. */
const fieldName = (predictor: XmlElement): string =>
  attribute(predictor, 'name') ?? requireAttribute(predictor, 'field')

/** A product of columns; a power where there are no factors to multiply. */
function product({ ctx }: ModelEnv, factors: readonly Formula[], base?: Formula, exponent = 1): Formula {
  const builder = new FormulaBuilder()
  const column = (formula: Formula) => builder.inline(ctx.settled(formula))
  const [first, ...rest] = factors
  if (first)
    return builder.build(
      rest.reduce<Expression>((a, b) => apply('*', a, column(b)), column(first)),
      false,
    )
  if (!base) return builder.build({ kind: 'constant', value: 1, type: 'number' }, false)
  return builder.build(apply('pow', column(base), { kind: 'constant', value: exponent, type: 'number' }), false)
}
