// TensorFlow's positions are float32; where they are rounded decides which places count.
const { fround } = Math

/** One output place: how much the input places from `start` on count. */
interface Span {
  readonly start: number
  readonly weights: readonly number[]
}

/** The spans of all output places of one axis, from its two sizes. */
export type Spans = (input: number, output: number) => Span[]

/** How much an input place counts at a distance from the output place, and from which distance on it does not. */
interface Kernel {
  readonly radius: number
  at(distance: number): number
}

/** Entries of TensorFlow's table of cubic weights: positions between two places are rounded to a 1024th. */
const TABLE_SIZE = 1024

/** Robert Keys' cubic with A = −0.5. */
const KEYS_CUBIC: Kernel = {
  radius: 2,
  at: (x) => (x >= 2 ? 0 : x >= 1 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : (1.5 * x - 2.5) * x * x + 1),
}

const MITCHELL_CUBIC: Kernel = {
  radius: 2,
  at: (x) =>
    x >= 2 ? 0 : x >= 1 ? ((-7 / 18) * x * x + 2 * x - 10 / 3) * x + 16 / 9 : ((7 / 6) * x - 2) * x * x + 8 / 9,
}

const TRIANGLE: Kernel = { radius: 1, at: (x) => Math.max(0, 1 - x) }

/** Three standard deviations of a half. */
const GAUSSIAN: Kernel = { radius: 1.5, at: (x) => (x >= 1.5 ? 0 : Math.exp((-x * x) / 0.5)) }

const lanczos = (radius: number): Kernel => ({
  radius,
  at(x) {
    if (x > radius) return 0
    if (x <= 1e-3) return 1
    return (radius * Math.sin(Math.PI * x) * Math.sin((Math.PI * x) / radius)) / (Math.PI * x) ** 2
  },
})

const KERNELS: Readonly<Record<string, Kernel>> = {
  bilinear: TRIANGLE,
  bicubic: KEYS_CUBIC,
  mitchellcubic: MITCHELL_CUBIC,
  gaussian: GAUSSIAN,
  lanczos3: lanczos(3),
  lanczos5: lanczos(5),
}

const clamped = (value: number, low: number, high: number) => Math.min(Math.max(value, low), high)

const places = <T>(count: number, place: (index: number) => T) => Array.from({ length: count }, (_, i) => place(i))

/** Weights that add up to 1. */
function normalized(weights: readonly number[]): number[] {
  const sum = weights.reduce((total, weight) => total + weight, 0)
  return weights.map((weight) => weight / sum)
}

/** To the nearest integer, a half to the even one (C's lrintf). */
function rounded(value: number): number {
  const floor = Math.floor(value)
  const rest = value - floor
  return rest > 0.5 || (rest === 0.5 && floor % 2 !== 0) ? floor + 1 : floor
}

/** tensorflow/core/kernels/image/resize_bicubic_op.cc with half pixel centres. */
function tabulatedCubic(input: number, output: number): Span[] {
  const scale = fround(input / output)
  return places(output, (index) => {
    const position = fround(fround((index + 0.5) * scale) - 0.5)
    const floor = Math.floor(position)
    const offset = rounded(fround(position - floor) * TABLE_SIZE) / TABLE_SIZE
    const start = clamped(floor - 1, 0, input - 1)
    const end = clamped(floor + 2, 0, input - 1) + 1
    const weight = (i: number) => KEYS_CUBIC.at(Math.abs(start + i - floor - offset))
    return { start, weights: normalized(places(end - start, weight)) }
  })
}

/** tensorflow/core/kernels/image/scale_and_translate_op.cc; with `antialias` the kernel widens as the image shrinks. */
const sampled =
  (kernel: Kernel, antialias: boolean): Spans =>
  (input, output) => {
    const scale = fround(1 / fround(output / input))
    const width = antialias ? Math.max(scale, 1) : 1
    const reach = fround(kernel.radius * width)
    return places(output, (index) => {
      const position = fround((index + 0.5) * scale)
      const start = clamped(Math.ceil(fround(fround(position - reach) - 0.5)), 0, input - 1)
      const end = clamped(Math.floor(fround(fround(position + reach) - 0.5)), 0, input - 1) + 1
      const weight = (i: number) => kernel.at(fround(Math.abs(fround(start + i + 0.5 - position)) * fround(1 / width)))
      return { start, weights: normalized(places(end - start, weight)) }
    })
  }

/** tensorflow/core/kernels/image/resize_area_op.cc: each place counts by how much of it is covered. */
function covered(input: number, output: number): Span[] {
  const scale = fround(input / output)
  return places(output, (index) => {
    const [from, to] = [fround(index * scale), fround((index + 1) * scale)]
    const start = Math.floor(from)
    const end = Math.min(Math.ceil(to), input)
    const share = (i: number) => (Math.min(start + i + 1, to) - Math.max(start + i, from)) / scale
    return { start, weights: places(end - start, share) }
  })
}

/**
 * The spans of an interpolation of tf.image.resize; undefined for one that it does not know. Like there, `antialias` is
 * nothing to `area`.
 */
export function resizeSpans(interpolation: string, antialias: boolean): Spans | undefined {
  if (interpolation === 'area') return covered
  if (interpolation === 'bicubic' && !antialias) return tabulatedCubic
  const kernel = Object.hasOwn(KERNELS, interpolation) ? KERNELS[interpolation] : undefined
  return kernel && sampled(kernel, antialias)
}

/** The weights of an axis as a matrix [output, input], row by row. */
export function resizeMatrix(spans: Spans, input: number, output: number): number[] {
  const matrix = new Array<number>(output * input).fill(0)
  for (const [row, { start, weights }] of spans(input, output).entries()) {
    for (const [i, weight] of weights.entries()) matrix[row * input + start + i] = weight
  }
  return matrix
}
