import type { ValueName } from '../../../../core/ir/builder.ts'
import type { Category } from '../../../../core/ir/model.ts'
import type { MlAttributes } from '../../../../core/ops/ml/attributes.ts'
import { column, type Expression } from '../../../../core/ops/ml/expression.ts'
import type { EnsemblePlan } from '../models/trees/ensemble-plan.ts'

/** How a text is cut into terms. */
export type Tokenization = Omit<MlAttributes['ml.tokenCounts'], 'vocabulary' | 'ngramRange'>

/**
 * Where a column comes from. Terms of a text and the sums of tree ensembles become hub values together, when somebody
 * needs them: five hundred terms are one operator, and so are the ensembles of a boosted classifier's classes.
 */
export type ColumnSource =
  | { readonly kind: 'value'; readonly value: ValueName; readonly index: number; readonly width: number }
  | { readonly kind: 'term'; readonly text: ValueName; readonly tokenization: Tokenization; readonly term: string }
  | { readonly kind: 'ensemble'; readonly ensemble: EnsemblePlan }

/** A column that is computed from others row by row; `expression` counts columns through `sources`. */
export interface Formula {
  readonly expression: Expression
  readonly sources: readonly ColumnSource[]
  /** Whether its values are text; all others are numbers. */
  readonly isText: boolean
  /** It is 1 where the source has this value and 0 anywhere else, missing included: one slot of a one-hot encoding. */
  readonly indicator?: Category
}

export const formulaOf = (source: ColumnSource, isText = false): Formula => ({
  expression: column(0),
  sources: [source],
  isText,
})

/** The only column of a hub value [N, 1]. */
export const formulaOfValue = (value: ValueName, isText = false): Formula =>
  formulaOf({ kind: 'value', value, index: 0, width: 1 }, isText)

/** The source that a formula only hands on. */
export function plainSource({ expression, sources }: Formula): ColumnSource | undefined {
  return expression.kind === 'column' ? sources[expression.index] : undefined
}

export function sourceKey(source: ColumnSource): string {
  switch (source.kind) {
    case 'value':
      return `value ${source.index} ${source.value}`
    case 'term':
      return `term ${source.text} ${JSON.stringify(source.tokenization)} ${source.term}`
    case 'ensemble':
      return `ensemble ${source.ensemble.id}`
  }
}

const keys = new WeakMap<Formula, string>()

/** Equal for formulas that compute the same. */
export function formulaKey(formula: Formula): string {
  const known = keys.get(formula)
  if (known !== undefined) return known
  const source = plainSource(formula)
  const key = source
    ? sourceKey(source)
    : JSON.stringify([formula.expression, formula.indicator, formula.sources.map(sourceKey)])
  keys.set(formula, key)
  return key
}

/** Expressions larger than this become columns of their own instead of being repeated inside others. */
const MAX_INLINE = 40

const sizes = new WeakMap<Expression, number>()

/** How many terms an expression has; counted once, since a long sum is asked for its size by every formula that divides by it. */
export function expressionSize(expression: Expression): number {
  const size = sizes.get(expression) ?? countTerms(expression)
  sizes.set(expression, size)
  return size
}

function countTerms(expression: Expression): number {
  switch (expression.kind) {
    case 'column':
    case 'constant':
      return 1
    case 'apply':
      return expression.args.reduce((n, arg) => n + expressionSize(arg), 1)
    case 'lookup':
      return expressionSize(expression.arg) + expression.keys.length
    case 'discretize':
      return expressionSize(expression.arg) + 2 * expression.bins.length
    case 'interpolate':
      return expressionSize(expression.arg) + expression.x.length
  }
}

export const isInlined = (formula: Formula): boolean => expressionSize(formula.expression) <= MAX_INLINE

/** The expression over other columns: `index` says where each one is now. */
export function withColumns(expression: Expression, index: (column: number) => number): Expression {
  switch (expression.kind) {
    case 'column':
      return column(index(expression.index))
    case 'constant':
      return expression
    case 'apply':
      return { ...expression, args: expression.args.map((arg) => withColumns(arg, index)) }
    default:
      return { ...expression, arg: withColumns(expression.arg, index) }
  }
}

/** Collects the columns that one formula reads. */
export class FormulaBuilder {
  readonly #sources: ColumnSource[] = []
  readonly #index = new Map<string, number>()

  /** Another formula as an argument. */
  inline(formula: Formula): Expression {
    return withColumns(formula.expression, (i) => this.#column(formula.sources[i] as ColumnSource))
  }

  build(expression: Expression, isText: boolean): Formula {
    return { expression, sources: [...this.#sources], isText }
  }

  #column(source: ColumnSource): number {
    const key = sourceKey(source)
    const known = this.#index.get(key)
    if (known !== undefined) return known
    this.#index.set(key, this.#sources.length)
    return this.#sources.push(source) - 1
  }
}

/** A formula of one other. */
export function mapFormula(formula: Formula, isText: boolean, fn: (argument: Expression) => Expression): Formula {
  const builder = new FormulaBuilder()
  return builder.build(fn(builder.inline(formula)), isText)
}
