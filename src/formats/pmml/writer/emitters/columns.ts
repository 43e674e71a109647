import type { Node } from '../../../../core/ir/graph.ts'
import type { Category } from '../../../../core/ir/model.ts'
import { numbersOf } from '../../../../core/ir/tensor.ts'
import type { Emitter, PmmlContext } from '../context.ts'
import { el } from '../element.ts'
import type { Column } from '../field.ts'

/** Operators that only move columns: nothing is computed, the columns stay symbolic. */
export const columnEmitters: Readonly<Record<string, Emitter>> = {
  Identity: (ctx, node) => ctx.columns(node.inputs[0] ?? ''),
  Dropout: (ctx, node) => ctx.columns(node.inputs[0] ?? ''),
  Cast: cast,
  Concat: concat,
  Gather: gather,
  Reshape: sameColumns,
  Flatten: sameColumns,
  Squeeze: sameColumns,
  Unsqueeze: sameColumns,
}

/** [N], [N, 1] and [N, C] have the same columns whatever the shape is called, as long as rows stay rows. */
function sameColumns(ctx: PmmlContext, node: Node): readonly Column[] {
  const columns = ctx.columns(node.inputs[0] ?? '')
  const shape = ctx.model.graph.types.get(node.outputs[0] ?? '')?.shape
  const width = shape?.slice(1).reduce<number>((n, d) => (typeof d === 'number' ? n * d : Number.NaN), 1)
  if (width !== columns.length) ctx.block(node, 'reshaped-rows', `${node.op} does not keep one row per record`)
  return columns
}

function cast(ctx: PmmlContext, node: Node): readonly Column[] {
  const columns = ctx.columns(node.inputs[0] ?? '')
  const to = ctx.model.graph.types.get(node.outputs[0] ?? '')?.dtype
  if (to === 'float32') return columns.map((column) => asFloat32(ctx, column))
  if (to === 'float64') return columns
  const from = ctx.model.graph.types.get(node.inputs[0] ?? '')?.dtype
  if (to === from || (from === 'bool' && to?.startsWith('int'))) return columns
  return ctx.block(node, 'unsupported-cast', `a cast from ${from} to ${to} has no PMML form`)
}

/** Rounds to float32: a DerivedField of type float. Columns that are float32 already, and 0/1, stay. */
function asFloat32(ctx: PmmlContext, column: Column): Column {
  if (column.kind === 'indicator') return column
  if (column.kind === 'constant') {
    return typeof column.value === 'number' ? { kind: 'constant', value: Math.fround(column.value) } : column
  }
  const dataType = column.kind === 'field' ? column.field.dataType : column.dataType
  if (dataType === 'float' || dataType === 'boolean') return column
  const name = column.kind === 'field' ? `float(${column.field.name})` : column.name
  const field = ctx.derive(ctx.expression(column), ctx.inputsOf(column), 'float', name)
  return { kind: 'field', field }
}

function concat(ctx: PmmlContext, node: Node): readonly Column[] {
  const axis = Number(node.attributes.axis)
  const rank = ctx.model.graph.types.get(node.outputs[0] ?? '')?.shape?.length ?? 2
  if ((axis + rank) % rank !== 1) ctx.block(node, 'unsupported-axis', 'rows can not be concatenated in PMML')
  return node.inputs.flatMap((value) => columnsOrConstants(ctx, value))
}

function gather(ctx: PmmlContext, node: Node): readonly Column[] {
  const indices = numbersOf(ctx.constant(node.inputs[1] ?? ''))
  if (Number(node.attributes.axis ?? 0) !== 1 || !indices) {
    return ctx.block(node, 'unsupported-gather', 'only a fixed choice of columns has a PMML form')
  }
  const columns = ctx.columns(node.inputs[0] ?? '')
  return indices.map(
    (i) => columns[i < 0 ? i + columns.length : i] ?? ctx.block(node, 'malformed', `there is no column ${i}`),
  )
}

/** Columns of a value, or of a constant row [1, C]. */
export function columnsOrConstants(ctx: PmmlContext, value: string): readonly Column[] {
  const constant = ctx.constant(value)
  if (!constant) return ctx.columns(value)
  const data: readonly Category[] =
    constant.dtype === 'string' ? (constant.data as readonly string[]) : (numbersOf(constant) ?? [])
  return data.map((v): Column => ({ kind: 'constant', value: v }))
}

/** A function of columns as an expression column. */
export function applied(ctx: PmmlContext, fn: string, ...args: readonly Column[]): Column {
  return {
    kind: 'expression',
    expression: el(
      'Apply',
      { function: fn },
      args.map((arg) => ctx.expression(arg)),
    ),
    inputs: args.flatMap((arg) => ctx.inputsOf(arg)),
    dataType: 'double',
  }
}
