import type { Node } from '../../../../core/ir/graph.ts'
import { float32, int64, strings, type Tensor } from '../../../../core/ir/tensor.ts'
import { type LowerContext, lowering } from '../lowering.ts'

/** The tensor that a Constant node states in one of its attributes (Constant-13). */
function constantTensor(node: Node): Tensor | undefined {
  const a = node.attributes
  if (a['value'] !== undefined) return a['value'] as Tensor
  if (a['sparse_value'] !== undefined) return a['sparse_value'] as Tensor
  if (typeof a['value_float'] === 'number') return float32([a['value_float']], [])
  if (typeof a['value_int'] === 'number') return int64([a['value_int']], [])
  if (typeof a['value_string'] === 'string') return strings([a['value_string']], [])
  if (Array.isArray(a['value_floats'])) return float32(a['value_floats'])
  if (Array.isArray(a['value_ints'])) return int64(a['value_ints'])
  if (Array.isArray(a['value_strings'])) return strings(a['value_strings'])
  return undefined
}

function lowerConstant(node: Node, ctx: LowerContext): void {
  const tensor = constantTensor(node) ?? ctx.block('it states no value')
  ctx.result(node, ctx.hub.constant(tensor, node.outputs[0]))
}

/** A constant of the graph: no operator. */
export const constantLowering = lowering('Constant', [], lowerConstant)
