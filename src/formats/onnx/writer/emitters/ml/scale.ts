import type { GraphBuilder, ValueName } from '../../../../../core/ir/builder.ts'
import { mlEmitter } from '../../emitter.ts'

/** Sub, Div, Mul, Add, Clip, in the hub's order, so that results agree to the last bit. */
export const scale = mlEmitter('ml.scale', (node, { center, divisor, factor, shift, clip }, ctx) => {
  const g = ctx.graph
  let y = ctx.matrix(node)
  if (center) y = g.op('Sub', [y, g.float64(center)])
  if (divisor) y = g.op('Div', [y, multiplier(g, divisor, y)])
  if (factor) y = g.op('Mul', [y, multiplier(g, factor, y)])
  if (shift) y = g.op('Add', [y, g.float64(shift)])
  if (clip) y = g.op('Clip', [y, g.float64([clip[0]], []), g.float64([clip[1]], [])])
  ctx.result(node, y)
})

/**
 * The constants of the columns. A single one is spread over the rows, because ONNX Runtime merges a multiplication by one constant
 * into a MatMul that follows (MatMulScaleFusion), where it becomes a float.
 */
function multiplier(g: GraphBuilder, values: Float64Array, x: ValueName): ValueName {
  const constant = g.float64(values)
  return values.length === 1 ? g.op('Expand', [constant, g.op('Shape', [x])]) : constant
}
