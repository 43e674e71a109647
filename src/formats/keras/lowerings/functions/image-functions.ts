import type { ValueName } from '../../../../core/ir/builder.ts'
import type { JsonObject } from '../../reader/config.ts'
import { ADAPTIVE_MAX_OPS, ADAPTIVE_MEAN_OPS, adaptivePooling } from '../adaptive-pooling.ts'
import type { LayerContext } from '../context.ts'
import type { KerasLowering } from '../lowering.ts'
import { pooling } from '../pooling.ts'
import { RESIZE_OPS, resizing } from '../resizing.ts'
import { cropping, zeroPadding } from '../shape-layers.ts'
import { channelsBack, channelsFirst } from '../windows.ts'
import { type FunctionCall, fn, OPERAND as X } from './function-call.ts'

/** Calls the lowering of the layer that does what the function does, with its settings under the layer's names. */
function asLayer(call: FunctionCall, settings: JsonObject, lower: (ctx: LayerContext) => ValueName): ValueName {
  return lower(call.ctx.configured(settings))
}

/** tf.nn has `NHWC` and `NCHW`. */
function dataFormat(call: FunctionCall): string {
  const given = call.setting(4, 'data_format') ?? 'channels_last'
  return given === 'NCHW' || given === 'channels_first' ? 'channels_first' : 'channels_last'
}

/** Windows of tf.nn have a size for the batch and the channels too. */
function spatial(sizes: number[] | undefined): number | number[] | null {
  if (sizes === undefined) return null
  return sizes.length === 4 ? sizes.slice(1, 3) : sizes.length === 1 ? (sizes[0] as number) : sizes
}

const pool =
  (op: 'MaxPool' | 'AveragePool') =>
  (call: FunctionCall): ValueName => {
    const size = spatial(call.integers(1, 'pool_size', 'ksize'))
    const settings = {
      pool_size: size,
      strides: spatial(call.integers(2, 'strides')) ?? size,
      padding: String(call.setting(3, 'padding') ?? 'valid').toLowerCase(),
      data_format: dataFormat(call),
    }
    return asLayer(call, settings, pooling(op))
  }

const adaptivePool =
  (kind: 'max' | 'mean') =>
  (call: FunctionCall): ValueName => {
    const settings = { output_size: call.integers(1, 'output_size') ?? null, data_format: dataFormat(call) }
    return asLayer(call, settings, adaptivePooling(kind))
  }

/** Before and behind each of an image's two axes, as many rows or columns; of `target` places together where one is left out. */
function margins(call: FunctionCall, kind: 'padding' | 'cropping'): [before: number, behind: number][] {
  const { ctx } = call
  const x = call.operand(0, ...X)
  const first = dataFormat(call) === 'channels_first' ? 2 : 1
  const axes = [['top', 'bottom', 'height'] as const, ['left', 'right', 'width'] as const]
  return axes.map(([start, end, extent], i) => {
    const given = (name: string) => call.config(name) as number | undefined
    const [before, behind, target] = [given(`${start}_${kind}`), given(`${end}_${kind}`), given(`target_${extent}`)]
    if (before !== undefined && behind !== undefined) return [before, behind]
    const both = Math.abs((target ?? Number.NaN) - ctx.size(x, first + i))
    return [before ?? both - (behind ?? 0), behind ?? both - (before ?? 0)]
  })
}

/** Zeros around images. */
const padImages = (call: FunctionCall): ValueName =>
  asLayer(call, { padding: margins(call, 'padding'), data_format: dataFormat(call) }, zeroPadding)

/** The inner part of images. */
const cropImages = (call: FunctionCall): ValueName =>
  asLayer(call, { cropping: margins(call, 'cropping'), data_format: dataFormat(call) }, cropping)

function resize(call: FunctionCall): ValueName {
  const [height, width] = call.integers(1, 'size') ?? []
  if (height === undefined || width === undefined) return call.ctx.block('it does not say to which size')
  if (call.flag(3, 'preserve_aspect_ratio')) {
    call.ctx.block(
      'its preserve_aspect_ratio is not supported',
      'Give the size that comes out of it, without the option.',
    )
  }
  const settings = {
    height,
    width,
    interpolation: String(call.setting(2, 'interpolation', 'method') ?? 'bilinear'),
    antialias: call.setting(4, 'antialias') === true,
    ...Object.fromEntries(
      ['crop_to_aspect_ratio', 'pad_to_aspect_ratio'].map((key) => [key, call.config(key) === true]),
    ),
    fill_value: call.number(Number.POSITIVE_INFINITY, ['fill_value'], 0),
    data_format: dataFormat(call),
  }
  return asLayer(call, settings, resizing)
}

/** How much each colour counts for the brightness (ITU-R BT.601, as TensorFlow rounds it). */
const LUMA = [0.2989, 0.587, 0.114]

function grayscale(call: FunctionCall): ValueName {
  const { ctx } = call
  if (dataFormat(call) === 'channels_first') ctx.block('its channels come first', 'Use channels_last.')
  return ctx.op('MatMul', [call.operand(0, ...X), ctx.numbers(LUMA, [3, 1])])
}

/** Blocks of places to channels and back, in TensorFlow's order, which is ONNX's DCR. */
const blocks =
  (op: 'DepthToSpace' | 'SpaceToDepth') =>
  (call: FunctionCall): ValueName => {
    const attributes = {
      blocksize: call.number(1, ['block_size'], 2),
      ...(op === 'DepthToSpace' ? { mode: 'DCR' } : {}),
    }
    return asLayer(call, { data_format: dataFormat(call) }, (ctx) =>
      channelsBack(ctx, ctx.op(op, [channelsFirst(ctx, ctx.input)], attributes)),
    )
  }

/** Functions of images, [N, H, W, C] or [N, C, H, W]. */
export const imageFunctions: readonly KerasLowering[] = [
  ...fn(['ops.MaxPool', 'tf.nn.max_pool', 'tf.nn.max_pool2d'], ['MaxPool', 'Transpose'], pool('MaxPool')),
  ...fn(['ops.AveragePool', 'tf.nn.avg_pool', 'tf.nn.avg_pool2d'], ['AveragePool', 'Transpose'], pool('AveragePool')),
  ...fn(['ops.AdaptiveMaxPool'], ADAPTIVE_MAX_OPS, adaptivePool('max')),
  ...fn(['ops.AdaptiveAveragePool'], ADAPTIVE_MEAN_OPS, adaptivePool('mean')),
  ...fn(['ops.PadImages'], ['Pad'], padImages),
  ...fn(['ops.CropImages'], ['Slice'], cropImages),
  ...fn(['ops.Resize', 'tf.image.resize'], RESIZE_OPS, resize),
  ...fn(['ops.RGBToGrayscale', 'tf.image.rgb_to_grayscale'], ['MatMul'], grayscale),
  ...fn(
    ['ops.DepthToSpace', 'tf.nn.depth_to_space', 'tf.compat.v1.depth_to_space'],
    ['DepthToSpace', 'Transpose'],
    blocks('DepthToSpace'),
  ),
  ...fn(
    ['ops.SpaceToDepth', 'tf.nn.space_to_depth', 'tf.compat.v1.space_to_depth'],
    ['SpaceToDepth', 'Transpose'],
    blocks('SpaceToDepth'),
  ),
]
