import type { ValueName } from '../../../../core/ir/builder.ts'
import type { Node } from '../../../../core/ir/graph.ts'
import { type LowerContext, lowering, type OnnxLowering } from '../lowering.ts'
import {
  ATTENTION_OPERATORS,
  maskBias,
  mergeHeads,
  scaledDotProduct,
  sharedHeads,
  sizeOf,
  splitHeads,
  type Window,
  windowMask,
} from './scaled-dot-product.ts'

/** The heads of an input: given as such, [B, H, S, D], or side by side, [B, S, H · D]. */
function headsOf(node: Node, index: number, count: unknown, ctx: LowerContext): ValueName {
  const value = ctx.input(node, index)
  const rank = ctx.type(value).shape?.length ?? ctx.block('the rank of its inputs is not known')
  if (rank === 4) return value
  return typeof count === 'number' ? splitHeads(value, count, ctx) : ctx.block('the number of its heads is not stated')
}

/** What was computed for earlier positions, then for these. */
function withPast(node: Node, index: number, value: ValueName, ctx: LowerContext): ValueName {
  if (!node.inputs[index]) return value
  return ctx.hub.op('Concat', [ctx.input(node, index), value], { axis: 2 })
}

/** Causal attention sees nothing behind; a window of −1 (Attention-27) is none. */
function windowOf({ attributes }: Node): Window {
  const bound = (name: string) => {
    const size = Number(attributes[name] ?? -1)
    return size < 0 ? undefined : size
  }
  const [left, right] = [bound('left_window_size'), bound('right_window_size')]
  return {
    ...(left === undefined ? {} : { left }),
    ...(attributes['is_causal'] ? { right: 0 } : right === undefined ? {} : { right }),
  }
}

function biasesOf(node: Node, query: ValueName, key: ValueName, ctx: LowerContext): ValueName[] {
  const biases: ValueName[] = []
  if (node.inputs[3]) {
    const mask = ctx.input(node, 3)
    biases.push(ctx.type(mask).dtype === 'bool' ? maskBias(mask, query, ctx) : mask)
  }
  const window = windowOf(node)
  if (window.left !== undefined || window.right !== undefined) {
    const offset = node.inputs[4] ? sizeOf(ctx.input(node, 4), 2, ctx) : ctx.hub.int64([0], [])
    const sizes = { queries: sizeOf(query, 2, ctx), keys: sizeOf(key, 2, ctx), offset }
    biases.push(maskBias(windowMask(window, sizes, ctx), query, ctx))
  }
  return biases
}

/** Attention-23 in the hub's operators. */
function attention(node: Node, ctx: LowerContext): void {
  const { q_num_heads, kv_num_heads, scale, softcap, qk_matmul_output_mode: stage = 0 } = node.attributes
  if (node.inputs[6]) ctx.block('it takes the number of keys for each row of a batch', 'Export the model with a mask.')
  const isMerged = ctx.type(ctx.input(node, 0)).shape?.length === 3
  const query = headsOf(node, 0, q_num_heads, ctx)
  const keys = withPast(node, 4, headsOf(node, 1, kv_num_heads, ctx), ctx)
  const values = withPast(node, 5, headsOf(node, 2, kv_num_heads, ctx), ctx)
  const heads = ctx.type(query).shape?.[1]
  if (typeof heads !== 'number') return ctx.block('the number of its heads is not known')
  const { output, stages } = scaledDotProduct(
    {
      query,
      key: sharedHeads(keys, heads, ctx),
      value: sharedHeads(values, heads, ctx),
      biases: biasesOf(node, query, keys, ctx),
      softcap: Number(softcap ?? 0),
      isMasked: Boolean(node.inputs[3]),
      ...(scale === undefined ? {} : { scale: Number(scale) }),
    },
    ctx,
  )
  ctx.result(node, isMerged ? mergeHeads(output, ctx) : output, 0)
  ctx.result(node, keys, 1)
  ctx.result(node, values, 2)
  if (ctx.isUsed(node, 3))
    ctx.result(node, stages[Number(stage)] ?? ctx.block(`its output mode ${stage} is unknown`), 3)
}

export const attentionLowering: OnnxLowering = lowering('Attention', ATTENTION_OPERATORS, attention)
