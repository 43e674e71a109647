import { MalformedFileError, PortolanError } from '../../errors.ts'
import type { DType } from '../../ir/dtype.ts'
import type { Category } from '../../ir/model.ts'
import type { Dim, ValueType } from '../../ir/types.ts'
import type { EvalTensor, EvaluateContext, InferContext, OpSpec } from '../spec.ts'
import type { MlAttributes, MlOp } from './attributes.ts'

/** An operator of the `ml.*` family, with its typed attributes. */
export interface MlSpec<O extends MlOp> {
  infer(attributes: MlAttributes[O], ctx: InferContext): ValueType[]
  evaluate(attributes: MlAttributes[O], inputs: readonly EvalTensor[], ctx: EvaluateContext): EvalTensor[]
}

/** Makes an OpSpec of it: inputs must be present and, where their rank is known, matrices. */
export function mlSpec<O extends MlOp>(op: O, spec: MlSpec<O>): OpSpec {
  return {
    op,
    infer: (ctx) => spec.infer(ctx.attributes as unknown as MlAttributes[O], ctx),
    evaluate: (inputs, ctx) => {
      const present = inputs.map((input, i) => {
        if (!input) throw new PortolanError('internal', `${op} misses its input ${i}`)
        return input
      })
      return spec.evaluate(ctx.attributes as unknown as MlAttributes[O], present, ctx)
    },
  }
}

/** Rows of the table: the first dimension that an input knows. */
export function rowsOf(ctx: InferContext): Dim {
  for (const input of ctx.inputs) {
    const rows = input?.shape?.[0]
    if (rows !== undefined && rows !== null) return rows
  }
  return null
}

/** Columns of all inputs together, or null when one of them is not known. Throws when an input is no matrix. */
export function widthOf(ctx: InferContext): number | null {
  let width = 0
  for (const input of ctx.inputs) {
    if (!input?.shape) return null
    if (input.shape.length !== 2) {
      throw new MalformedFileError(
        `${ctx.op} reads a table, but one of its inputs has ${input.shape.length} dimensions`,
      )
    }
    const columns = input.shape[1]
    if (typeof columns !== 'number') return null
    width += columns
  }
  return width
}

/** Throws when the table has another number of columns than the operator was trained with. */
export function requireWidth(ctx: InferContext, expected: number): void {
  const width = widthOf(ctx)
  if (width !== null && width !== expected) {
    throw new MalformedFileError(`${ctx.op} was trained on ${expected} columns but gets ${width}`)
  }
}

/** Throws when an input is known to be text. */
export function requireNumbers(ctx: InferContext): void {
  if (ctx.inputs.some((input) => input?.dtype === 'string')) {
    throw new MalformedFileError(`${ctx.op} computes with numbers, but one of its inputs is text`)
  }
}

/** The type of a result with one row per row of the table. */
export const rowsBy = (ctx: InferContext, columns: Dim, dtype: DType = 'float64'): ValueType => ({
  dtype,
  shape: [rowsOf(ctx), columns],
})

/** One column: element `row` is `data[row * stride + offset]`. */
export interface Column {
  readonly data: Float64Array | readonly string[]
  readonly stride: number
  readonly offset: number
  readonly isText: boolean
}

export const rowCount = (inputs: readonly EvalTensor[]): number => inputs[0]?.shape[0] ?? 0

/** The columns of a table, counted through its inputs; a vector [N] counts as [N, 1]. */
export function columnsOf(inputs: readonly EvalTensor[]): Column[] {
  const columns: Column[] = []
  for (const { data, dtype, shape } of inputs) {
    const stride = shape.length === 1 ? 1 : (shape[1] ?? 0)
    for (let offset = 0; offset < stride; offset++) columns.push({ data, stride, offset, isText: dtype === 'string' })
  }
  return columns
}

export const cell = (column: Column, row: number): Category =>
  column.data[row * column.stride + column.offset] as Category

/** A table of numbers as one row-major matrix; not a copy when it is one already. */
export function matrixOf(
  op: string,
  inputs: readonly EvalTensor[],
): { rows: number; columns: number; data: Float64Array } {
  const rows = rowCount(inputs)
  const all = columnsOf(inputs)
  if (all.some((column) => column.isText)) throw new PortolanError('internal', `${op} can not compute with text`)
  const [only] = inputs
  if (inputs.length === 1 && only) return { rows, columns: all.length, data: only.data as Float64Array }
  const data = new Float64Array(rows * all.length)
  for (const [c, column] of all.entries()) {
    for (let row = 0; row < rows; row++) data[row * all.length + c] = cell(column, row) as number
  }
  return { rows, columns: all.length, data }
}

/** A float64 result [rows, columns]. */
export const result = (rows: number, columns: number, data = new Float64Array(rows * columns)) => ({
  dtype: 'float64' as const,
  shape: [rows, columns],
  data,
})

export const isMissing = (value: Category): boolean => value === '' || Number.isNaN(value)

/** A key of a table in the type of the column it is compared with. */
export const keyFor = (key: Category, isText: boolean): Category =>
  isText ? String(key) : key === '' ? Number.NaN : Number(key)
