import type { Node } from '../../../../core/ir/graph.ts'
import { float32, int64 } from '../../../../core/ir/tensor.ts'
import { type LowerContext, lowering, type OnnxLowering } from '../lowering.ts'
import { emit, passThrough } from './pass-through.ts'

/** An operator whose arguments were attributes before opset `since`. */
function upgraded(
  type: string,
  since: number,
  upgrade: (node: Node, ctx: LowerContext) => Promise<void>,
): OnnxLowering {
  return lowering(type, [type], (node, ctx) =>
    ctx.version(node) < since ? upgrade(node, ctx) : passThrough(node, ctx),
  )
}

const intsOf = (value: unknown): number[] | undefined => (Array.isArray(value) ? value.map(Number) : undefined)

/** `axes` became the second input. */
async function axesAsInput(node: Node, ctx: LowerContext): Promise<void> {
  const { axes, ...attributes } = node.attributes
  const given = intsOf(axes)
  const data = ctx.input(node, 0)
  await emit(node, ctx, given ? [data, ctx.hub.int64(given)] : [data], attributes)
}

async function reshape(node: Node, ctx: LowerContext): Promise<void> {
  const { shape, ...attributes } = node.attributes
  await emit(node, ctx, [ctx.input(node, 0), ctx.hub.int64(intsOf(shape) ?? [])], attributes)
}

async function slice(node: Node, ctx: LowerContext): Promise<void> {
  const { starts, ends, axes, ...attributes } = node.attributes
  const arguments_ = [starts, ends, axes].flatMap((value) => {
    const given = intsOf(value)
    return given ? [ctx.hub.int64(given)] : []
  })
  await emit(node, ctx, [ctx.input(node, 0), ...arguments_], attributes)
}

/** `paddings` at opset 1, then `pads`. The value had the type of the data. */
async function pad(node: Node, ctx: LowerContext): Promise<void> {
  const { pads, paddings, value, ...attributes } = node.attributes
  const data = ctx.input(node, 0)
  const fill = ctx.hub.constant(float32([Number(value ?? 0)], []))
  const typed = ctx.cast(fill, ctx.type(data).dtype ?? 'float32')
  await emit(node, ctx, [data, ctx.hub.int64(intsOf(pads ?? paddings) ?? []), typed], attributes)
}

async function topK(node: Node, ctx: LowerContext): Promise<void> {
  const { k, ...attributes } = node.attributes
  await emit(node, ctx, [ctx.input(node, 0), ctx.hub.constant(int64([Number(k)], [1]))], attributes)
}

/** `split` became an input at 13; equal parts are counted since 18. At opset 1 it could be an input too. */
async function split(node: Node, ctx: LowerContext): Promise<void> {
  const { split: sizes, ...attributes } = node.attributes
  const given = intsOf(sizes)
  if (given) return emit(node, ctx, [ctx.input(node, 0), ctx.hub.int64(given)], attributes)
  if (node.inputs[1]) return passThrough(node, ctx)
  await emit(node, ctx, [ctx.input(node, 0)], { ...attributes, num_outputs: node.outputs.length })
}

/** Bounds were attributes of float32 operators. */
async function clip(node: Node, ctx: LowerContext): Promise<void> {
  const { min, max, ...attributes } = node.attributes
  const data = ctx.input(node, 0)
  const dtype = ctx.type(data).dtype ?? 'float32'
  const bound = (value: unknown) =>
    value === undefined ? '' : ctx.cast(ctx.hub.constant(float32([Number(value)], [])), dtype)
  const bounds = [bound(min), bound(max)]
  while (bounds.at(-1) === '') bounds.pop()
  await emit(node, ctx, [data, ...bounds], attributes)
}

/** Some exporters write the newer form below its opset. */
function axesAsInputUnlessInput(node: Node, ctx: LowerContext): Promise<void> {
  return node.inputs.length > 1 ? passThrough(node, ctx) : axesAsInput(node, ctx)
}

const REDUCTIONS = ['L1', 'L2', 'LogSum', 'LogSumExp', 'Max', 'Mean', 'Min', 'Prod', 'SumSquare']

/** Operators that took as attributes what they take as inputs at the hub's opset. */
export const inputsForAttributes: readonly OnnxLowering[] = [
  ...REDUCTIONS.map((name) => upgraded(`Reduce${name}`, 18, axesAsInputUnlessInput)),
  upgraded('ReduceSum', 13, axesAsInput),
  upgraded('Squeeze', 13, axesAsInput),
  upgraded('Unsqueeze', 13, axesAsInput),
  upgraded('Reshape', 5, reshape),
  upgraded('Slice', 10, slice),
  upgraded('Pad', 11, pad),
  upgraded('TopK', 10, topK),
  upgraded('Split', 18, split),
  upgraded('Clip', 11, clip),
]
