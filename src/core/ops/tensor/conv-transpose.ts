import type { Attributes } from '../../ir/graph.ts'
import { elementCount } from '../../ir/tensor.ts'
import type { Dim } from '../../ir/types.ts'
import type { EvalTensor, OpSpec } from '../spec.ts'
import { number, numbers, optionalNumbers, text } from './attributes.ts'
import { evalTensor, numbersIn, required } from './eval-tensor.ts'
import { shapeOf, sharedType, unknownDims } from './infer.ts'
import { multiplyInto } from './multiply.ts'
import { type AutoPad, type Window, windowOffsets } from './window.ts'

interface TransposedAxis {
  readonly begin: number
  readonly end: number
  readonly out: number
}

/** Pads and size of ConvTranspose's result on each axis (operator documentation); null where the input's size is unknown. */
function transposedAxes(
  attributes: Attributes,
  spatial: readonly Dim[],
  kernel: readonly number[],
): (TransposedAxis | null)[] {
  const rank = kernel.length
  const ones = new Array<number>(rank).fill(1)
  const zeros = new Array<number>(2 * rank).fill(0)
  const strides = numbers(attributes, 'strides', ones)
  const dilations = numbers(attributes, 'dilations', ones)
  const pads = numbers(attributes, 'pads', zeros)
  const extra = numbers(attributes, 'output_padding', zeros)
  const shape = optionalNumbers(attributes, 'output_shape')?.slice(-rank)
  const autoPad = text<AutoPad>(attributes, 'auto_pad', 'NOTSET')
  return spatial.map((dim, i) => {
    if (typeof dim !== 'number') return null
    const full = strides[i]! * (dim - 1) + extra[i]! + (kernel[i]! - 1) * dilations[i]! + 1
    const same = autoPad === 'SAME_UPPER' || autoPad === 'SAME_LOWER'
    const wanted = shape?.[i] ?? (same ? dim * strides[i]! : undefined)
    if (wanted !== undefined) {
      const total = Math.max(0, full - wanted)
      const half = Math.floor(total / 2)
      const begin = autoPad === 'SAME_UPPER' ? half : total - half
      return { begin, end: total - begin, out: wanted }
    }
    const [begin, end] = autoPad === 'VALID' ? [0, 0] : [pads[i]!, pads[i + rank]!]
    return { begin, end, out: full - begin - end }
  })
}

/**
 * The transpose of Conv: wᵀ · x gives what each input position adds to each kernel position, and the window's offsets
 * say where that lands.
 */
function convolveTransposed(
  x: EvalTensor,
  w: EvalTensor,
  bias: EvalTensor | undefined,
  attributes: Attributes,
): EvalTensor {
  const [batch = 0, channels = 0, ...spatial] = x.shape
  const [, groupMaps = 0, ...kernel] = w.shape
  const axes = transposedAxes(attributes, spatial, kernel) as TransposedAxis[]
  const ones = kernel.map(() => 1)
  const outSpatial = axes.map((a) => a.out)
  const window: Window = {
    kernel,
    strides: numbers(attributes, 'strides', ones),
    dilations: numbers(attributes, 'dilations', ones),
    padsBegin: axes.map((a) => a.begin),
    padsEnd: axes.map((a) => a.end),
    out: spatial,
  }
  const offsets = windowOffsets(window, outSpatial)
  const groups = number(attributes, 'group', 1)
  const groupChannels = channels / groups
  const maps = groupMaps * groups
  const inSize = elementCount(spatial)
  const outSize = elementCount(outSpatial)
  const depth = groupMaps * offsets.length
  const [input, weights] = [numbersIn(x), numbersIn(w)]
  const result = new Float64Array(batch * maps * outSize)
  if (bias) {
    const b = numbersIn(bias)
    for (let i = 0; i < batch * maps; i++) result.fill(b[i % maps]!, i * outSize, (i + 1) * outSize)
  }
  for (let g = 0; g < groups; g++) {
    // The group's weights [groupChannels, depth] transposed.
    const transposed = new Float64Array(depth * groupChannels)
    for (let c = 0; c < groupChannels; c++) {
      const row = (g * groupChannels + c) * depth
      for (let d = 0; d < depth; d++) transposed[d * groupChannels + c] = weights[row + d]!
    }
    for (let n = 0; n < batch; n++) {
      const columns = new Float64Array(depth * inSize)
      const plane = (n * channels + g * groupChannels) * inSize
      multiplyInto(columns, transposed, input, depth, groupChannels, inSize, { b: plane })
      for (let d = 0; d < depth; d++) {
        const at = offsets[d % offsets.length]!
        const base = (n * maps + g * groupMaps + Math.floor(d / offsets.length)) * outSize
        for (let j = 0; j < inSize; j++) {
          if (at[j]! >= 0) result[base + at[j]!]! += columns[d * inSize + j]!
        }
      }
    }
  }
  return evalTensor(x.dtype, [batch, maps, ...outSpatial], result)
}

/** ConvTranspose. */
export const convTransposeOps: readonly OpSpec[] = [
  {
    op: 'ConvTranspose',
    infer: (ctx) => {
      const dtype = sharedType(ctx, [0, 1, 2])
      const [x, w] = [shapeOf(ctx, 0), shapeOf(ctx, 1)]
      const rank = x?.length ?? w?.length
      if (rank === undefined) return [{ dtype, shape: null }]
      const kernel = optionalNumbers(ctx.attributes, 'kernel_shape') ?? w?.slice(2)
      const groupMaps = w?.[1]
      const maps = typeof groupMaps === 'number' ? groupMaps * number(ctx.attributes, 'group', 1) : null
      const spatial =
        x && kernel?.every((k) => typeof k === 'number')
          ? transposedAxes(ctx.attributes, x.slice(2), kernel as readonly number[]).map((a) => a?.out ?? null)
          : unknownDims(rank - 2)
      return [{ dtype, shape: [x?.[0] ?? null, maps, ...spatial] }]
    },
    evaluate: (inputs, ctx) => [
      convolveTransposed(required(inputs, 0), required(inputs, 1), inputs[2], ctx.attributes),
    ],
  },
]
