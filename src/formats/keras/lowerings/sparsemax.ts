import type { ValueName } from '../../../core/ir/builder.ts'
import type { LayerContext } from './context.ts'

/**
 * Sparsemax over the last axis (Martins & Astudillo 2016): max(x − τ, 0), τ being the threshold that makes the sum 1. With
 * z sorted downwards, the support are the k with 1 + k·z_k > Σ_{j≤k} z_j, and τ = (Σ_support z − 1) / |support|.
 */
export function sparsemax(ctx: LayerContext, x: ValueName): ValueName {
  const size = ctx.size(x, -1)
  const [sorted] = ctx.ops('TopK', [x, ctx.ints([size])], 2, { axis: -1, largest: 1, sorted: 1 }) as [ValueName]
  const sums = ctx.op('CumSum', [sorted, ctx.hub.int64([-1], [])])
  const ranks = ctx.numbers(Array.from({ length: size }, (_, i) => i + 1))
  const left = ctx.op('Add', [ctx.op('Mul', [ranks, sorted]), ctx.scalar(1)])
  const support = ctx.cast(ctx.op('Greater', [left, sums]), ctx.dtype)
  const axes = ctx.ints([-1])
  const count = ctx.op('ReduceSum', [support, axes], { keepdims: 1 })
  const total = ctx.op('ReduceSum', [ctx.op('Mul', [sorted, support]), axes], { keepdims: 1 })
  const threshold = ctx.op('Div', [ctx.op('Sub', [total, ctx.scalar(1)]), count])
  return ctx.op('Relu', [ctx.op('Sub', [x, threshold])])
}
