import type { ValueName } from '../../../../core/ir/builder.ts'
import { number } from '../../../../core/ops/ml/expression.ts'
import { type ColumnSource, type Formula, formulaKey, formulaOf, formulaOfValue } from '../columns/formula.ts'
import type { LowerContext } from '../context.ts'

/** coefficient · column. */
export interface LinearTerm {
  readonly column: Formula
  readonly coefficient: number
}

export interface LinearRow {
  readonly terms: readonly LinearTerm[]
  readonly intercept: number
}

/** A column that is another one times a number, as weighted terms are: the number becomes part of the coefficient. */
function unscaled(term: LinearTerm): LinearTerm {
  const { expression, sources } = term.column
  if (expression.kind !== 'apply' || expression.function !== '*') return term
  const [a, b] = expression.args
  const isWeighted = a?.kind === 'column' && b?.kind === 'constant' && typeof b.value === 'number'
  if (!isWeighted || expression.mapMissingTo !== undefined || expression.defaultValue !== undefined) return term
  const column = formulaOf(sources[a.index] as ColumnSource)
  return { column, coefficient: term.coefficient * (b.value as number) }
}

/** Linear combinations as a hub value [N, rows.length]. */
export function linearScores(ctx: LowerContext, given: readonly LinearRow[]): ValueName {
  const rows = given.map((row) => ({ ...row, terms: row.terms.map(unscaled) }))
  const columns = new Map<string, Formula>()
  for (const { terms } of rows) for (const { column } of terms) columns.set(formulaKey(column), column)
  if (columns.size === 0) return constants(ctx, rows)
  const table = ctx.tables.table([...columns.values()])
  const position = new Map([...columns.keys()].map((key, i) => [key, table.index[i] as number]))
  const coefficients = new Float64Array(rows.length * table.width)
  for (const [k, { terms }] of rows.entries()) {
    for (const { column, coefficient } of terms) {
      const at = k * table.width + (position.get(formulaKey(column)) as number)
      coefficients[at] = (coefficients[at] as number) + coefficient
    }
  }
  const intercepts = Float64Array.from(rows, ({ intercept }) => intercept)
  if (isIdentity(coefficients, intercepts)) return ctx.tables.matrix([...columns.values()])
  return ctx.hub.ml('ml.linear', table.inputs, { coefficients, intercepts })
}

/** One linear combination as a column: not computed yet where it is a constant or one column as it is. */
export function linearColumn(ctx: LowerContext, row: LinearRow): Formula {
  const [only] = row.terms
  if (!only) return { expression: number(row.intercept), sources: [], isText: false }
  if (only && row.terms.length === 1 && only.coefficient === 1 && row.intercept === 0) return only.column
  return formulaOfValue(linearScores(ctx, [row]))
}

/** Each row is one column as it is, in the table's order: nothing to compute. */
function isIdentity(coefficients: Float64Array, intercepts: Float64Array): boolean {
  const size = intercepts.length
  if (coefficients.length !== size * size || intercepts.some((value) => value !== 0)) return false
  return coefficients.every((value, i) => value === (i % size === Math.floor(i / size) ? 1 : 0))
}

function constants(ctx: LowerContext, rows: readonly LinearRow[]): ValueName {
  const expressions = rows.map(({ intercept }) => number(intercept))
  return ctx.hub.ml('ml.expression', ctx.tables.anyColumn(), { expressions, type: 'number' })
}
