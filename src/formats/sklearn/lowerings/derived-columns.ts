import type { ValueName } from '../../../core/ir/builder.ts'
import type { Expression, ExpressionType } from '../../../core/ops/ml/expression.ts'
import { type Columns, columnsOf, mixedTable, numericTable, renamed } from './columns.ts'
import type { LoweringContext } from './context.ts'

/** New columns, each an expression over the columns of a table. */
export function derived(
  ctx: LoweringContext,
  table: readonly ValueName[],
  expressions: readonly Expression[],
  type: ExpressionType = 'number',
): Columns {
  return columnsOf(ctx, ctx.builder.ml('ml.expression', table, { expressions, type }))
}

/** One new column of numbers per column of numbers; names are kept. */
export function mapped(ctx: LoweringContext, columns: Columns, map: (index: number) => Expression): Columns {
  const result = derived(
    ctx,
    numericTable(ctx, columns),
    columns.map((_, i) => map(i)),
  )
  return renamed(
    result,
    columns.map((column) => column.name),
  )
}

/** New columns over a table of numbers and text. */
export const derivedFromAny = (
  ctx: LoweringContext,
  columns: Columns,
  expressions: readonly Expression[],
  type: ExpressionType = 'number',
): Columns => derived(ctx, mixedTable(ctx, columns), expressions, type)
