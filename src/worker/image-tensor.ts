import { PortolanError } from '../core/errors.ts'
import type { EvalTensor } from '../core/ops/spec.ts'
import type { ImageReading, PixelRange } from './test-request.ts'

/** Where an image stands in a tensor's shape. */
export interface ImageLayout {
  readonly height: number
  readonly width: number
  readonly channels: number
  readonly channelsFirst: boolean
}

const CHANNELS = [1, 3, 4]
/** Fewer pixels are a vector rather than a picture. */
const MIN_SIDE = 8

/** [N, C, H, W], [N, H, W, C] or [N, H, W] with at least 8 × 8 pixels and 1, 3 or 4 channels; else undefined. */
export function imageLayout(shape: readonly number[]): ImageLayout | undefined {
  const [, a = 0, b = 0, c = 0] = shape
  const isImage = (height: number, width: number) => height >= MIN_SIDE && width >= MIN_SIDE
  if (shape.length === 3 && isImage(a, b)) return { height: a, width: b, channels: 1, channelsFirst: false }
  if (shape.length !== 4) return undefined
  if (CHANNELS.includes(c) && isImage(a, b)) return { height: a, width: b, channels: c, channelsFirst: false }
  if (CHANNELS.includes(a) && isImage(b, c)) return { height: b, width: c, channels: a, channelsFirst: true }
  return undefined
}

/**
 * An image file, stretched to the height and width of a tensor's shape, repeated along the batch.
 * Throws PortolanError('invalid-input') when the file is no image, or the shape no image's.
 */
export async function imageTensor(
  file: Blob,
  shape: readonly number[],
  { pixels, order }: ImageReading,
): Promise<EvalTensor> {
  const layout = imageLayout(shape)
  if (!layout) {
    throw new PortolanError('invalid-input', `an image does not fit the shape [${shape.join(', ')}]`)
  }
  const { height, width, channels, channelsFirst } = layout
  const rgba = await decode(file, width, height)
  const count = height * width
  const one = new Float64Array(count * channels)
  for (let pixel = 0; pixel < count; pixel++) {
    for (let channel = 0; channel < channels; channel++) {
      const colour = order === 'bgr' && channel < 3 ? 2 - channel : channel
      const value = channels === 1 ? luminance(rgba, pixel) : (rgba[pixel * 4 + colour] as number)
      const number = inRange(value, pixels, channels === 1 ? GREEN : colour)
      one[channelsFirst ? channel * count + pixel : pixel * channels + channel] = Math.fround(number)
    }
  }
  const batch = shape[0] ?? 1
  const data = new Float64Array(batch * one.length)
  for (let i = 0; i < batch; i++) data.set(one, i * one.length)
  return { dtype: 'float32', shape, data }
}

async function decode(file: Blob, width: number, height: number): Promise<Uint8ClampedArray> {
  const bitmap = await createImageBitmap(file, {
    resizeWidth: width,
    resizeHeight: height,
    resizeQuality: 'high',
  }).catch((cause: unknown) => {
    throw new PortolanError('invalid-input', 'the file is no image that the browser can read', {
      hint: 'Give a PNG, JPEG or WebP image.',
      cause,
    })
  })
  const context = new OffscreenCanvas(width, height).getContext('2d')
  if (!context) throw new PortolanError('internal', 'the browser has no canvas to decode an image on')
  context.drawImage(bitmap, 0, 0, width, height)
  bitmap.close()
  return context.getImageData(0, 0, width, height).data
}

/** Rec. 601 luma of an RGBA pixel. */
function luminance(rgba: Uint8ClampedArray, pixel: number): number {
  const [r = 0, g = 0, b = 0] = rgba.subarray(pixel * 4, pixel * 4 + 3)
  return 0.299 * r + 0.587 * g + 0.114 * b
}

/** The channel whose statistics a grey picture takes. */
const GREEN = 1

/** Mean and standard deviation of red, green and blue over ImageNet's pictures, as torchvision.transforms documents them. */
const IMAGENET_MEAN = [0.485, 0.456, 0.406]
const IMAGENET_DEVIATION = [0.229, 0.224, 0.225]

/** @param colour 0 red, 1 green, 2 blue, 3 alpha */
function inRange(value: number, pixels: PixelRange, colour: number): number {
  switch (pixels) {
    case '0..255':
      return value
    case '0..1':
      return value / 255
    case '-1..1':
      return value / 127.5 - 1
    case 'imagenet':
      return (value / 255 - (IMAGENET_MEAN[colour] ?? 0)) / (IMAGENET_DEVIATION[colour] ?? 1)
  }
}

/** The first image of a tensor as a PNG, from its smallest value (black) to its largest; undefined when it is none. */
export async function tensorImage({ shape, data }: EvalTensor): Promise<Blob | undefined> {
  const layout = imageLayout(shape)
  if (!layout || !(data instanceof Float64Array)) return undefined
  const { height, width, channels, channelsFirst } = layout
  const count = height * width
  const first = data.subarray(0, count * channels)
  const [low, high] = extent(first)
  const image = new ImageData(width, height)
  for (let pixel = 0; pixel < count; pixel++) {
    for (let k = 0; k < 3; k++) {
      const channel = channels === 1 ? 0 : k
      const value = first[channelsFirst ? channel * count + pixel : pixel * channels + channel] as number
      image.data[pixel * 4 + k] = high > low ? ((value - low) / (high - low)) * 255 : 0
    }
    image.data[pixel * 4 + 3] = 255
  }
  const canvas = new OffscreenCanvas(width, height)
  canvas.getContext('2d')?.putImageData(image, 0, 0)
  return canvas.convertToBlob({ type: 'image/png' })
}

function extent(data: Float64Array): [number, number] {
  let [low, high] = [Infinity, -Infinity]
  for (const x of data) {
    if (x < low) low = x
    if (x > high) high = x
  }
  return [low, high]
}
