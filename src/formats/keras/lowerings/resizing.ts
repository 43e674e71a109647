import type { ValueName } from '../../../core/ir/builder.ts'
import type { Attributes } from '../../../core/ir/graph.ts'
import type { LayerContext } from './context.ts'
import { type KerasLowering, layer, layers } from './lowering.ts'
import { resizeMatrix, resizeSpans, type Spans } from './resize-weights.ts'
import { channelsBack, channelsFirst, isChannelsFirst } from './windows.ts'

/** Height and width. */
type Size = readonly [number, number]

/** What Resize is told for the interpolations that it does as TensorFlow does (half pixel centres, no antialiasing). */
const RESIZE_MODES: Readonly<Record<string, Attributes>> = {
  nearest: { mode: 'nearest', nearest_mode: 'round_prefer_ceil', coordinate_transformation_mode: 'half_pixel' },
  bilinear: { mode: 'linear', coordinate_transformation_mode: 'half_pixel' },
}

/** Each place as often as `size` says. */
const REPEATED: Attributes = {
  mode: 'nearest',
  nearest_mode: 'floor',
  coordinate_transformation_mode: 'asymmetric',
}

/** Keras of several backends calls TensorFlow 1's resize, which counts places from their corners. */
const CORNERS: Attributes = { mode: 'linear', coordinate_transformation_mode: 'asymmetric' }

/** The attributes of Resize for the layer's interpolation; undefined where it takes matrices of weights. */
function resizeMode(ctx: LayerContext, name: string): Attributes | undefined {
  const isSmoothed = name !== 'nearest' && ctx.config.flag('antialias', false)
  return !isSmoothed && Object.hasOwn(RESIZE_MODES, name) ? RESIZE_MODES[name] : undefined
}

/** [output, input] */
function weightMatrix(ctx: LayerContext, spans: Spans, input: number, output: number): ValueName {
  return ctx.constantOf([output, input], () => resizeMatrix(spans, input, output))
}

/**
 * [N, C, H, W] → [N, C, height, width] by a matrix of weights for each axis: TensorFlow rounds the weights of its cubic
 * interpolation and has kernels that Resize lacks, and both axes of an image are apart from each other.
 */
function resampled(ctx: LayerContext, x: ValueName, [height, width]: Size, name: string): ValueName {
  const spans = resizeSpans(name, ctx.config.flag('antialias', false))
  if (!spans) return ctx.block(`its interpolation ${name} is not supported`, 'Use nearest, bilinear or bicubic.')
  const sizes: Size = [ctx.size(x, 2), ctx.size(x, 3)]
  if (sizes[0] === height && sizes[1] === width) return x
  const rows = weightMatrix(ctx, spans, sizes[0], height)
  const columns = ctx.op('Transpose', [weightMatrix(ctx, spans, sizes[1], width)], { perm: [1, 0] })
  return ctx.op('MatMul', [ctx.op('MatMul', [rows, x]), columns])
}

/** Each place repeated, or interpolated between. */
function upSampling(ctx: LayerContext): ValueName {
  const x = channelsFirst(ctx, ctx.input)
  const axes = ctx.rank(x) - 2
  const scales = ctx.config.numbers('size', axes, 2)
  const name = ctx.config.text('interpolation', 'nearest')
  const between = ctx.scope.isMultiBackend ? CORNERS : resizeMode(ctx, name)
  const mode = name === 'nearest' ? REPEATED : between
  if (mode) return channelsBack(ctx, ctx.op('Resize', [x, '', ctx.hub.float32([1, 1, ...scales])], mode))
  const [down = 1, across = 1] = scales
  return channelsBack(ctx, resampled(ctx, x, [ctx.size(x, 2) * down, ctx.size(x, 3) * across], name))
}

/** [height, width] at the centre, of sizes that are known. */
function cropped(ctx: LayerContext, x: ValueName, wanted: readonly number[]): ValueName {
  const axes = isChannelsFirst(ctx) ? [2, 3] : [1, 2]
  const starts = wanted.map((size, i) => Math.floor((ctx.size(x, axes[i] as number) - size) / 2))
  const ends = starts.map((start, i) => start + (wanted[i] as number))
  return ctx.op('Slice', [x, ctx.ints(starts), ctx.ints(ends), ctx.ints(axes)])
}

/** The largest part at the centre that has the proportions of the wanted size. */
function croppedToProportions(ctx: LayerContext, x: ValueName, [high, wide]: Size): ValueName {
  const [height, width] = isChannelsFirst(ctx) ? [ctx.size(x, 2), ctx.size(x, 3)] : [ctx.size(x, 1), ctx.size(x, 2)]
  const part = (size: number, other: number, ratio: number) => Math.max(1, Math.min(size, Math.trunc(other * ratio)))
  return cropped(ctx, x, [part(height, width, high / wide), part(width, height, wide / high)])
}

const sizeOf = (ctx: LayerContext): Size => [ctx.config.number('height'), ctx.config.number('width')]

/** With zeros, or another value, around it so that it has the proportions of the wanted size. */
function paddedToProportions(ctx: LayerContext, x: ValueName, [high, wide]: Size): ValueName {
  const start = isChannelsFirst(ctx) ? 2 : 1
  const [height, width] = [ctx.size(x, start), ctx.size(x, start + 1)]
  const part = (size: number, other: number, ratio: number) => Math.max(size, Math.trunc(other * ratio))
  const wanted = [part(height, width, high / wide), part(width, height, wide / high)] as const
  // An odd row or column is left out: as many come before as behind.
  const pads = [Math.floor((wanted[0] - height) / 2), Math.floor((wanted[1] - width) / 2)]
  const all = start === 2 ? [0, 0, ...pads] : [0, ...pads, 0]
  const value = ctx.scalar(ctx.config.number('fill_value', 0))
  return ctx.op('Pad', [x, ctx.ints([...all, ...all]), value], { mode: 'constant' })
}

function toProportions(ctx: LayerContext, x: ValueName, size: Size): ValueName {
  if (ctx.config.flag('crop_to_aspect_ratio', false)) return croppedToProportions(ctx, x, size)
  return ctx.config.flag('pad_to_aspect_ratio', false) ? paddedToProportions(ctx, x, size) : x
}

/** To [height, width] whatever the proportions, or after cropping or padding to them. */
export function resizing(ctx: LayerContext): ValueName {
  const size = sizeOf(ctx)
  const image = channelsFirst(ctx, toProportions(ctx, ctx.cast(ctx.rawInput, ctx.dtype), size))
  const name = ctx.config.text('interpolation', 'bilinear')
  const mode = resizeMode(ctx, name)
  const resized = mode
    ? ctx.op('Resize', [image, '', '', ctx.ints(size)], { ...mode, axes: [2, 3] })
    : resampled(ctx, image, size, name)
  return channelsBack(ctx, resized)
}

const fitted = (ctx: LayerContext) => resizing(ctx.configured({ crop_to_aspect_ratio: true }))

/** The centre of a larger image; a smaller one is cropped to the proportions and resized. */
function centerCrop(ctx: LayerContext): ValueName {
  const size = sizeOf(ctx)
  const x = ctx.cast(ctx.rawInput, ctx.dtype)
  const start = isChannelsFirst(ctx) ? 2 : 1
  const isLarger = size.every((wanted, i) => ctx.size(x, start + i) >= wanted)
  return isLarger ? cropped(ctx, x, size) : fitted(ctx)
}

/** At inference Keras 2 takes the centre, resized; Keras 3 the whole image as it is. */
const randomCrop = (ctx: LayerContext) => (ctx.scope.keras < 3 ? fitted(ctx) : ctx.rawInput)

export const RESIZE_OPS: readonly string[] = ['Resize', 'MatMul', 'Transpose', 'Cast', 'Slice', 'Pad']

/** Layers that change the size of images. */
export const resizingLayers: readonly KerasLowering[] = [
  ...layers(['UpSampling1D', 'UpSampling2D', 'UpSampling3D'], ['Resize', 'MatMul', 'Transpose'], upSampling),
  layer('Resizing', RESIZE_OPS, resizing),
  layer('CenterCrop', RESIZE_OPS, centerCrop),
  layer('RandomCrop', RESIZE_OPS, randomCrop),
]
