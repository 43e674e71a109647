import type { ValueName } from '../../../core/ir/builder.ts'
import type { LayerContext } from './context.ts'

/**
 * keras.ops.sparsemax over the last axis. With z sorted downwards and its cumulative sums c, the support are the k with
 * z_k − (c_k − 1) / k > 0. Keras 3 takes τ = (Σ_support c − 1) / |support|, the sum of the cumulative sums, where
 * Martins & Astudillo (2016) take the sum of z; the result is max(x − τ, 0).
 */
export function sparsemax(ctx: LayerContext, x: ValueName): ValueName {
  const size = ctx.size(x, -1)
  const [sorted] = ctx.ops('TopK', [x, ctx.ints([size])], 2, { axis: -1, largest: 1, sorted: 1 }) as [ValueName]
  const sums = ctx.op('CumSum', [sorted, ctx.int(-1)])
  const ranks = ctx.numbers(Array.from({ length: size }, (_, i) => i + 1))
  const excess = ctx.op('Div', [ctx.op('Sub', [sums, ctx.scalar(1)]), ranks])
  const support = ctx.cast(ctx.op('Greater', [sorted, excess]), ctx.dtype)
  const axes = ctx.ints([-1])
  const count = ctx.op('ReduceSum', [support, axes], { keepdims: 1 })
  const total = ctx.op('ReduceSum', [ctx.op('Mul', [sums, support]), axes], { keepdims: 1 })
  const threshold = ctx.op('Div', [ctx.op('Sub', [total, ctx.scalar(1)]), count])
  return ctx.op('Relu', [ctx.op('Sub', [x, threshold])])
}
