import type { Node } from '../../../../core/ir/graph.ts'
import type { Category } from '../../../../core/ir/model.ts'
import { numbersOf } from '../../../../core/ir/tensor.ts'
import type { Emitter, PmmlContext } from '../context.ts'
import { el } from '../element.ts'
import { type Column, number } from '../field.ts'
import { canBeUndefined } from '../undefined-results.ts'
import { movedElements } from './rows.ts'
import { tableLookup } from './table-lookup.ts'

/** Operators that only move columns: nothing is computed, the columns stay symbolic. */
export const columnEmitters: Readonly<Record<string, Emitter>> = {
  Identity: (ctx, node) => ctx.columns(node.inputs[0] ?? ''),
  Dropout: (ctx, node) => ctx.columns(node.inputs[0] ?? ''),
  Cast: cast,
  Concat: (ctx, node) => movedColumns(ctx, node, Array.from(node.inputs.keys())),
  Gather: (ctx, node) => (ctx.constant(node.inputs[0] ?? '') ? tableLookup(ctx, node) : movedColumns(ctx, node, [0])),
  GatherElements: gatherElements,
  ...Object.fromEntries(
    ['Reshape', 'Flatten', 'Squeeze', 'Unsqueeze', 'Transpose', 'Slice', 'Split', 'Expand', 'Tile'].map((op) => [
      op,
      (ctx: PmmlContext, node: Node) => movedColumns(ctx, node, [0]),
    ]),
  ),
}

/** The columns of a node that only moves the elements of rows. All outputs are told at once. */
function movedColumns(ctx: PmmlContext, node: Node, moved: readonly number[]): readonly Column[] {
  const columns = moved.map((i) => columnsOrConstants(ctx, node.inputs[i] ?? ''))
  const outputs = movedElements(ctx, node, moved).map((elements) =>
    elements.map(({ operand, index }) => columns[moved.indexOf(operand)]?.[index] as Column),
  )
  for (const [i, output] of outputs.entries()) ctx.define(node.outputs[i] ?? '', output)
  return outputs[0] ?? []
}

/** Elements of a row chosen by computed positions among it. */
function gatherElements(ctx: PmmlContext, node: Node): readonly Column[] {
  const [data = '', indices = ''] = node.inputs
  if (ctx.shape(data)?.length !== 2 || Number(node.attributes.axis ?? 0) !== 1) {
    return ctx.block(node, 'rows-mixed', 'elements of other rows can not be chosen in PMML')
  }
  const columns = columnsOrConstants(ctx, data).map((column) => ctx.named(column, 'choice'))
  const last = columns.at(-1) ?? number(0)
  return ctx.columns(indices).map((index) => {
    const at = ctx.named(index, 'position')
    return columns
      .slice(0, -1)
      .reduceRight<Column>(
        (rest, column, k) => applied(ctx, 'if', applied(ctx, 'equal', at, number(k)), column, rest),
        last,
      )
  })
}

function cast(ctx: PmmlContext, node: Node): readonly Column[] {
  const columns = ctx.columns(node.inputs[0] ?? '')
  const to = ctx.model.graph.types.get(node.outputs[0] ?? '')?.dtype
  if (to === 'float32') return columns.map((column) => asFloat32(ctx, column))
  if (to === 'float64') return columns
  const from = ctx.model.graph.types.get(node.inputs[0] ?? '')?.dtype
  if (to === from || from === 'bool') return columns
  if (from === 'string' || to === 'string') {
    return ctx.block(node, 'unsupported-cast', `a cast from ${from} to ${to} has no PMML form`)
  }
  if (to === 'bool') return columns.map((column) => truth(ctx, compared(ctx, 'notEqual', column, number(0))))
  if (to && INTEGERS.has(to))
    return INTEGERS.has(from ?? '') ? columns : columns.map((column) => truncated(ctx, column))
  return ctx.block(node, 'unsupported-cast', `a cast from ${from} to ${to} has no PMML form`)
}

/** Integers that hold whatever whole number a table has; narrower ones wrap around. */
const INTEGERS: ReadonlySet<string> = new Set(['int64', 'int32'])

/** A comparison as tensors have it: whatever is missing is not equal to, less or greater than anything. */
export function compared(ctx: PmmlContext, fn: string, a: Column, b: Column): Column {
  const column = applied(ctx, fn, a, b)
  if (column.kind !== 'expression' || (isPresent(a) && isPresent(b))) return column
  const attributes = { ...column.expression.attributes, mapMissingTo: fn === 'notEqual' }
  return { ...column, expression: { ...column.expression, attributes } }
}

const isPresent = ({ kind }: Column) => kind === 'constant' || kind === 'indicator'

/** A PMML truth value as 1 or 0. */
export function truth(ctx: PmmlContext, condition: Column): Column {
  return applied(ctx, 'if', condition, number(1), number(0))
}

/** Towards zero. */
function truncated(ctx: PmmlContext, column: Column): Column {
  if (column.kind === 'indicator' || (column.kind === 'field' && column.field.dataType === 'integer')) return column
  const x = ctx.named(column, 'untruncated')
  const isNegative = compared(ctx, 'lessThan', x, number(0))
  return applied(ctx, 'if', isNegative, applied(ctx, 'ceil', x), applied(ctx, 'floor', x))
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

/** Columns of a value, or of a constant row [1, C]. */
export function columnsOrConstants(ctx: PmmlContext, value: string): readonly Column[] {
  const constant = ctx.constant(value)
  if (!constant) return ctx.columns(value)
  const data: readonly Category[] =
    constant.dtype === 'string' ? (constant.data as readonly string[]) : (numbersOf(constant) ?? [])
  return data.map((v): Column => ({ kind: 'constant', value: v }))
}

/** A function of columns as an expression column. What is not a number is missing to those that handle missing values. */
export function applied(ctx: PmmlContext, fn: string, ...args: readonly Column[]): Column {
  const invalidValueTreatment = ctx.handlesMissing && canBeUndefined(fn, args) ? 'asMissing' : undefined
  return {
    kind: 'expression',
    expression: el(
      'Apply',
      { function: fn, invalidValueTreatment },
      args.map((arg) => ctx.expression(arg)),
    ),
    inputs: args.flatMap((arg) => ctx.inputsOf(arg)),
    dataType: 'double',
  }
}
