import { UnsupportedError } from '../../../core/errors.ts'
import type { ValueName } from '../../../core/ir/builder.ts'
import type { DType } from '../../../core/ir/dtype.ts'
import type { Category } from '../../../core/ir/model.ts'
import type { LoweringContext } from './context.ts'
import type { FeatureFacts } from './input-table.ts'

/**
 * One column of the table that flows between estimators: a column of a hub value, or a column of the model's own input
 * that nobody has looked at yet, so that it is not known whether it holds numbers or text.
 */
export type Column = ({ readonly value: ValueName; readonly index: number } | { readonly input: number }) & {
  readonly name?: string
  readonly facts?: ColumnFacts
}

/** What is known of a column beyond its type. It is lost when an operator changes the column. */
export interface ColumnFacts {
  /** The column is a function of another one, whose values are all known. */
  readonly finite?: FiniteColumn
  /** Numbers that are a date (days since 1970-01-01) or a time (seconds since then). */
  readonly temporal?: 'date' | 'dateTime'
}

/** `values[i]` where the column `base` is `keys[i]`. */
export interface FiniteColumn {
  readonly base: Column
  readonly keys: readonly Category[]
  readonly values: readonly Category[]
}

/** A table during lowering. Selecting and joining columns is free: operators appear when an estimator consumes it. */
export type Columns = readonly Column[]

/** Operators that consuming a table may produce. */
export const TABLE_OPS = ['Gather', 'Concat', 'Cast'] as const

type ValueColumn = Extract<Column, { value: ValueName }>

/** The columns of a value [N, C]. */
export function columnsOf(ctx: LoweringContext, value: ValueName, names: readonly string[] = []): Columns {
  const width = ctx.builder.type(value).shape?.[1]
  if (typeof width !== 'number') throw new UnsupportedError(`The width of ${value} is not known`)
  return Array.from({ length: width }, (_, index) => ({
    value,
    index,
    ...(names[index] === undefined ? {} : { name: names[index] }),
  }))
}

/** The same columns without or with other names. */
export function renamed(columns: Columns, names: readonly (string | undefined)[] = []): Columns {
  return columns.map((column, i) => {
    const { name: _, ...rest } = column
    const name = names[i]
    return name === undefined ? rest : { ...rest, name }
  })
}

/** Whether a column holds text; undefined while nobody knows. */
export function isText(ctx: LoweringContext, column: Column): boolean | undefined {
  if ('input' in column) return ctx.inputs.isText(column.input)
  return ctx.builder.type(column.value).dtype === 'string'
}

/** Columns as columns of values: undecided inputs become numbers, or text. Throws UnsupportedError for text in place of numbers. */
function resolved(ctx: LoweringContext, columns: Columns, kind: 'number' | 'text' | 'any'): ValueColumn[] {
  return columns.map((column) => {
    if (!('input' in column)) return column
    const asText = kind === 'any' ? (ctx.inputs.isText(column.input) ?? false) : kind === 'text'
    const { input: _, ...rest } = column
    return { ...rest, ...ctx.inputs.resolve(column.input, asText) }
  })
}

/** Runs of columns of one value become the value itself or a Gather of it. */
function grouped(ctx: LoweringContext, columns: readonly ValueColumn[]): ValueName[] {
  const groups: { value: ValueName; indices: number[] }[] = []
  for (const { value, index } of columns) {
    const last = groups.at(-1)
    const width = ctx.builder.type(value).shape?.[1]
    if (last?.value === value && last.indices.length !== width) last.indices.push(index)
    else groups.push({ value, indices: [index] })
  }
  return groups.map(({ value, indices }) => ctx.gather(value, indices))
}

/** Consecutive columns of the same kind: numbers, or text. */
export function runsOfOneKind(ctx: LoweringContext, columns: Columns): { isText: boolean; columns: Columns }[] {
  const runs: { isText: boolean; columns: Column[] }[] = []
  for (const column of resolved(ctx, columns, 'any')) {
    const text = isText(ctx, column) === true
    const last = runs.at(-1)
    if (last?.isText === text) last.columns.push(column)
    else runs.push({ isText: text, columns: [column] })
  }
  return runs
}

/** The table of numbers as inputs of a variadic `ml.*` operator. Throws UnsupportedError when a column is text. */
export function numericTable(ctx: LoweringContext, columns: Columns): ValueName[] {
  const values = grouped(ctx, resolved(ctx, columns, 'number'))
  for (const [i, value] of values.entries()) {
    if (ctx.builder.type(value).dtype === 'string') {
      throw new UnsupportedError(
        `Column ${columns[i]?.name ?? value} is text where the estimator computes with numbers`,
        {
          hint: 'Encode text columns (OneHotEncoder, OrdinalEncoder) before the estimator.',
        },
      )
    }
  }
  return values
}

/** A table of numbers and text as inputs of a variadic `ml.*` operator; undecided inputs are numbers. */
export function mixedTable(ctx: LoweringContext, columns: Columns): ValueName[] {
  return grouped(ctx, resolved(ctx, columns, 'any'))
}

/** The table rounded to float32, as scikit-learn's trees see it. */
export function float32Table(ctx: LoweringContext, columns: Columns): ValueName[] {
  return numericTable(ctx, columns).map((value) => ctx.cast(value, 'float32'))
}

/** The table of numbers as one value [N, C]. */
export function numericMatrix(ctx: LoweringContext, columns: Columns): ValueName {
  const values = numericTable(ctx, columns)
  const [only] = values
  if (values.length === 1 && only !== undefined) return only
  const dtypes = new Set(values.map((value) => ctx.builder.type(value).dtype))
  const common: DType = 'float64'
  return ctx.concat(dtypes.size === 1 ? values : values.map((value) => ctx.cast(value, common)))
}

/** The table of text as one value [N, C]. Throws UnsupportedError when a column is numbers. */
export function textMatrix(ctx: LoweringContext, columns: Columns): ValueName {
  const values = grouped(ctx, resolved(ctx, columns, 'text'))
  if (values.some((value) => ctx.builder.type(value).dtype !== 'string')) {
    throw new UnsupportedError(`Text expected in ${columns.map((c) => c.name ?? '?').join(', ')}, but it holds numbers`)
  }
  const [only] = values
  return values.length === 1 && only !== undefined ? only : ctx.concat(values)
}

/** A table whose columns are text or numbers as `kinds` says (of undecided inputs only: a known column stays what it is). */
export function keyedTable(ctx: LoweringContext, columns: Columns, kinds: readonly boolean[]): ValueName[] {
  return grouped(
    ctx,
    columns.flatMap((column, i) => resolved(ctx, [column], kinds[i] ? 'text' : 'number')),
  )
}

/** What is known of the model's own columns among these. */
export function declareInputs(ctx: LoweringContext, columns: Columns, factsOf: (index: number) => FeatureFacts): void {
  for (const [i, column] of columns.entries()) if ('input' in column) ctx.inputs.declare(column.input, factsOf(i))
}
