import type { ValueName } from '../../../core/ir/builder.ts'
import { quantizationMode } from '../reader/model-facts.ts'
import { KerasTensor, type LayerContext } from './context.ts'
import { type KerasLowering, layer } from './lowering.ts'
import { checkQuantization, isQuantized } from './quantized.ts'

/** Steps whose features all have the mask value become zeros that do not count. */
function masking(ctx: LayerContext): KerasTensor {
  const x = ctx.input
  const same = ctx.op('Equal', [x, ctx.scalar(ctx.config.number('mask_value', 0))])
  const differs = ctx.cast(ctx.op('Not', [same]), ctx.dtype)
  const counts = ctx.op('ReduceMax', [differs, ctx.ints([-1])], { keepdims: 1 })
  const mask = ctx.cast(ctx.op('Squeeze', [counts, ctx.ints([-1])]), 'bool')
  return new KerasTensor(ctx.op('Mul', [x, counts]), mask)
}

function embedded(ctx: LayerContext, ids: ValueName): ValueName {
  const rows = ctx.op('Gather', [ctx.weight('embeddings'), ids], { axis: 0 })
  if (!isQuantized(ctx)) return rows
  const scales = ctx.op('Gather', [ctx.weight('embeddings_scale'), ids], { axis: 0 })
  return ctx.op('Div', [rows, ctx.op('Unsqueeze', [scales, ctx.ints([-1])])])
}

/** An embedding that also leads back: with `reverse` the products of x and each row. */
function reversibleEmbedding(ctx: LayerContext): KerasTensor {
  if (ctx.kwargs['reverse'] !== true && ctx.args[1] !== true) return embedding(ctx)
  if (quantizationMode(ctx.layer) !== undefined)
    ctx.block('it is quantized', 'Save the model before quantize() is called.')
  const isTied = ctx.config.flag('tie_weights', true)
  const table = isTied
    ? ctx.op('Transpose', [ctx.weight('embeddings')], { perm: [1, 0] })
    : ctx.weight('reverse_embeddings')
  const logits = ctx.op('MatMul', [ctx.input, table])
  const cap = ctx.config.optionalNumber('logit_soft_cap')
  if (cap === undefined) return new KerasTensor(logits)
  const bounded = ctx.op('Tanh', [ctx.op('Div', [logits, ctx.scalar(cap)])])
  return new KerasTensor(ctx.op('Mul', [bounded, ctx.scalar(cap)]))
}

/** Row i of the table for each index i, truncated to an integer; with `mask_zero` index 0 does not count. */
function embedding(ctx: LayerContext): KerasTensor {
  checkQuantization(ctx)
  const ids = ctx.cast(ctx.rawInput, 'int64')
  const rows = embedded(ctx, ids)
  if (!ctx.config.flag('mask_zero', false)) return new KerasTensor(rows)
  return new KerasTensor(rows, ctx.op('Not', [ctx.op('Equal', [ids, ctx.int(0)])]))
}

const EMBEDDING_OPS = ['Gather', 'Cast', 'Equal', 'Not', 'Div', 'Unsqueeze']

/** Layers that say which time steps count. */
export const maskLayers: readonly KerasLowering[] = [
  layer('Masking', ['Equal', 'Not', 'Cast', 'ReduceMax', 'Squeeze', 'Mul'], masking),
  layer('Embedding', EMBEDDING_OPS, embedding),
  layer('ReversibleEmbedding', [...EMBEDDING_OPS, 'Transpose', 'MatMul', 'Tanh', 'Mul'], reversibleEmbedding),
]
