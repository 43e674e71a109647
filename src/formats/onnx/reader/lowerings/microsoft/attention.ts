import type { ValueName } from '../../../../../core/ir/builder.ts'
import type { Node } from '../../../../../core/ir/graph.ts'
import type { LowerContext, OnnxLowering } from '../../lowering.ts'
import {
  ATTENTION_OPERATORS,
  maskBias,
  mergeHeads,
  scalarLike,
  scaledDotProduct,
  sizeOf,
  splitHeads,
  windowMask,
} from '../scaled-dot-product.ts'
import { microsoftLowering } from './microsoft-lowering.ts'

/** Queries, keys and values as heads, [B, H, S, D] each. */
interface Heads {
  readonly query: ValueName
  readonly key: ValueName
  readonly value: ValueName
}

/** Where the inputs of an operator stand that are not heads. */
interface Places {
  readonly mask: number
  readonly bias: number
}

/**
 * A mask of 1 and 0 as a summand of the scores: [B, T], [B, S, T] or [B, 1, S, T]; a vector [B] holds the numbers of keys that are
 * no padding at the end.
 */
function paddingBias(mask: ValueName, { query, key }: Heads, node: Node, ctx: LowerContext): ValueName {
  const { hub } = ctx
  const { shape } = ctx.type(mask)
  const filter = scalarLike(query, Number(node.attributes['mask_filter_value'] ?? -10000), ctx)
  const zero = scalarLike(query, 0, ctx)
  if (shape?.length === 1) {
    if (shape[0] !== ctx.type(query).shape?.[0]) ctx.block('its mask says where keys begin and end')
    const places = hub.op('Range', [hub.int64([0], []), sizeOf(key, 2, ctx), hub.int64([1], [])])
    const ends = hub.op('Reshape', [ctx.cast(mask, 'int64'), hub.int64([-1, 1, 1, 1])])
    return hub.op('Where', [hub.op('GreaterOrEqual', [places, ends]), filter, zero])
  }
  const axes = shape?.length === 2 ? [1, 2] : shape?.length === 3 ? [1] : []
  const spread = axes.length > 0 ? hub.op('Unsqueeze', [mask, hub.int64(axes)]) : mask
  return hub.op('Where', [hub.op('Equal', [ctx.cast(spread, 'int64'), hub.int64([0], [])]), filter, zero])
}

function attend(node: Node, heads: Heads, places: Places, past: ValueName, ctx: LowerContext): void {
  const { scale, unidirectional } = node.attributes
  const biases: ValueName[] = []
  if (node.inputs[places.mask]) biases.push(paddingBias(ctx.input(node, places.mask), heads, node, ctx))
  if (unidirectional) {
    const offset = past === '' ? ctx.hub.int64([0], []) : sizeOf(past, 2, ctx)
    const sizes = { queries: sizeOf(heads.query, 2, ctx), keys: sizeOf(heads.key, 2, ctx), offset }
    biases.push(maskBias(windowMask({ right: 0 }, sizes, ctx), heads.query, ctx))
  }
  if (node.inputs[places.bias]) biases.push(ctx.input(node, places.bias))
  const { output } = scaledDotProduct({ ...heads, biases, ...(scale ? { scale: Number(scale) } : {}) }, ctx)
  ctx.result(node, mergeHeads(output, ctx))
}

/** Input [B, S, I] times weights [I, Q + K + V] plus bias, in three. */
function projections(node: Node, input: ValueName, weights: ValueName, ctx: LowerContext): ValueName[] {
  const total = ctx.type(weights).shape?.[1]
  const stated = node.attributes['qkv_hidden_sizes']
  const sizes = Array.isArray(stated) ? stated.map(Number) : typeof total === 'number' ? Array(3).fill(total / 3) : []
  if (sizes.length !== 3) ctx.block('the size of its weights is not known')
  const product = ctx.hub.op('MatMul', [input, weights], {}, { label: node.label ?? node.id })
  const sum = node.inputs[2] ? ctx.hub.op('Add', [product, ctx.input(node, 2)]) : product
  return ctx.hub.ops('Split', [sum, ctx.hub.int64(sizes)], { axis: 2 }, { outputs: 3 })
}

/** `parts` are queries, keys and values; `past` is [2, B, H, P, D] where there is one, and so is the second output. */
function selfAttention(node: Node, parts: readonly ValueName[], places: Places & { past: number }, ctx: LowerContext) {
  if (node.attributes['do_rotary']) ctx.block('it rotates its queries and keys', 'Optimise without fused rotation.')
  const count = Number(node.attributes['num_heads'])
  const [query, key, value] = parts.map((part) => splitHeads(part, count, ctx)) as [ValueName, ValueName, ValueName]
  const past = ctx.input(node, places.past)
  const state = (index: number) => ctx.hub.op('Gather', [past, ctx.hub.int64([index], [])], { axis: 0 })
  const [pastKey, pastValue] = past === '' ? ['', ''] : [state(0), state(1)]
  const [keys, values] = [joined(pastKey, key, ctx), joined(pastValue, value, ctx)]
  attend(node, { query, key: keys, value: values }, places, pastKey, ctx)
  if (!ctx.isUsed(node, 1)) return
  const layers = [keys, values].map((each) => ctx.hub.op('Unsqueeze', [each, ctx.hub.int64([0])]))
  ctx.result(node, ctx.hub.op('Concat', layers, { axis: 0 }), 1)
}

/** Inputs: input, weights, bias, mask, past, attention bias. */
function attention(node: Node, ctx: LowerContext): void {
  const parts = projections(node, ctx.input(node, 0), ctx.input(node, 1), ctx)
  selfAttention(node, parts, { mask: 3, past: 4, bias: 5 }, ctx)
}

/** Inputs: input, weights, bias, their scales, mask, their zero points, past; input and weights are integers. */
function quantizedAttention(node: Node, ctx: LowerContext): void {
  const [input, weights] = [
    [0, 3, 6],
    [1, 4, 7],
  ].map((places, i) => {
    const operands = places.flatMap((place) => (node.inputs[place] ? [ctx.input(node, place)] : []))
    const isPerColumn = ctx.type(operands[1] ?? '').shape?.[0] !== 1 && ctx.type(operands[1] ?? '').shape?.length === 1
    return ctx.hub.op('DequantizeLinear', operands, isPerColumn ? { axis: i === 0 ? -1 : 1 } : {})
  }) as [ValueName, ValueName]
  selfAttention(node, projections(node, input, weights, ctx), { mask: 5, past: 8, bias: NONE }, ctx)
}

/** The place of an input that an operator has not. */
const NONE = -1

const joined = (past: ValueName, now: ValueName, ctx: LowerContext): ValueName =>
  past === '' ? now : ctx.hub.op('Concat', [past, now], { axis: 2 })

/** Inputs: query, key, value, bias, mask, attention bias, past key, past value; outputs: result, present key, present value. */
function multiHeadAttention(node: Node, ctx: LowerContext): void {
  if (!node.inputs[1] || !node.inputs[2])
    ctx.block('its queries, keys and values are packed', 'Optimise without packing.')
  const count = Number(node.attributes['num_heads'])
  const biases = node.inputs[3] ? biasParts(node, ctx) : []
  const [query, key, value] = [0, 1, 2].map((index) => {
    const part = ctx.input(node, index)
    if (ctx.type(part).shape?.length === 4) return part
    const bias = biases[index]
    return splitHeads(bias ? ctx.hub.op('Add', [part, bias]) : part, count, ctx)
  }) as [string, string, string]
  const [pastKey, pastValue] = [ctx.input(node, 6), ctx.input(node, 7)]
  const [keys, values] = [joined(pastKey, key, ctx), joined(pastValue, value, ctx)]
  attend(node, { query, key: keys, value: values }, { mask: 4, bias: 5 }, pastKey, ctx)
  ctx.result(node, keys, 1)
  ctx.result(node, values, 2)
}

/** The bias of queries, keys and values: as wide as each of them. */
function biasParts(node: Node, ctx: LowerContext): ValueName[] {
  const sizes = [0, 1, 2].map((index) => {
    const shape = ctx.type(ctx.input(node, index)).shape
    const width = shape?.length === 4 ? Number(shape[1]) * Number(shape[3]) : shape?.[2]
    return typeof width === 'number' ? width : ctx.block('the size of its inputs is not known')
  })
  return ctx.hub.ops('Split', [ctx.input(node, 3), ctx.hub.int64(sizes)], { axis: 0 }, { outputs: 3 })
}

const PRODUCES = [...ATTENTION_OPERATORS, 'Equal', 'Split'] as const

/** Attention as the transformer optimiser writes it (onnxruntime, docs/ContribOperators.md). */
export const attentionLowerings: readonly OnnxLowering[] = [
  microsoftLowering('Attention', PRODUCES, attention),
  microsoftLowering('QAttention', [...PRODUCES, 'DequantizeLinear'], quantizedAttention),
  microsoftLowering('MultiHeadAttention', PRODUCES, multiHeadAttention),
]
