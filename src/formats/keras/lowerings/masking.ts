import { KerasTensor, type LayerContext } from './context.ts'
import { type KerasLowering, layer } from './lowering.ts'

/** Steps whose features all have the mask value become zeros that do not count. */
function masking(ctx: LayerContext): KerasTensor {
  const x = ctx.input
  const same = ctx.op('Equal', [x, ctx.scalar(ctx.config.number('mask_value', 0))])
  const differs = ctx.cast(ctx.op('Not', [same]), ctx.dtype)
  const counts = ctx.op('ReduceMax', [differs, ctx.ints([-1])], { keepdims: 1 })
  const mask = ctx.cast(ctx.op('Squeeze', [counts, ctx.ints([-1])]), 'bool')
  return new KerasTensor(ctx.op('Mul', [x, counts]), mask)
}

/** Row i of the table for each index i, truncated to an integer; with `mask_zero` index 0 does not count. */
function embedding(ctx: LayerContext): KerasTensor {
  const ids = ctx.cast(ctx.rawInput, 'int64')
  const rows = ctx.op('Gather', [ctx.weight('embeddings'), ids], { axis: 0 })
  if (!ctx.config.flag('mask_zero', false)) return new KerasTensor(rows)
  return new KerasTensor(rows, ctx.op('Not', [ctx.op('Equal', [ids, ctx.int(0)])]))
}

/** Layers that say which time steps count. */
export const maskLayers: readonly KerasLowering[] = [
  layer('Masking', ['Equal', 'Not', 'Cast', 'ReduceMax', 'Squeeze', 'Mul'], masking),
  layer('Embedding', ['Gather', 'Cast', 'Equal', 'Not'], embedding),
]
