import type { ValueName } from '../../../../core/ir/builder.ts'
import { tensorOf } from '../../../../core/ir/tensor.ts'
import type { LowerContext } from '../lowering.ts'

/** What attention by scaled dot products is made of; B batch, H heads, S queries, T keys, D and E sizes of a head. */
export interface AttentionInputs {
  /** [B, H, S, D]. */
  readonly query: ValueName
  /** [B, H, T, D]. */
  readonly key: ValueName
  /** [B, H, T, E]. */
  readonly value: ValueName
  /** 1/√D where it is left out. */
  readonly scale?: number
  /** Summands of the scores, broadcast to [B, H, S, T]. */
  readonly biases: readonly ValueName[]
  /** Scores stay between ± this; 0 for no bounds. */
  readonly softcap?: number
  /** Some rows may see no key at all: they become zeros. */
  readonly isMasked?: boolean
}

export interface AttentionResult {
  /** [B, H, S, E]. */
  readonly output: ValueName
  /** The scores [B, H, S, T] as they become probabilities: scaled products, bounded, with biases, after softmax. */
  readonly stages: readonly [ValueName, ValueName, ValueName, ValueName]
}

/** Hub operators of the functions here. */
// biome-ignore format: a list
export const ATTENTION_OPERATORS = [
  'Add', 'And', 'Cast', 'Concat', 'Div', 'Gather', 'GreaterOrEqual', 'IsNaN', 'LessOrEqual', 'MatMul', 'Mul', 'Range', 'Reshape', 'Shape',
  'Softmax', 'Tanh', 'Transpose', 'Unsqueeze', 'Where',
] as const

/** A number as a scalar of the element type of a value. */
export function scalarLike(value: ValueName, number: number, ctx: LowerContext): ValueName {
  const dtype = ctx.type(value).dtype ?? 'float32'
  const { hub } = ctx
  if (dtype === 'float32' || dtype === 'float64') {
    return hub.constant(tensorOf(dtype, [], dtype === 'float32' ? Float32Array.of(number) : Float64Array.of(number)))
  }
  return ctx.cast(hub.constant(tensorOf('float32', [], Float32Array.of(number))), dtype)
}

/** softmax(q · kᵀ · scale + biases) · v. The root of the scale goes to either factor, as the specification has it. */
export function scaledDotProduct(inputs: AttentionInputs, ctx: LowerContext): AttentionResult {
  const { hub } = ctx
  const { query, key, value, biases, softcap = 0 } = inputs
  const scaled = (x: ValueName) => hub.op('Mul', [x, scalarLike(x, Math.sqrt(scaleOf(inputs, ctx)), ctx)])
  const keys = hub.op('Transpose', [scaled(key)], { perm: [0, 1, 3, 2] })
  const products = hub.op('MatMul', [scaled(query), keys])
  const bounded = softcap > 0 ? bound(products, softcap, ctx) : products
  const biased = biases.reduce((sum, bias) => hub.op('Add', [sum, bias]), bounded)
  const softmax = hub.op('Softmax', [biased], { axis: -1 })
  const probabilities = inputs.isMasked
    ? hub.op('Where', [hub.op('IsNaN', [softmax]), scalarLike(softmax, 0, ctx), softmax])
    : softmax
  return { output: hub.op('MatMul', [probabilities, value]), stages: [products, bounded, biased, probabilities] }
}

function scaleOf({ scale, query }: AttentionInputs, ctx: LowerContext): number {
  if (scale) return scale
  const size = ctx.type(query).shape?.[3]
  return typeof size === 'number' ? 1 / Math.sqrt(size) : ctx.block('the size of its heads is not known')
}

function bound(scores: ValueName, softcap: number, ctx: LowerContext): ValueName {
  const cap = scalarLike(scores, softcap, ctx)
  return ctx.hub.op('Mul', [ctx.hub.op('Tanh', [ctx.hub.op('Div', [scores, cap])]), cap])
}

/** 0 where a mask is true, −∞ where it is false. */
export function maskBias(mask: ValueName, like: ValueName, ctx: LowerContext): ValueName {
  return ctx.hub.op('Where', [mask, scalarLike(like, 0, ctx), scalarLike(like, Number.NEGATIVE_INFINITY, ctx)])
}

/** Which keys a query sees by their places: those at most `left` before it and `right` behind it; any where left out. */
export interface Window {
  readonly left?: number
  readonly right?: number
}

/** The mask [S, T] of a window, query i standing at place i + offset. Sizes are int64 scalars. */
export function windowMask(
  { left, right }: Window,
  sizes: { readonly queries: ValueName; readonly keys: ValueName; readonly offset: ValueName },
  ctx: LowerContext,
): ValueName {
  const { hub } = ctx
  const scalar = (n: number) => hub.int64([n], [])
  const places = (size: ValueName) => hub.op('Range', [scalar(0), size, scalar(1)])
  const keys = places(sizes.keys)
  const rows = hub.op('Unsqueeze', [hub.op('Add', [places(sizes.queries), sizes.offset]), hub.int64([1])])
  const moved = (by: number) => (by === 0 ? rows : hub.op('Add', [rows, scalar(by)]))
  const masks = [
    ...(right === undefined ? [] : [hub.op('LessOrEqual', [keys, moved(right)])]),
    ...(left === undefined ? [] : [hub.op('GreaterOrEqual', [keys, moved(-left)])]),
  ]
  return masks.reduce((both, mask) => hub.op('And', [both, mask]))
}

/** The size of an axis as an int64 scalar. */
export function sizeOf(value: ValueName, axis: number, ctx: LowerContext): ValueName {
  const size = ctx.type(value).shape?.[axis]
  if (typeof size === 'number') return ctx.hub.int64([size], [])
  return ctx.hub.op('Gather', [ctx.hub.op('Shape', [value]), ctx.hub.int64([axis], [])], { axis: 0 })
}

/** [B, S, heads · D] → [B, heads, S, D]. */
export function splitHeads(value: ValueName, heads: number, ctx: LowerContext): ValueName {
  const width = ctx.type(value).shape?.[2]
  const size = typeof width === 'number' ? width / heads : -1
  const split = ctx.hub.op('Reshape', [value, ctx.hub.int64([0, 0, heads, size])])
  return ctx.hub.op('Transpose', [split], { perm: [0, 2, 1, 3] })
}

/** [B, heads, S, D] → [B, S, heads · D]. */
export function mergeHeads(value: ValueName, ctx: LowerContext): ValueName {
  const [, heads, , size] = ctx.type(value).shape ?? []
  const width = typeof heads === 'number' && typeof size === 'number' ? heads * size : -1
  const swapped = ctx.hub.op('Transpose', [value], { perm: [0, 2, 1, 3] })
  return ctx.hub.op('Reshape', [swapped, ctx.hub.int64([0, 0, width])])
}

/** Heads that several heads of the query share, each as often as it is needed: [B, K, T, D] → [B, H, T, D]. */
export function sharedHeads(value: ValueName, heads: number, ctx: LowerContext): ValueName {
  const own = ctx.type(value).shape?.[1]
  if (own === heads) return value
  if (typeof own !== 'number' || heads % own !== 0) return ctx.block(`${heads} heads can not share ${own}`)
  const indices = Array.from({ length: heads }, (_, i) => Math.floor((i * own) / heads))
  return ctx.hub.op('Gather', [value, ctx.hub.int64(indices)], { axis: 1 })
}
