import { elementCount } from '../../ir/tensor.ts'
import type { Dim } from '../../ir/types.ts'
import type { EvalTensor, InferContext, OpSpec } from '../spec.ts'
import { number, optionalNumbers } from './attributes.ts'
import { evalTensor, numbersIn, required } from './eval-tensor.ts'
import { fail, inputType, shapeOf, sharedType, unknownDims } from './infer.ts'
import { multiplyInto } from './multiply.ts'
import { windowDims, windowOffsets, windowOver } from './window.ts'

/** At most this many elements of the unfolded input (im2col) are held at a time: 64 MiB. */
const UNFOLDED_LIMIT = 8 * 1024 * 1024

/** Conv's result [N, M, …] from x [N, C, …] and w [M, C / group, …]. */
export function convDims(ctx: InferContext, x: readonly Dim[] | null, w: readonly Dim[] | null): readonly Dim[] | null {
  const rank = x?.length ?? w?.length
  if (rank === undefined) return null
  if (x && w && x.length !== w.length) fail(ctx, 'input and weights have different numbers of axes')
  const kernel = optionalNumbers(ctx.attributes, 'kernel_shape') ?? w?.slice(2)
  const group = number(ctx.attributes, 'group', 1)
  const channels = x?.[1]
  if (typeof channels === 'number' && typeof w?.[1] === 'number' && channels !== w[1] * group) {
    fail(ctx, `${channels} channels do not fit weights for ${w[1]} × ${group}`)
  }
  const spatial =
    x && kernel?.every((k) => typeof k === 'number')
      ? windowDims(ctx.attributes, x.slice(2), kernel as readonly number[])
      : unknownDims(rank - 2)
  return [x?.[0] ?? null, w?.[0] ?? null, ...spatial]
}

/**
 * Convolution by unfolding: for each image and group, y = w · columns, where a column holds what the kernel sees at
 * one position. The positions are worked on in runs that keep the columns small.
 */
export function convolve(
  x: EvalTensor,
  w: EvalTensor,
  bias: EvalTensor | undefined,
  attributes: InferContext['attributes'],
): EvalTensor {
  const [batch = 0, channels = 0, ...spatial] = x.shape
  const [maps = 0, groupChannels = 0, ...kernel] = w.shape
  const window = windowOver(attributes, spatial, kernel)
  const offsets = windowOffsets(window, spatial)
  const groups = number(attributes, 'group', 1)
  const groupMaps = maps / groups
  const inSize = elementCount(spatial)
  const outSize = elementCount(window.out)
  const depth = groupChannels * offsets.length
  const run = Math.max(1, Math.min(outSize, Math.floor(UNFOLDED_LIMIT / Math.max(depth, 1))))
  const columns = new Float64Array(depth * run)
  const [input, weights] = [numbersIn(x), numbersIn(w)]
  const result = new Float64Array(batch * maps * outSize)
  if (bias) {
    const b = numbersIn(bias)
    for (let i = 0; i < batch * maps; i++) result.fill(b[i % maps]!, i * outSize, (i + 1) * outSize)
  }
  const part = run < outSize ? new Float64Array(groupMaps * run) : undefined
  for (let n = 0; n < batch; n++) {
    for (let g = 0; g < groups; g++) {
      const plane = (n * channels + g * groupChannels) * inSize
      const target = (n * maps + g * groupMaps) * outSize
      for (let start = 0; start < outSize; start += run) {
        const width = Math.min(run, outSize - start)
        unfold(columns, input, plane, inSize, groupChannels, offsets, start, width)
        if (!part) {
          multiplyInto(result, weights, columns, groupMaps, depth, width, { a: g * groupMaps * depth, c: target })
          continue
        }
        part.fill(0)
        multiplyInto(part, weights, columns, groupMaps, depth, width, { a: g * groupMaps * depth })
        for (let m = 0; m < groupMaps; m++) {
          for (let j = 0; j < width; j++) result[target + m * outSize + start + j]! += part[m * width + j]!
        }
      }
    }
  }
  return evalTensor(x.dtype, [batch, maps, ...window.out], result)
}

/** Fills `columns` [channels · positions in the kernel, width] with what the kernel sees at `width` positions from `start` on. */
function unfold(
  columns: Float64Array,
  input: Float64Array,
  plane: number,
  planeSize: number,
  channels: number,
  offsets: readonly Int32Array[],
  start: number,
  width: number,
): void {
  let out = 0
  for (let c = 0; c < channels; c++) {
    const base = plane + c * planeSize
    for (const at of offsets) {
      for (let j = 0; j < width; j++) {
        const offset = at[start + j]!
        columns[out++] = offset < 0 ? 0 : input[base + offset]!
      }
    }
  }
}

/** Conv. */
export const convOps: readonly OpSpec[] = [
  {
    op: 'Conv',
    infer: (ctx) => {
      inputType(ctx, 0)
      return [{ dtype: sharedType(ctx, [0, 1, 2]), shape: convDims(ctx, shapeOf(ctx, 0), shapeOf(ctx, 1)) }]
    },
    evaluate: (inputs, ctx) => [convolve(required(inputs, 0), required(inputs, 1), inputs[2], ctx.attributes)],
  },
]
