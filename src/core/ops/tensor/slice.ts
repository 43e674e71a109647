import type { Dim } from '../../ir/types.ts'
import type { InferContext, OpSpec } from '../spec.ts'
import { numbersAt, optionalNumbersAt, required, take } from './eval-tensor.ts'
import { constantNumbers, fail, inputType, normalAxis, unknownDims } from './infer.ts'
import { checkedAxis, stridedOffsets, stridesOf } from './strides.ts'

/** First index and number of indexes of `start:end:step` on an axis of this size (NumPy's rules). */
export function sliceRange(size: number, start: number, end: number, step: number): { first: number; count: number } {
  const clamp = (x: number, low: number, high: number) => Math.min(Math.max(x < 0 ? x + size : x, low), high)
  const [low, high] = step > 0 ? [0, size] : [-1, size - 1]
  const first = clamp(start, low, high)
  const count = Math.max(0, Math.ceil((clamp(end, low, high) - first) / step))
  return { first, count }
}

/** An end at least this far away means "all the rest", by convention of exporters. */
const FAR_AWAY = 2 ** 31 - 1

function slicedDim(dim: Dim, start: number, end: number, step: number): Dim {
  if (typeof dim === 'number') return sliceRange(dim, start, end, step).count
  const everything = step === 1 ? start === 0 && end >= FAR_AWAY : step === -1 && start === -1 && end <= -FAR_AWAY
  return everything ? dim : null
}

function inferSlice(ctx: InferContext) {
  const { dtype, shape } = inputType(ctx, 0)
  if (!shape) return [{ dtype, shape: null }]
  const [starts, ends, axes, steps] = [1, 2, 3, 4].map((i) => constantNumbers(ctx, i))
  if (ctx.inputs[3] && !axes) return [{ dtype, shape: unknownDims(shape.length) }]
  const count = inputType(ctx, 1).shape?.[0] ?? shape.length
  const result = [...shape]
  for (const [i, a] of (axes ?? Array.from({ length: Number(count) }, (_, k) => k)).entries()) {
    const axis = normalAxis(ctx, a, shape.length)
    const [start, end] = [starts?.[i], ends?.[i]]
    const step = ctx.inputs[4] ? steps?.[i] : 1
    if (step === 0) fail(ctx, 'a step is 0')
    const known = start !== undefined && end !== undefined && step !== undefined
    result[axis] = known ? slicedDim(result[axis] ?? null, start, end, step) : null
  }
  return [{ dtype, shape: result }]
}

/** Slice: NumPy's basic slicing with steps of any sign. */
export const sliceOps: readonly OpSpec[] = [
  {
    op: 'Slice',
    infer: inferSlice,
    evaluate: (inputs) => {
      const x = required(inputs, 0)
      const [starts, ends] = [numbersAt(inputs, 1), numbersAt(inputs, 2)]
      const axes = optionalNumbersAt(inputs, 3) ?? Array.from(starts.keys())
      const steps = optionalNumbersAt(inputs, 4)
      const shape = [...x.shape]
      const strides = stridesOf(shape)
      let base = 0
      for (const [i, a] of axes.entries()) {
        const axis = checkedAxis(a, shape.length)
        const step = steps?.[i] ?? 1
        const { first, count } = sliceRange(x.shape[axis]!, starts[i]!, ends[i]!, step)
        base += first * strides[axis]!
        shape[axis] = count
        strides[axis]! *= step
      }
      return [take(x, stridedOffsets(shape, strides, base), shape)]
    },
  },
]
