import { mlEmitter } from '../../emitter.ts'

/** Sub, Div, Mul, Add, Clip, in the hub's order, so that results agree to the last bit. */
export const scale = mlEmitter('ml.scale', (node, { center, divisor, factor, shift, clip }, ctx) => {
  const g = ctx.graph
  let y = ctx.matrix(node)
  if (center) y = g.op('Sub', [y, g.float64(center)])
  if (divisor) y = g.op('Div', [y, g.float64(divisor)])
  if (factor) y = g.op('Mul', [y, g.float64(factor)])
  if (shift) y = g.op('Add', [y, g.float64(shift)])
  if (clip) y = g.op('Clip', [y, g.float64([clip[0]], []), g.float64([clip[1]], [])])
  ctx.result(node, y)
})
