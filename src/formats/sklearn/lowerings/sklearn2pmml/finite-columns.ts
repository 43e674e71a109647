import type { Category } from '../../../../core/ir/model.ts'
import { compileExpression } from '../../../../core/ops/ml/evaluate-expression.ts'
import { column, type Expression, type ExpressionType } from '../../../../core/ops/ml/expression.ts'
import { columnsRead } from '../../../../core/ops/ml/expression-type.ts'
import { type Column, type Columns, type FiniteColumn, isText, keyedTable } from '../columns.ts'
import type { LoweringContext } from '../context.ts'
import { derived } from '../derived-columns.ts'

/** What is known of the values of a column: by what made it, or, of a column of the model itself, by its domain. */
export function finiteOf(ctx: LoweringContext, each: Column): FiniteColumn | undefined {
  if (each.facts?.finite) return each.facts.finite
  const values = 'input' in each ? ctx.inputs.valuesOf(each.input) : undefined
  return values && { base: each, keys: values, values }
}

const isSameBase = (a: Column, b: Column): boolean =>
  'input' in a ? 'input' in b && a.input === b.input : 'value' in b && a.value === b.value && a.index === b.index

/** The values of an expression over one finite column, by the keys of that column's base; undefined for other expressions. */
export function finiteValues(ctx: LoweringContext, expression: Expression, columns: Columns): FiniteColumn | undefined {
  const all = columns.map((each) => finiteOf(ctx, each))
  const read = [...columnsRead(expression)].map((i) => all[i])
  const [first] = read
  if (!first || read.some((finite) => !finite || !isSameBase(finite.base, first.base))) return undefined
  const tables = all.map((finite) => {
    const values = finite?.values ?? []
    const text = values.some((value) => typeof value === 'string')
    return { data: text ? values.map(String) : Float64Array.from(values, Number), stride: 1, offset: 0, isText: text }
  })
  const evaluate = compileExpression(expression, tables)
  return { ...first, values: first.keys.map((_, row) => evaluate(row)) }
}

/** The column that a finite column is, computed by a table from its base. */
export function tabulated(ctx: LoweringContext, finite: FiniteColumn, temporal?: 'date' | 'dateTime'): Column {
  const asText = finite.values.some((value) => typeof value === 'string')
  const type: ExpressionType = asText ? 'string' : 'number'
  const table = keyedTable(ctx, [finite.base], [isText(ctx, finite.base) === true])
  const lookup: Expression = { kind: 'lookup', arg: column(0), keys: finite.keys, values: finite.values, type }
  const [result] = derived(ctx, table, [lookup], type)
  return { ...(result as Column), facts: { finite, ...(temporal === undefined ? {} : { temporal }) } }
}

/** The same table with every value mapped. */
export const mapFinite = (finite: FiniteColumn, map: (value: Category) => Category): FiniteColumn => ({
  ...finite,
  values: finite.values.map(map),
})
