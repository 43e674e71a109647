import { PortolanError } from '../../../../core/errors.ts'
import type { Node } from '../../../../core/ir/graph.ts'
import { numbersOf } from '../../../../core/ir/tensor.ts'
import { hubOps } from '../../../../core/ops/hub-ops.ts'
import type { EvalTensor } from '../../../../core/ops/spec.ts'
import { evalTensor } from '../../../../core/ops/tensor/eval-tensor.ts'
import type { PmmlContext } from '../context.ts'

/** An input of a node as it is looked at while elements are moved about: of rows or the same for all of them. */
export interface Operand {
  /** The sizes of a row; of a constant all of its sizes. */
  readonly shape: readonly number[]
  readonly isConstant: boolean
  readonly size: number
}

/** What is known of a node's input. Blocks where a row has no fixed size. */
export function operandOf(ctx: PmmlContext, node: Node, value: string): Operand {
  const constant = ctx.constant(value)
  const shape = constant ? constant.shape : ctx.shape(value)?.slice(1)
  if (!shape?.every((size) => typeof size === 'number')) {
    return ctx.block(node, 'unknown-size', `the rows of ${value} have no fixed number of elements`)
  }
  return { shape, isConstant: constant !== undefined, size: shape.reduce((n, size) => n * size, 1) }
}

/** Two rows are looked at, so that an operator which mixes rows shows. */
const ROWS = 2

const counted = (shape: readonly number[], from: number): EvalTensor => {
  const size = shape.reduce((n, d) => n * d, 1)
  return evalTensor(
    'int64',
    shape,
    Float64Array.from({ length: size }, (_, i) => from + i),
  )
}

/** An element of an operand: its index in the operand's row. */
export interface Element {
  readonly operand: number
  readonly index: number
}

/**
 * Where each element of an operator's outputs comes from, for operators that only move elements within rows: the operator
 * is evaluated on numbered elements. Blocks when rows do not stay rows, or where elements are made up (padding).
 *
 * @param moved the inputs whose elements are moved; the others, such as axes and shapes, are constants that are read
 */
export function movedElements(ctx: PmmlContext, node: Node, moved: readonly number[]): Element[][] {
  const operands = node.inputs.map((value) => (value === '' ? undefined : operandOf(ctx, node, value)))
  const starts: number[] = []
  let next = 0
  const inputs = operands.map((operand, i): EvalTensor | undefined => {
    if (!operand) return undefined
    if (!moved.includes(i)) return parameter(ctx, node, node.inputs[i] ?? '')
    starts[i] = next
    next += operand.size * (operand.isConstant ? 1 : ROWS)
    return counted(operand.isConstant ? operand.shape : [ROWS, ...operand.shape], starts[i])
  })
  const origin = (position: number): { operand: number; row: number; index: number } => {
    const operand = moved.findLast((i) => (starts[i] ?? Number.POSITIVE_INFINITY) <= position) ?? 0
    const { size, isConstant } = operands[operand] as Operand
    const offset = position - (starts[operand] ?? 0)
    return isConstant
      ? { operand, row: -1, index: offset }
      : { operand, row: Math.floor(offset / size), index: offset % size }
  }
  return evaluated(ctx, node, inputs).map((output) => {
    const data = output.data as Float64Array
    const width = data.length / ROWS
    if (output.shape[0] !== ROWS) return rowsMixed(ctx, node)
    return Array.from({ length: width }, (_, i) => {
      const [first, second] = [origin(data[i] ?? 0), origin(data[width + i] ?? 0)]
      const isSame = first.operand === second.operand && first.index === second.index
      if (!isSame || first.row > 0 || second.row === 0) return rowsMixed(ctx, node)
      return { operand: first.operand, index: first.index }
    })
  })
}

/** Which element of each operand meets in each element of an element-wise operator's result, by numpy's broadcasting. */
export function broadcastElements(ctx: PmmlContext, node: Node, values: readonly string[]): number[][] {
  const operands = values.map((value) => operandOf(ctx, node, value))
  const full = operands.map(({ shape, isConstant }) => (isConstant ? shape : [ROWS, ...shape]))
  const zeros = full.map((shape) => evalTensor('float64', shape, new Float64Array(shape.reduce((n, d) => n * d, 1))))
  const each = operands.map((operand, i) => {
    const inputs = zeros.map((zero, j) => (i === j ? counted(full[i] ?? [], 0) : zero))
    const [sum] = evaluated(ctx, { ...node, op: 'Sum', attributes: {} }, inputs)
    const data = (sum?.data ?? new Float64Array()) as Float64Array
    const width = data.length / ROWS
    const shift = operand.isConstant ? 0 : operand.size
    const isRowWise = sum?.shape[0] === ROWS && data.every((at, k) => k >= width || data[k + width] === at + shift)
    return isRowWise ? Array.from(data.subarray(0, width)) : rowsMixed(ctx, node)
  })
  return Array.from({ length: each[0]?.length ?? 0 }, (_, k) => each.map((indices) => indices[k] ?? 0))
}

function evaluated(ctx: PmmlContext, node: Node, inputs: readonly (EvalTensor | undefined)[]): readonly EvalTensor[] {
  const context = { op: node.op, attributes: node.attributes, outputCount: node.outputs.length, run: () => [] }
  try {
    return hubOps.get(node.op)?.evaluate(inputs, context) ?? []
  } catch (error) {
    // two rows do not fit where one does: a shape with a fixed number of rows
    if (error instanceof PortolanError) return rowsMixed(ctx, node)
    throw error
  }
}

function parameter(ctx: PmmlContext, node: Node, value: string): EvalTensor {
  const constant = ctx.constant(value)
  const numbers = numbersOf(constant)
  if (!constant || !numbers) {
    return ctx.block(node, 'computed-parameter', `${node.op} has a parameter that is computed for each row`)
  }
  return evalTensor(constant.dtype, constant.shape, Float64Array.from(numbers))
}

function rowsMixed(ctx: PmmlContext, node: Node): never {
  return ctx.block(node, 'rows-mixed', `${node.op} does not keep one row per record`)
}
