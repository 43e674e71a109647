import { PortolanError } from '../../errors.ts'
import { elementCount } from '../../ir/tensor.ts'
import type { Dim } from '../../ir/types.ts'
import type { OpSpec } from '../spec.ts'
import { number } from './attributes.ts'
import { numbersAt, required, take } from './eval-tensor.ts'
import { fail, inputType, normalAxis, shapeOf } from './infer.ts'
import { axisView, checkedAxis, stridesOf } from './strides.ts'

/** An index into an axis, counted from the front; throws when it is out of range. */
export function checkedIndex(index: number, size: number): number {
  const result = index < 0 ? index + size : index
  if (result < 0 || result >= size || !Number.isInteger(result)) {
    throw new PortolanError('invalid-input', `the index ${index} is out of range for an axis of size ${size}`)
  }
  return result
}

/** For each element of a tensor of `shape`, the same position in `strides`, with one axis replaced by an index. */
export function alongAxis(
  shape: readonly number[],
  axis: number,
  target: readonly number[],
  indices: ArrayLike<number>,
) {
  const own = stridesOf(shape)
  const strides = stridesOf(target)
  return Int32Array.from({ length: indices.length }, (_, i) => {
    let offset = checkedIndex(indices[i]!, target[axis]!) * strides[axis]!
    for (let a = 0; a < shape.length; a++) {
      if (a !== axis) offset += (Math.floor(i / own[a]!) % shape[a]!) * strides[a]!
    }
    return offset
  })
}

/** Operators that read at indices. */
export const gatherOps: readonly OpSpec[] = [
  {
    op: 'Gather',
    infer: (ctx) => {
      const { dtype, shape } = inputType(ctx, 0)
      const indices = shapeOf(ctx, 1)
      if (!shape || !indices) return [{ dtype, shape: null }]
      const axis = normalAxis(ctx, number(ctx.attributes, 'axis', 0), shape.length)
      return [{ dtype, shape: [...shape.slice(0, axis), ...indices, ...shape.slice(axis + 1)] }]
    },
    evaluate: (inputs, ctx) => {
      const x = required(inputs, 0)
      const indices = required(inputs, 1)
      const { axis, outer, size, inner } = axisView(x.shape, number(ctx.attributes, 'axis', 0))
      const chosen = Int32Array.from(numbersAt(inputs, 1), (i) => checkedIndex(i, size))
      const offsets = new Int32Array(outer * chosen.length * inner)
      let out = 0
      for (let o = 0; o < outer; o++) {
        for (const index of chosen) {
          const start = (o * size + index) * inner
          for (let k = 0; k < inner; k++) offsets[out++] = start + k
        }
      }
      return [take(x, offsets, [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)])]
    },
  },
  {
    op: 'GatherElements',
    infer: (ctx) => [{ dtype: inputType(ctx, 0).dtype, shape: shapeOf(ctx, 1) }],
    evaluate: (inputs, ctx) => {
      const x = required(inputs, 0)
      const { shape } = required(inputs, 1)
      const axis = checkedAxis(number(ctx.attributes, 'axis', 0), x.shape.length)
      return [take(x, alongAxis(shape, axis, x.shape, numbersAt(inputs, 1)), shape)]
    },
  },
  {
    op: 'GatherND',
    infer: (ctx) => {
      const { dtype, shape } = inputType(ctx, 0)
      const indices = shapeOf(ctx, 1)
      const depth = indices?.at(-1)
      if (!shape || !indices || typeof depth !== 'number') return [{ dtype, shape: null }]
      const batch = number(ctx.attributes, 'batch_dims', 0)
      if (batch + depth > shape.length) fail(ctx, 'the indices have more coordinates than the data has axes')
      return [{ dtype, shape: [...indices.slice(0, -1), ...shape.slice(batch + depth)] satisfies Dim[] }]
    },
    evaluate: (inputs, ctx) => {
      const x = required(inputs, 0)
      const indices = numbersAt(inputs, 1)
      const indexShape = required(inputs, 1).shape
      const batch = number(ctx.attributes, 'batch_dims', 0)
      const depth = indexShape.at(-1)!
      const strides = stridesOf(x.shape)
      const inner = elementCount(x.shape.slice(batch + depth))
      const batchSize = elementCount(x.shape.slice(batch))
      const count = elementCount(indexShape.slice(0, -1))
      const perBatch = elementCount(indexShape.slice(batch, -1))
      const offsets = new Int32Array(count * inner)
      for (let i = 0; i < count; i++) {
        let start = Math.floor(i / perBatch) * batchSize
        for (let d = 0; d < depth; d++) {
          start += checkedIndex(indices[i * depth + d]!, x.shape[batch + d]!) * strides[batch + d]!
        }
        for (let k = 0; k < inner; k++) offsets[i * inner + k] = start + k
      }
      return [take(x, offsets, [...indexShape.slice(0, -1), ...x.shape.slice(batch + depth)])]
    },
  },
]
