import type { ValueName } from '../../../core/ir/builder.ts'
import type { LayerContext } from './context.ts'

/** How a window of a convolution or pooling slides over the spatial axes. */
export interface WindowSettings {
  readonly kernel: readonly number[]
  readonly strides: readonly number[]
  readonly dilations: readonly number[]
}

export function isChannelsFirst(ctx: LayerContext): boolean {
  return ctx.config.get('data_format') === 'channels_first'
}

/** [N, …, C] → [N, C, …], where the layer's data has its channels last. */
export function channelsFirst(ctx: LayerContext, x: ValueName): ValueName {
  if (isChannelsFirst(ctx)) return x
  const rank = ctx.rank(x)
  return ctx.op('Transpose', [x], { perm: [0, rank - 1, ...Array.from({ length: rank - 2 }, (_, i) => i + 1)] })
}

/** [N, C, …] → [N, …, C], where the layer's data has its channels last. */
export function channelsBack(ctx: LayerContext, x: ValueName): ValueName {
  if (isChannelsFirst(ctx)) return x
  const rank = ctx.rank(x)
  return ctx.op('Transpose', [x], { perm: [0, ...Array.from({ length: rank - 2 }, (_, i) => i + 2), 1] })
}

/**
 * The attributes `pads` or `auto_pad` for an input [N, C, …]. Keras' `same` is TensorFlow's: as many results as
 * ⌈size / stride⌉, an odd pad goes to the end.
 */
export function padding(ctx: LayerContext, x: ValueName, window: WindowSettings): Record<string, unknown> {
  const kind = ctx.config.text('padding', 'valid')
  const extents = window.kernel.map((k, i) => (k - 1) * (window.dilations[i] as number) + 1)
  if (kind === 'valid') return {}
  if (kind === 'causal') return { pads: [...extents.map((e) => e - 1), ...extents.map(() => 0)] }
  if (kind !== 'same') return ctx.block(`its padding ${kind} is not supported`)
  const spatial = ctx.shape(x).slice(2)
  if (!spatial.every((dim) => typeof dim === 'number')) {
    const isUnit = window.strides.every((s) => s === 1)
    // With a stride of 1 the pads do not depend on the size.
    return isUnit ? { pads: samePads(extents.map((e) => e - 1)) } : { auto_pad: 'SAME_UPPER' }
  }
  const totals = spatial.map((dim, i) => {
    const stride = window.strides[i] as number
    return Math.max((Math.ceil(dim / stride) - 1) * stride + (extents[i] as number) - dim, 0)
  })
  return { pads: samePads(totals) }
}

function samePads(totals: readonly number[]): number[] {
  return [...totals.map((t) => Math.floor(t / 2)), ...totals.map((t) => Math.ceil(t / 2))]
}
