import type { ValueName } from '../../../../../core/ir/builder.ts'
import type { Node } from '../../../../../core/ir/graph.ts'
import type { LowerContext } from '../../lowering.ts'

/** The number of columns of a matrix, where it is known. */
export function knownColumnCount(value: ValueName, ctx: LowerContext): number | undefined {
  const shape = ctx.type(value).shape
  const width = shape?.length === 2 ? shape[1] : undefined
  return typeof width === 'number' ? width : undefined
}

/** The number of columns of a matrix; blocks when it is not known. */
export function columnCount(value: ValueName, ctx: LowerContext): number {
  return knownColumnCount(value, ctx) ?? ctx.block('the number of columns of its input is not known')
}

/** The first input as a matrix [N, C]; a vector is one row, as ONNX Runtime takes it. */
export function matrixInput(node: Node, ctx: LowerContext): ValueName {
  const value = ctx.input(node, 0)
  if (ctx.type(value).shape?.length !== 1) return value
  return ctx.hub.op('Unsqueeze', [value, ctx.hub.int64([0])])
}

/** The value as float32, as the operators of ai.onnx.ml return their results. */
export function asFloat32(value: ValueName, ctx: LowerContext): ValueName {
  return ctx.cast(value, 'float32')
}
