import type { Attributes, Node } from '../ir/graph.ts'
import { int64, numbersOf, type Tensor } from '../ir/tensor.ts'
import type { Dim, ValueType } from '../ir/types.ts'
import { flag, number, optionalNumbers } from '../ops/tensor/attributes.ts'
import { binaryOps } from '../ops/tensor/binary.ts'
import { axisOf } from '../ops/tensor/dims.ts'
import { unaryOps } from '../ops/tensor/unary.ts'
import { invert, keepsOrder, type Permutation, permuteTensor, unpermute } from './permutation.ts'

/** What a rule may ask about the node's inputs. */
export interface RuleContext {
  /** The permutation behind an input: it is Transpose(base, perm). Undefined for an input that is not permuted. */
  perm(index: number): Permutation | undefined
  /** What input `index` is a permutation of; the input itself when it is not permuted. */
  base(index: number): string
  type(value: string | undefined): ValueType | undefined
  constant(index: number): Tensor | undefined
  addConstant(tensor: Tensor, hint: string): string
}

/** The node reading unpermuted inputs instead; each of its old outputs is the given permutation of the new one. */
export interface Sunk {
  readonly op?: string
  readonly inputs: readonly string[]
  readonly attributes?: Attributes
  readonly perm: Permutation
}

/** How a Transpose before a node becomes one after it; undefined when it can not. */
export type SinkRule = (node: Node, ctx: RuleContext) => Sunk | undefined

/** Input 0 is permuted; the others (bounds, ratios, scalars) do not depend on axes. */
const unary: SinkRule = (node, ctx) => {
  const perm = ctx.perm(0)
  return perm && { inputs: [ctx.base(0), ...node.inputs.slice(1)], perm }
}

const rankOf = (type: ValueType | undefined) => type?.shape?.length

/** All inputs are permuted alike, or are constants, or have one element. */
const broadcasting: SinkRule = (node, ctx) => {
  const rank = rankOf(ctx.type(node.outputs[0]))
  const perm = node.inputs.map((_, i) => ctx.perm(i)).find((p) => p?.length === rank)
  if (!perm || rank === undefined) return undefined
  const inputs: string[] = []
  for (const [i, value] of node.inputs.entries()) {
    const own = ctx.perm(i)
    const constant = ctx.constant(i)
    const shape = ctx.type(value)?.shape
    if (own && own.length === rank && own.every((p, k) => p === perm[k])) inputs.push(ctx.base(i))
    else if (own) return undefined
    else if (shape && shape.length <= rank && shape.every((d) => d === 1)) inputs.push(value)
    else if (constant && constant.shape.length <= rank) inputs.push(ctx.addConstant(aligned(constant, perm), value))
    else return undefined
  }
  return { inputs, perm }
}

/** A constant that broadcasts against the permuted shape, made to broadcast against the unpermuted one. */
function aligned(constant: Tensor, perm: Permutation): Tensor {
  const lead = new Array<number>(perm.length - constant.shape.length).fill(1)
  const full = { ...constant, shape: [...lead, ...constant.shape] }
  return permuteTensor(full, invert(perm))
}

/** The axis of the base that an axis of the permuted value is. */
function baseAxis(axis: number, perm: Permutation): number | undefined {
  const normal = axisOf(axis, perm.length)
  return normal === undefined ? undefined : perm[normal]
}

const baseAxes = (axes: readonly number[], perm: Permutation): number[] | undefined => {
  const result = axes.map((a) => baseAxis(a, perm))
  return result.every((a) => a !== undefined) ? result : undefined
}

/** Operators with an axis attribute that keep the rank. */
const alongAxis =
  (fallback: number): SinkRule =>
  (node, ctx) => {
    const perm = ctx.perm(0)
    const axis = perm && baseAxis(number(node.attributes, 'axis', fallback), perm)
    if (!perm || axis === undefined) return undefined
    return { inputs: [ctx.base(0), ...node.inputs.slice(1)], attributes: { ...node.attributes, axis }, perm }
  }

const concat: SinkRule = (node, ctx) => {
  const sunk = node.inputs.every((_, i) => ctx.perm(i) || ctx.constant(i)) ? broadcasting(node, ctx) : undefined
  const axis = sunk && baseAxis(number(node.attributes, 'axis'), sunk.perm)
  if (!sunk || axis === undefined || node.inputs.some((_, i) => ctx.constant(i)?.shape.length === 1)) return undefined
  return { ...sunk, attributes: { ...node.attributes, axis } }
}

/** What is left of a permutation when axes of the permuted value are dropped. */
function withoutAxes(perm: Permutation, dropped: ReadonlySet<number>): Permutation {
  const kept = perm.filter((p) => !dropped.has(p))
  const order = kept.toSorted((a, b) => a - b)
  return kept.map((p) => order.indexOf(p))
}

/** Reductions, and Squeeze, whose axes are a constant input. `always` drops the axes whatever keepdims says. */
const overAxes =
  (drops: 'keepdims' | 'always'): SinkRule =>
  (node, ctx) => {
    const perm = ctx.perm(0)
    const given = node.inputs[1] ? numbersOf(ctx.constant(1)) : []
    if (
      !perm ||
      !given ||
      (given.length === 0 && (drops === 'always' || flag(node.attributes, 'noop_with_empty_axes', false)))
    ) {
      return undefined
    }
    const axes = given.length === 0 ? [...perm] : baseAxes(given, perm)
    if (!axes) return undefined
    const keeps = drops === 'keepdims' && flag(node.attributes, 'keepdims', true)
    return {
      inputs: [ctx.base(0), ctx.addConstant(int64(axes), 'axes')],
      perm: keeps ? perm : withoutAxes(perm, new Set(axes)),
    }
  }

const argument: SinkRule = (node, ctx) => {
  const sunk = alongAxis(0)(node, ctx)
  if (!sunk || flag(node.attributes, 'keepdims', true)) return sunk
  return { ...sunk, perm: withoutAxes(sunk.perm, new Set([sunk.attributes?.['axis'] as number])) }
}

const pad: SinkRule = (node, ctx) => {
  const perm = ctx.perm(0)
  const pads = numbersOf(ctx.constant(1))
  if (!perm || !pads) return undefined
  const [, , fill = '', axes] = node.inputs
  if (axes) {
    const listed = numbersOf(ctx.constant(3))
    const mapped = listed && baseAxes(listed, perm)
    return (
      mapped && { inputs: [ctx.base(0), node.inputs[1] as string, fill, ctx.addConstant(int64(mapped), 'axes')], perm }
    )
  }
  const rank = perm.length
  const moved = [...unpermute(pads.slice(0, rank), perm), ...unpermute(pads.slice(rank), perm)]
  return { inputs: [ctx.base(0), ctx.addConstant(int64(moved), 'pads'), ...node.inputs.slice(2)], perm }
}

const slice: SinkRule = (node, ctx) => {
  const perm = ctx.perm(0)
  const count = ctx.type(node.inputs[1])?.shape?.[0]
  const listed = node.inputs[3]
    ? numbersOf(ctx.constant(3))
    : typeof count === 'number'
      ? [...Array(count).keys()]
      : undefined
  const axes = perm && listed && baseAxes(listed, perm)
  if (!perm || !axes) return undefined
  const [, starts = '', ends = '', , steps] = node.inputs
  const rest = steps ? [steps] : []
  return { inputs: [ctx.base(0), starts, ends, ctx.addConstant(int64(axes), 'axes'), ...rest], perm }
}

/** A list with one entry per axis as a constant input. */
const perAxis =
  (index: number): SinkRule =>
  (node, ctx) => {
    const perm = ctx.perm(0)
    const tensor = ctx.constant(index)
    if (!perm || !tensor || tensor.shape[0] !== perm.length) return undefined
    const moved = listPermuted(tensor, perm)
    const inputs = node.inputs.map((value, i) =>
      i === 0 ? ctx.base(0) : i === index && moved ? ctx.addConstant(moved, value) : value,
    )
    return moved && { inputs, perm }
  }

/** The elements of a vector in the order of the unpermuted axes. */
function listPermuted(tensor: Tensor, perm: Permutation): Tensor | undefined {
  const { data } = tensor
  if (!data || tensor.dtype === 'string') return undefined
  const moved = (data as Float32Array).slice()
  for (const [i, p] of perm.entries()) moved[p] = (data as Float32Array)[i] as number
  return { ...tensor, data: moved, load: async () => moved }
}

const resize: SinkRule = (node, ctx) => {
  // ONNX Runtime makes cubic images smaller only when their axes are the last two.
  if (node.attributes['mode'] === 'cubic') return undefined
  const perm = ctx.perm(0)
  const listed = optionalNumbers(node.attributes, 'axes')
  if (!perm || (node.inputs[1] && ctx.constant(1)?.shape[0] !== 0)) return undefined
  if (listed) {
    const axes = baseAxes(listed, perm)
    return axes && { inputs: [ctx.base(0), ...node.inputs.slice(1)], attributes: { ...node.attributes, axes }, perm }
  }
  return perAxis(node.inputs[3] ? 3 : 2)(node, ctx)
}

/** Flatten and Reshape read the elements in order: when only axes of size 1 have changed places they see no difference. */
const reading: SinkRule = (node, ctx) => {
  const perm = ctx.perm(0)
  const shape = ctx.type(node.inputs[0])?.shape
  if (!perm || !shape || !keepsOrder(shape, perm)) return undefined
  if (node.op === 'Flatten' && (number(node.attributes, 'axis', 1) !== 1 || perm[0] !== 0)) return undefined
  const target = node.op === 'Reshape' ? numbersOf(ctx.constant(1)) : []
  if (!target || target.some((d, i) => d === 0 && perm[i] !== i)) return undefined
  const rank = rankOf(ctx.type(node.outputs[0]))
  if (rank === undefined) return undefined
  return { inputs: [ctx.base(0), ...node.inputs.slice(1)], perm: [...Array(rank).keys()] }
}

const quantization: SinkRule = (node, ctx) => {
  const scale: readonly Dim[] | null | undefined = ctx.type(node.inputs[1])?.shape
  if (number(node.attributes, 'block_size', 0) !== 0 || !scale) return undefined
  return scale.every((d) => d === 1) ? unary(node, ctx) : scale.length === 1 ? alongAxis(1)(node, ctx) : undefined
}

const rulesFor = (ops: readonly string[], rule: SinkRule) => ops.map((op) => [op, rule] as const)

const REDUCTIONS = ['L1', 'L2', 'LogSum', 'LogSumExp', 'Max', 'Mean', 'Min', 'Prod', 'Sum', 'SumSquare'].map(
  (r) => `Reduce${r}`,
)

/** The operators that a Transpose can pass. */
export const SINK_RULES: ReadonlyMap<string, SinkRule> = new Map([
  ...rulesFor([...unaryOps.map((o) => o.op), 'Clip', 'Cast', 'Identity'], unary),
  ...rulesFor([...binaryOps.map((o) => o.op)], broadcasting),
  ...rulesFor(['Softmax', 'LogSoftmax', 'Hardmax'], alongAxis(-1)),
  ...rulesFor(['Split'], alongAxis(0)),
  ...rulesFor(REDUCTIONS, overAxes('keepdims')),
  ...rulesFor(['Squeeze'], overAxes('always')),
  ...rulesFor(['ArgMax', 'ArgMin'], argument),
  ...rulesFor(['Reshape', 'Flatten'], reading),
  ...rulesFor(['QuantizeLinear', 'DequantizeLinear'], quantization),
  ['Concat', concat],
  ['Pad', pad],
  ['Slice', slice],
  ['Tile', perAxis(1)],
  ['Resize', resize],
])
