import { PortolanError } from '../../errors.ts'
import { elementCount } from '../../ir/tensor.ts'
import type { EvalTensor, InferContext, OpSpec } from '../spec.ts'
import { text } from './attributes.ts'
import { numbersAt, optionalNumbersAt, required, take } from './eval-tensor.ts'
import { constantNumbers, inputType, normalAxis, unknownDims } from './infer.ts'
import { checkedAxis, stridesOf } from './strides.ts'

type PadMode = 'constant' | 'reflect' | 'edge' | 'wrap'

const positiveModulo = (x: number, n: number) => ((x % n) + n) % n

/** The source index behind index `i` (negative or beyond the end) of a padded axis; −1 for the constant. */
export function paddedIndex(i: number, size: number, mode: PadMode): number {
  if (i >= 0 && i < size) return i
  switch (mode) {
    case 'constant':
      return -1
    case 'edge':
      return i < 0 ? 0 : size - 1
    case 'wrap':
      return positiveModulo(i, size)
    case 'reflect': {
      if (size === 1) return 0
      const phase = positiveModulo(i, 2 * (size - 1))
      return phase < size ? phase : 2 * (size - 1) - phase
    }
    default:
      throw new PortolanError('unsupported', `Pad has no mode ${mode as string}`)
  }
}

/**
 * Offsets into a tensor of `shape` for every combination of the per-axis indexes, row-major; −1 where any index is −1.
 */
export function gridOffsets(shape: readonly number[], indexes: readonly Int32Array[]): Int32Array {
  const strides = stridesOf(shape)
  let offsets = Int32Array.of(0)
  for (const [axis, along] of indexes.entries()) {
    const next = new Int32Array(offsets.length * along.length)
    let out = 0
    for (const offset of offsets) {
      for (const index of along) next[out++] = offset < 0 || index < 0 ? -1 : offset + index * strides[axis]!
    }
    offsets = next
  }
  return offsets
}

/** The tensor padded (or, where negative, cropped) by `before` and `after` on each axis. */
export function padded(
  x: EvalTensor,
  before: readonly number[],
  after: readonly number[],
  mode: PadMode = 'constant',
  fill?: number | string,
): EvalTensor {
  const shape = x.shape.map((d, i) => d + before[i]! + after[i]!)
  const indexes = shape.map((size, axis) =>
    Int32Array.from({ length: size }, (_, i) => paddedIndex(i - before[axis]!, x.shape[axis]!, mode)),
  )
  if (elementCount(shape) === 0) return take(x, new Int32Array(0), shape)
  return take(x, gridOffsets(x.shape, indexes), shape, fill)
}

/** `pads` (all starts, then all ends, of the listed axes) spread over all axes. */
function spread(pads: ArrayLike<number>, axes: readonly number[], rank: number): [number[], number[]] {
  const before = new Array<number>(rank).fill(0)
  const after = new Array<number>(rank).fill(0)
  for (const [i, axis] of axes.entries()) {
    before[axis] = pads[i]!
    after[axis] = pads[i + axes.length]!
  }
  return [before, after]
}

function inferPad(ctx: InferContext) {
  const { dtype, shape } = inputType(ctx, 0)
  if (!shape) return [{ dtype, shape: null }]
  const pads = constantNumbers(ctx, 1)
  const listed = ctx.inputs[3] ? constantNumbers(ctx, 3) : [...shape.keys()]
  if (!pads || !listed) return [{ dtype, shape: unknownDims(shape.length) }]
  const [before, after] = spread(
    pads,
    listed.map((a) => normalAxis(ctx, a, shape.length)),
    shape.length,
  )
  const grown = shape.map((d, i) => {
    const extra = before[i]! + after[i]!
    return extra === 0 ? d : typeof d === 'number' ? d + extra : null
  })
  return [{ dtype, shape: grown }]
}

/** Pad in all its modes. */
export const padOps: readonly OpSpec[] = [
  {
    op: 'Pad',
    infer: inferPad,
    evaluate: (inputs, ctx) => {
      const x = required(inputs, 0)
      const rank = x.shape.length
      const axes = optionalNumbersAt(inputs, 3)?.map((a) => checkedAxis(a, rank)) ?? [...x.shape.keys()]
      const [before, after] = spread(numbersAt(inputs, 1), axes, rank)
      return [padded(x, before, after, text<PadMode>(ctx.attributes, 'mode', 'constant'), inputs[2]?.data[0])]
    },
  },
]
