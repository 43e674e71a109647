import type { ValueName } from '../../../../core/ir/builder.ts'
import type { LowerContext } from '../lowering.ts'
import { scalarLike } from './scaled-dot-product.ts'

/** Hub operators of `rootMeanSquare`. */
export const RMS_OPERATORS = ['Mul', 'ReduceMean', 'Add', 'Sqrt', 'Div', 'Cast'] as const

/** x / √(mean(x²) + ε) · scale, the mean over some axes. */
export function rootMeanSquare(
  x: ValueName,
  scale: ValueName,
  { axes, epsilon }: { readonly axes: readonly number[]; readonly epsilon: number },
  ctx: LowerContext,
): ValueName {
  const mean = ctx.hub.op('ReduceMean', [ctx.hub.op('Mul', [x, x]), ctx.hub.int64(axes)], { keepdims: 1 })
  const root = ctx.hub.op('Sqrt', [ctx.hub.op('Add', [mean, scalarLike(x, epsilon, ctx)])])
  return ctx.hub.op('Mul', [ctx.hub.op('Div', [x, root]), scale])
}
