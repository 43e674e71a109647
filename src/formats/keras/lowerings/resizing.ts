import type { ValueName } from '../../../core/ir/builder.ts'
import type { LayerContext } from './context.ts'
import { type KerasLowering, layer, layers } from './lowering.ts'
import { channelsBack, channelsFirst, isChannelsFirst } from './windows.ts'

/** What Resize is told for each interpolation of TensorFlow's resize without antialiasing (half pixel centres). */
const INTERPOLATIONS: Readonly<Record<string, Record<string, unknown>>> = {
  nearest: { mode: 'nearest', nearest_mode: 'round_prefer_ceil' },
  bilinear: { mode: 'linear' },
  bicubic: { mode: 'cubic', cubic_coeff_a: -0.5, exclude_outside: 1 },
}

function interpolation(ctx: LayerContext, fallback: string): Record<string, unknown> {
  const name = ctx.config.text('interpolation', fallback)
  const found = Object.hasOwn(INTERPOLATIONS, name) ? INTERPOLATIONS[name] : undefined
  if (!found) return ctx.block(`its interpolation ${name} is not supported`, 'Use nearest, bilinear or bicubic.')
  return { ...found, coordinate_transformation_mode: 'half_pixel' }
}

/** Each place repeated, or interpolated between. */
function upSampling(ctx: LayerContext): ValueName {
  const x = channelsFirst(ctx, ctx.input)
  const axes = ctx.rank(x) - 2
  const scales = ctx.config.numbers('size', axes, 2)
  const settings = interpolation(ctx, 'nearest')
  const attributes =
    settings['mode'] === 'nearest'
      ? { mode: 'nearest', nearest_mode: 'floor', coordinate_transformation_mode: 'asymmetric' }
      : settings
  return channelsBack(ctx, ctx.op('Resize', [x, '', ctx.hub.float32([1, 1, ...scales])], attributes))
}

/** [height, width] at the centre, of sizes that are known. */
function cropped(ctx: LayerContext, x: ValueName, wanted: readonly number[]): ValueName {
  const axes = isChannelsFirst(ctx) ? [2, 3] : [1, 2]
  const starts = wanted.map((size, i) => Math.floor((ctx.size(x, axes[i] as number) - size) / 2))
  const ends = starts.map((start, i) => start + (wanted[i] as number))
  return ctx.op('Slice', [x, ctx.ints(starts), ctx.ints(ends), ctx.ints(axes)])
}

/** The largest part at the centre that has the proportions of the wanted size. */
function croppedToProportions(ctx: LayerContext, x: ValueName, [high, wide]: readonly [number, number]): ValueName {
  const [height, width] = isChannelsFirst(ctx) ? [ctx.size(x, 2), ctx.size(x, 3)] : [ctx.size(x, 1), ctx.size(x, 2)]
  const part = (size: number, other: number, ratio: number) => Math.max(1, Math.min(size, Math.trunc(other * ratio)))
  return cropped(ctx, x, [part(height, width, high / wide), part(width, height, wide / high)])
}

const sizeOf = (ctx: LayerContext) => [ctx.config.number('height'), ctx.config.number('width')] as const

/** To [height, width] whatever the proportions, or after cropping to them. */
export function resizing(ctx: LayerContext): ValueName {
  for (const option of ['pad_to_aspect_ratio', 'antialias']) {
    if (ctx.config.flag(option, false)) ctx.block(`its ${option} is not supported`, 'Resize before the model.')
  }
  const size = sizeOf(ctx)
  const given = ctx.cast(ctx.rawInput, ctx.dtype)
  const x = ctx.config.flag('crop_to_aspect_ratio', false) ? croppedToProportions(ctx, given, size) : given
  const settings = interpolation(ctx, 'bilinear')
  const image = channelsFirst(ctx, x)
  if (settings['mode'] !== 'cubic') {
    return channelsBack(ctx, ctx.op('Resize', [image, '', '', ctx.ints(size)], { ...settings, axes: [2, 3] }))
  }
  ctx.note(
    'approximate',
    'bicubic',
    'TensorFlow rounds the weights of a bicubic interpolation to 1/1024, ONNX does not',
  )
  // ONNX Runtime turns cubic images round for itself, and then wants the sizes of all axes.
  const sizes = ctx.op('Concat', [ctx.op('Shape', [image], { start: 0, end: 2 }), ctx.ints(size)], { axis: 0 })
  const result = ctx.op('Resize', [image, '', '', sizes], settings)
  ctx.hub.refine(result, { dtype: ctx.dtype, shape: [...ctx.shape(image).slice(0, 2), ...size] })
  return channelsBack(ctx, result)
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

export const RESIZE_OPS: readonly string[] = ['Resize', 'Transpose', 'Cast', 'Slice', 'Shape', 'Concat']

/** Layers that change the size of images. */
export const resizingLayers: readonly KerasLowering[] = [
  ...layers(['UpSampling1D', 'UpSampling2D', 'UpSampling3D'], ['Resize', 'Transpose'], upSampling),
  layer('Resizing', RESIZE_OPS, resizing),
  layer('CenterCrop', RESIZE_OPS, centerCrop),
  layer('RandomCrop', RESIZE_OPS, randomCrop),
]
