import { PortolanError } from '../../errors.ts'
import { elementCount } from '../../ir/tensor.ts'
import { axisOf } from './dims.ts'

/** Row-major strides in elements. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length).fill(1)
  for (let i = shape.length - 2; i >= 0; i--) strides[i] = strides[i + 1]! * shape[i + 1]!
  return strides
}

/**
 * Where the elements of a view stand, in row-major order of `shape`: `base + Σ index·stride`. A stride of 0 repeats,
 * a negative one walks backwards; so transposing, slicing and broadcasting are all the same walk.
 */
export function stridedOffsets(shape: readonly number[], strides: readonly number[], base = 0): Int32Array {
  const count = elementCount(shape)
  const offsets = new Int32Array(count)
  const rank = shape.length
  if (rank === 0) offsets[0] = base
  if (rank === 0 || count === 0) return offsets
  const inner = shape[rank - 1]!
  const step = strides[rank - 1]!
  const index = new Array<number>(rank).fill(0)
  let start = base
  let out = 0
  while (out < count) {
    for (let k = 0, offset = start; k < inner; k++, offset += step) offsets[out++] = offset
    for (let axis = rank - 2; axis >= 0; axis--) {
      start += strides[axis]!
      index[axis]!++
      if (index[axis]! < shape[axis]!) break
      start -= strides[axis]! * shape[axis]!
      index[axis] = 0
    }
  }
  return offsets
}

/** Strides with which a tensor of `shape` is read as one of the broadcast shape `target`. */
export function broadcastStrides(shape: readonly number[], target: readonly number[]): number[] {
  const strides = stridesOf(shape)
  const lead = target.length - shape.length
  return target.map((_, i) => (i < lead || shape[i - lead] === 1 ? 0 : strides[i - lead]!))
}

/** The broadcast shape of concrete shapes; throws PortolanError('invalid-input') when there is none. */
export function broadcastShape(...shapes: readonly (readonly number[])[]): number[] {
  const rank = Math.max(0, ...shapes.map((s) => s.length))
  return Array.from({ length: rank }, (_, i) => {
    let size = 1
    for (const shape of shapes) {
      const dim = shape[i - rank + shape.length] ?? 1
      if (dim === 1 || dim === size) continue
      if (size !== 1) {
        const list = shapes.map((s) => `[${s.join(', ')}]`).join(' and ')
        throw new PortolanError('invalid-input', `the shapes ${list} can not be broadcast`)
      }
      size = dim
    }
    return size
  })
}

/** A tensor seen as [outer, size, inner] around one axis. */
export interface AxisView {
  readonly axis: number
  readonly outer: number
  readonly size: number
  readonly inner: number
}

export function axisView(shape: readonly number[], axis: number): AxisView {
  const a = checkedAxis(axis, shape.length)
  return {
    axis: a,
    outer: elementCount(shape.slice(0, a)),
    size: shape[a]!,
    inner: elementCount(shape.slice(a + 1)),
  }
}

/** `axis` counted from the front; throws when it is out of range. */
export function checkedAxis(axis: number, rank: number): number {
  const result = axisOf(axis, rank)
  if (result === undefined) throw new PortolanError('invalid-input', `axis ${axis} is out of range for ${rank} axes`)
  return result
}
