import type { ValueName } from '../../../../core/ir/builder.ts'
import type { Attributes, Node } from '../../../../core/ir/graph.ts'
import { type LowerContext, lowering, type OnnxLowering } from '../lowering.ts'
import { emit, passThrough } from './pass-through.ts'

/** Element-wise operators broadcast only when told to, before opset 7: the second operand's axes start at `axis`. */
function legacyBroadcast(type: string): OnnxLowering {
  return lowering(type, [type, 'Unsqueeze', 'Cast'], async (node, ctx) => {
    if (ctx.version(node) >= 7 || !node.attributes['broadcast']) {
      const { axis: _axis, broadcast: _broadcast, ...attributes } = node.attributes
      return emit(node, ctx, ctx.inputs(node), attributes)
    }
    const { axis, broadcast: _, ...attributes } = node.attributes
    const [a, b] = [ctx.input(node, 0), ctx.input(node, 1)]
    await emit(node, ctx, [a, axis === undefined ? b : alignedAt(Number(axis), a, b, ctx)], attributes)
  })
}

function rankOf(value: ValueName, ctx: LowerContext): number {
  return ctx.type(value).shape?.length ?? ctx.block('the rank of its input is not known')
}

/** `b` with trailing axes added so that its first axis is axis `axis` of `a`. */
function alignedAt(axis: number, a: ValueName, b: ValueName, ctx: LowerContext): ValueName {
  const rank = rankOf(a, ctx)
  const own = rankOf(b, ctx)
  const first = axis < 0 ? axis + rank : axis
  const missing = rank - first - own
  if (missing <= 0) return b
  return ctx.hub.op('Unsqueeze', [b, ctx.hub.int64(Array.from({ length: missing }, (_, i) => own + i))])
}

/** Before opset 13 all axes from `axis` (1 unless stated) on were one. */
function flatteningSoftmax(type: string): OnnxLowering {
  return lowering(type, [type, 'Flatten', 'Reshape', 'Shape'], async (node, ctx) => {
    if (ctx.version(node) >= 13) return passThrough(node, ctx)
    const x = ctx.input(node, 0)
    const rank = rankOf(x, ctx)
    const axis = Number(node.attributes['axis'] ?? 1)
    const first = axis < 0 ? axis + rank : axis
    if (first === rank - 1) return emit(node, ctx, [x], { axis: -1 })
    const flat = ctx.hub.op(type, [ctx.hub.op('Flatten', [x], { axis: first })], { axis: -1 })
    ctx.result(node, ctx.hub.op('Reshape', [flat, ctx.hub.op('Shape', [x])]))
  })
}

/** At inference nothing is dropped: the mask, if anybody reads it, is true everywhere; before opset 12 ONNX Runtime left it 0. */
async function dropout(node: Node, ctx: LowerContext): Promise<void> {
  const data = ctx.input(node, 0)
  if (node.inputs[2] && ctx.numbers(node, 2, 'training mode')[0]) {
    ctx.note('approximate', 'training-mode', 'it was exported in training mode; nothing is dropped at inference')
  }
  ctx.result(node, ctx.hub.op('Identity', [data], {}, { label: node.label ?? node.id }))
  if (!ctx.isUsed(node, 1)) return
  const kept = ctx.hub.op('Cast', [ctx.hub.int64([ctx.version(node) < 12 ? 0 : 1], [])], { to: 'bool' })
  const mask = ctx.hub.op('Expand', [kept, ctx.hub.op('Shape', [data])])
  ctx.result(node, ctx.version(node) < 10 ? ctx.cast(mask, ctx.type(data).dtype ?? 'float32') : mask, 1)
}

/** Names of element types before opset 6. */
const OLD_TYPE_NAMES: Readonly<Record<string, string>> = { FLOAT: 'float32', DOUBLE: 'float64' }

async function cast(node: Node, ctx: LowerContext): Promise<void> {
  const { to } = node.attributes
  if (typeof to !== 'string') return passThrough(node, ctx)
  await emit(node, ctx, ctx.inputs(node), { ...node.attributes, to: OLD_TYPE_NAMES[to] ?? to.toLowerCase() })
}

/** Upsample: scales as attributes (one per axis, or for height and width), then as an input; always aligned at the origin. */
async function upsample(node: Node, ctx: LowerContext): Promise<void> {
  const { mode = 'nearest', scales, height_scale: height, width_scale: width } = node.attributes
  const given = Array.isArray(scales)
    ? scales.map(Number)
    : height === undefined
      ? undefined
      : [1, 1, Number(height), Number(width)]
  const factors = given ? ctx.hub.float32(given) : ctx.input(node, 1)
  const kind = mode === 'bilinear' ? 'linear' : mode
  const attributes = { mode: kind, coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' }
  await emit(node, ctx, [ctx.input(node, 0), '', factors], attributes, 'Resize')
}

/** Resize-10 was Upsample; 11 had a coordinate transformation for TensorFlow alone. */
async function resize(node: Node, ctx: LowerContext): Promise<void> {
  if (ctx.version(node) < 11) return upsample(node, ctx)
  if (node.attributes['coordinate_transformation_mode'] === 'tf_half_pixel_for_nn') {
    ctx.block(
      'its coordinate transformation tf_half_pixel_for_nn was taken out of ONNX',
      'Export the model with opset 13 or newer.',
    )
  }
  await passThrough(node, ctx)
}

async function batchNormalization(node: Node, ctx: LowerContext): Promise<void> {
  if (node.attributes['spatial'] === 0) ctx.block('it normalises each position by itself (spatial = 0)')
  const isTraining = Boolean(node.attributes['training_mode'])
  if (ctx.version(node) >= 14 && isTraining) return passThrough(node, ctx)
  // Before opset 14 further outputs meant training; at inference only the first is there.
  await emit({ ...node, outputs: node.outputs.slice(0, 1) }, ctx, ctx.inputs(node), without(node.attributes, 'spatial'))
}

function without(attributes: Attributes, name: string): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([key]) => key !== name))
}

/** Before opset 21 scale and bias were per group. */
async function groupNormalization(node: Node, ctx: LowerContext): Promise<void> {
  if (ctx.version(node) >= 21) return passThrough(node, ctx)
  const [x, scale, bias] = ctx.inputs(node) as [ValueName, ValueName, ValueName]
  const channels = ctx.type(x).shape?.[1]
  const groups = Number(node.attributes['num_groups'])
  if (typeof channels !== 'number') return ctx.block('the number of its channels is not known')
  const perChannel = (value: ValueName) => {
    const column = ctx.hub.op('Reshape', [value, ctx.hub.int64([groups, 1])])
    const spread = ctx.hub.op('Expand', [column, ctx.hub.int64([groups, channels / groups])])
    return ctx.hub.op('Reshape', [spread, ctx.hub.int64([-1])])
  }
  await emit(node, ctx, [x, perChannel(scale), perChannel(bias)], node.attributes)
}

/** Modes were named after images before three dimensions came. */
async function gridSample(node: Node, ctx: LowerContext): Promise<void> {
  const names: Readonly<Record<string, string>> = { bilinear: 'linear', bicubic: 'cubic' }
  const mode = String(node.attributes['mode'] ?? 'linear')
  await emit(node, ctx, ctx.inputs(node), { ...node.attributes, mode: names[mode] ?? mode })
}

/** Before opset 16 a region was not shifted by half a pixel. */
async function roiAlign(node: Node, ctx: LowerContext): Promise<void> {
  if (ctx.version(node) >= 16) return passThrough(node, ctx)
  await emit(node, ctx, ctx.inputs(node), { ...node.attributes, coordinate_transformation_mode: 'output_half_pixel' })
}

/** Before opset 4 the axis was 1 unless stated. */
async function concat(node: Node, ctx: LowerContext): Promise<void> {
  await emit(node, ctx, ctx.inputs(node), { axis: 1, ...node.attributes })
}

/** Batch-first recurrent layers: the hub has the layout that every version has, [steps, batch, …]. */
function recurrent(type: string): OnnxLowering {
  return lowering(type, [type, 'Transpose'], async (node, ctx) => {
    const { layout, ...attributes } = node.attributes
    if (!layout) return emit(node, ctx, ctx.inputs(node), attributes)
    const swap = (value: ValueName) => (value ? ctx.hub.op('Transpose', [value], { perm: [1, 0, 2] }) : '')
    const inputs = ctx.inputs(node).map((value, i) => (i === 0 || i === 5 || i === 6 ? swap(value) : value))
    const lowered = ctx.hub.ops(type, inputs, attributes, {
      outputs: node.outputs.length,
      label: node.label ?? node.id,
    })
    for (const [i, output] of lowered.entries()) {
      ctx.result(node, i === 0 ? ctx.hub.op('Transpose', [output], { perm: [2, 0, 1, 3] }) : swap(output), i)
    }
  })
}

/** Max, Min, Sum and Mean of one operand are that operand. */
function variadic(type: string): OnnxLowering {
  return lowering(type, [type, 'Identity'], async (node, ctx) => {
    if (node.inputs.length === 1) ctx.result(node, ctx.hub.op('Identity', [ctx.input(node, 0)]))
    else await passThrough(node, ctx)
  })
}

/** Scatter was renamed. */
async function scatter(node: Node, ctx: LowerContext): Promise<void> {
  await emit(node, ctx, ctx.inputs(node), node.attributes, 'ScatterElements')
}

/** Before opset 7 one slope per channel stood for axis 1. */
async function prelu(node: Node, ctx: LowerContext): Promise<void> {
  const [x, slope] = [ctx.input(node, 0), ctx.input(node, 1)]
  const slopes = ctx.type(slope).shape
  const isPerChannel = ctx.version(node) < 7 && slopes?.length === 1 && slopes[0] !== 1
  await emit(node, ctx, [x, isPerChannel ? alignedAt(1, x, slope, ctx) : slope], {})
}

/** Scan-8 ran over a batch of sequences of different lengths. */
async function scan(node: Node, ctx: LowerContext): Promise<void> {
  if (ctx.version(node) < 9)
    ctx.block('it scans a batch of sequences (Scan-8)', 'Export the model with opset 9 or newer.')
  await passThrough(node, ctx)
}

const BROADCASTING = ['Add', 'And', 'Div', 'Equal', 'Gemm', 'Greater', 'Less', 'Mul', 'Or', 'Pow', 'Sub', 'Xor']

const only = (type: string, lower: OnnxLowering['lower'], more: readonly string[] = []) =>
  lowering(type, [type, ...more], lower)

/** Operators whose meaning changed on the way to the hub's opset. */
export const changedSemantics: readonly OnnxLowering[] = [
  ...BROADCASTING.map(legacyBroadcast),
  ...['Softmax', 'LogSoftmax', 'Hardmax'].map(flatteningSoftmax),
  ...['LSTM', 'GRU', 'RNN'].map(recurrent),
  ...['Max', 'Min', 'Sum', 'Mean'].map(variadic),
  only('BatchNormalization', batchNormalization),
  only('Cast', cast),
  only('Concat', concat),
  only('GridSample', gridSample),
  only('GroupNormalization', groupNormalization, ['Expand', 'Reshape']),
  only('PRelu', prelu, ['Unsqueeze']),
  only('Resize', resize),
  only('RoiAlign', roiAlign),
  only('Scan', scan),
  lowering('Dropout', ['Identity', 'Cast', 'Expand', 'Shape'], dropout),
  lowering('Scatter', ['ScatterElements'], scatter),
  lowering('Upsample', ['Resize'], upsample),
]
