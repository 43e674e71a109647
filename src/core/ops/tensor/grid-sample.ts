import { UnsupportedError } from '../../errors.ts'
import type { Attributes } from '../../ir/graph.ts'
import { elementCount } from '../../ir/tensor.ts'
import type { EvalTensor, OpSpec } from '../spec.ts'
import { flag, text } from './attributes.ts'
import { evalTensor, numbersAt, numbersIn, required } from './eval-tensor.ts'
import { inputType, shapeOf } from './infer.ts'
import { cubic, kernelTaps, LINEAR, nearestTap, type Tap } from './interpolation.ts'
import { stridesOf } from './strides.ts'

/** The coefficient of GridSample's cubic interpolation, which is fixed (PyTorch's). */
const CUBIC_A = -0.75

/** x mirrored at the borders until it lies between them. */
function reflect(x: number, low: number, high: number): number {
  const span = high - low
  if (span === 0) return low
  const distance = x < low ? low - x : x > high ? x - high : undefined
  if (distance === undefined) return x
  const rest = distance % span
  const even = Math.floor(distance / span) % 2 === 0
  return x < low === even ? low + rest : high - rest
}

interface Sampling {
  readonly mode: string
  readonly padding: string
  readonly aligned: boolean
}

/** Samples on one axis for a normalised coordinate; taps that lie in zero padding are left out. */
function tapsAt(normalized: number, size: number, { mode, padding, aligned }: Sampling): Tap[] {
  const [low, high] = aligned ? [0, size - 1] : [-0.5, size - 0.5]
  let x = aligned ? ((normalized + 1) / 2) * (size - 1) : ((normalized + 1) * size - 1) / 2
  if (mode === 'nearest') x = nearestTap(x, 'round_half_even').index
  if (x < low || x > high) {
    if (padding === 'border') x = Math.min(Math.max(x, 0), size - 1)
    else if (padding === 'reflection') x = reflect(x, low, high)
  }
  const taps =
    mode === 'nearest'
      ? [{ index: Math.trunc(x), weight: 1 }]
      : kernelTaps(x, mode === 'linear' ? LINEAR : cubic(CUBIC_A))
  if (padding === 'zeros') return taps.filter(({ index }) => index >= 0 && index < size)
  return taps.map(({ index, weight }) => {
    if (padding === 'border') return { index: Math.min(Math.max(index, 0), size - 1), weight }
    return { index: Math.trunc(reflect(index, low, high)), weight }
  })
}

function samplingOf(attributes: Attributes): Sampling {
  const mode = text<string>(attributes, 'mode', 'linear')
  const padding = text<string>(attributes, 'padding_mode', 'zeros')
  if (!['linear', 'nearest', 'cubic'].includes(mode)) throw new UnsupportedError(`GridSample in mode ${mode}`)
  return { mode, padding, aligned: flag(attributes, 'align_corners', false) }
}

/** x [N, C, D1 …] sampled at grid [N, O1 …, axes], whose coordinates come last axis first → [N, C, O1 …]. */
function gridSample(inputs: readonly (EvalTensor | undefined)[], attributes: Attributes): EvalTensor {
  const x = required(inputs, 0)
  const grid = numbersAt(inputs, 1)
  const [batch = 0, channels = 0, ...spatial] = x.shape
  const outShape = required(inputs, 1).shape.slice(1, -1)
  const points = elementCount(outShape)
  const sampling = samplingOf(attributes)
  const strides = stridesOf(spatial)
  const planeSize = elementCount(spatial)
  const data = numbersIn(x)
  const result = new Float64Array(batch * channels * points)
  for (let n = 0; n < batch; n++) {
    for (let p = 0; p < points; p++) {
      const at = (n * points + p) * spatial.length
      let taps: Tap[] = [{ index: 0, weight: 1 }]
      for (const [axis, size] of spatial.entries()) {
        const along = tapsAt(grid[at + spatial.length - 1 - axis]!, size, sampling)
        taps = taps.flatMap((t) =>
          along.map((a) => ({ index: t.index + a.index * strides[axis]!, weight: t.weight * a.weight })),
        )
      }
      for (let c = 0; c < channels; c++) {
        const plane = (n * channels + c) * planeSize
        let sum = 0
        for (const { index, weight } of taps) sum += weight * data[plane + index]!
        result[(n * channels + c) * points + p] = sum
      }
    }
  }
  return evalTensor(x.dtype, [batch, channels, ...outShape], result)
}

/** GridSample on any number of spatial axes. */
export const gridSampleOps: readonly OpSpec[] = [
  {
    op: 'GridSample',
    infer: (ctx) => {
      const { dtype, shape } = inputType(ctx, 0)
      const grid = shapeOf(ctx, 1)
      return [{ dtype, shape: grid && [grid[0] ?? null, shape?.[1] ?? null, ...grid.slice(1, -1)] }]
    },
    evaluate: (inputs, ctx) => [gridSample(inputs, ctx.attributes)],
  },
]
