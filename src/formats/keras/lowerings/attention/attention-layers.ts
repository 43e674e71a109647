import type { ValueName } from '../../../../core/ir/builder.ts'
import { KerasTensor, type LayerContext } from '../context.ts'
import { type KerasLowering, layer, produced } from '../lowering.ts'
import { groupedQueryAttention, multiHeadAttention, PROJECTED_OPS } from './multi-head.ts'
import { allOf, causalMask, MASK_OPS, maskedSoftmax } from './score-mask.ts'

/** query · keyᵀ for every pair of steps, or what a hidden layer makes of their sum. */
function dotScores(ctx: LayerContext, query: ValueName, key: ValueName): ValueName {
  if (ctx.config.text('score_mode', 'dot') === 'concat') {
    const sum = pairSums(ctx, query, key)
    const scaled = ctx.optionalTensor('scale') ? ctx.op('Mul', [sum, ctx.weight('scale')]) : sum
    const hidden = ctx.op('ReduceSum', [ctx.op('Tanh', [scaled]), ctx.ints([-1])], { keepdims: 0 })
    return ctx.op('Mul', [hidden, ctx.weight('concat_score_weight')])
  }
  const scores = ctx.op('MatMul', [query, ctx.op('Transpose', [key], { perm: [0, 2, 1] })])
  return ctx.config.flag('use_scale', false) ? ctx.op('Mul', [scores, ctx.weight('scale')]) : scores
}

/** [N, T, S, D]: the sum of each step of the query and each of the key. */
function pairSums(ctx: LayerContext, query: ValueName, key: ValueName): ValueName {
  return ctx.op('Add', [ctx.op('Unsqueeze', [query, ctx.ints([2])]), ctx.op('Unsqueeze', [key, ctx.ints([1])])])
}

/** Σ scale · tanh(query + key) */
function additiveScores(ctx: LayerContext, query: ValueName, key: ValueName): ValueName {
  const hidden = ctx.op('Tanh', [pairSums(ctx, query, key)])
  const scaled = ctx.config.flag('use_scale', true) ? ctx.op('Mul', [hidden, ctx.weight('scale')]) : hidden
  return ctx.op('ReduceSum', [scaled, ctx.ints([-1])], { keepdims: 0 })
}

/** Attention over [query, value] or [query, value, key], each [N, steps, D]. */
const attention =
  (score: (ctx: LayerContext, query: ValueName, key: ValueName) => ValueName) =>
  (ctx: LayerContext): KerasTensor[] => {
    const [query, value, key = value] = ctx.inputs
    if (query === undefined || value === undefined || key === undefined) return ctx.block('it does not have two inputs')
    const [queryMask, valueMask] = ctx.tensors.map(({ mask }) => mask)
    const isCausal = ctx.kwargs['use_causal_mask'] === true || ctx.config.flag('causal', false)
    const mask = allOf(ctx, [
      valueMask === undefined ? undefined : ctx.op('Unsqueeze', [valueMask, ctx.ints([1])]),
      isCausal ? causalMask(ctx, query, value) : undefined,
    ])
    const weights = maskedSoftmax(ctx, score(ctx, query, key), mask)
    const product = ctx.op('MatMul', [weights, value])
    const result =
      queryMask === undefined
        ? product
        : ctx.op('Where', [ctx.op('Unsqueeze', [queryMask, ctx.ints([2])]), product, ctx.scalar(0)])
    const scores = ctx.kwargs['return_attention_scores'] === true ? [new KerasTensor(weights)] : []
    return [new KerasTensor(result, queryMask), ...scores]
  }

const OPS = produced(MASK_OPS, ['MatMul', 'Transpose', 'Mul', 'Add', 'Tanh', 'ReduceSum'])

export const attentionLayers: readonly KerasLowering[] = [
  layer('Attention', OPS, attention(dotScores)),
  layer('AdditiveAttention', OPS, attention(additiveScores)),
  layer('MultiHeadAttention', PROJECTED_OPS, multiHeadAttention),
  layer('GroupQueryAttention', PROJECTED_OPS, groupedQueryAttention),
]
