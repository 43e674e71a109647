import { decodeElements } from '../../../core/evaluate/tensor-values.ts'
import { elementCount, lazyTensor, type Tensor } from '../../../core/ir/tensor.ts'
import { lazySlice } from '../lazy-slice.ts'

/** The types that networks are computed in. */
export type ComputeType = 'float32' | 'float64'

type Numbers = Float32Array | Float64Array

/** A tensor of numbers computed from others when somebody asks for its elements. */
export function computed(
  dtype: ComputeType,
  shape: readonly number[],
  sources: readonly Tensor[],
  compute: (sources: readonly ArrayLike<number>[], result: Numbers) => void,
): Tensor {
  return lazyTensor(dtype, shape, async () => {
    const arrays: ArrayLike<number>[] = []
    for (const tensor of sources) {
      const data = await tensor.load()
      arrays.push(data instanceof Float32Array ? data : (decodeElements(tensor.dtype, data) as Float64Array))
    }
    const count = elementCount(shape)
    const result = dtype === 'float64' ? new Float64Array(count) : new Float32Array(count)
    compute(arrays, result)
    return result
  })
}

/** The tensor in another element type; itself when it has it. */
export function inType(tensor: Tensor, dtype: ComputeType): Tensor {
  if (tensor.dtype === dtype) return tensor
  return computed(dtype, tensor.shape, [tensor], ([data], result) => result.set(data as ArrayLike<number>))
}

/** The same elements in another shape: where they are a slice of the file, they stay one. */
export function reshaped(tensor: Tensor, shape: readonly number[]): Tensor {
  return lazySlice(
    tensor.dtype,
    shape,
    () => tensor.load(),
    () => tensor.bytes,
  )
}

/** Axis i of the result is axis `order[i]` of the tensor. */
export function permuted(tensor: Tensor, order: readonly number[], dtype: ComputeType): Tensor {
  const shape = order.map((axis) => tensor.shape[axis] as number)
  return computed(dtype, shape, [tensor], ([data], result) => {
    permute(data as ArrayLike<number>, result, joinedAxes(tensor.shape, order))
  })
}

/** One axis of the result, or several that stay beside each other: how many elements, and how far apart in the source. */
interface Axis {
  readonly size: number
  readonly step: number
}

function joinedAxes(shape: readonly number[], order: readonly number[]): Axis[] {
  const strides = new Array<number>(shape.length).fill(1)
  for (let axis = shape.length - 2; axis >= 0; axis--) strides[axis] = strides[axis + 1]! * shape[axis + 1]!
  const axes: Axis[] = []
  for (const axis of order) {
    const [size, step] = [shape[axis]!, strides[axis]!]
    const last = axes.at(-1)
    if (last?.step === size * step) axes[axes.length - 1] = { size: last.size * size, step }
    else axes.push({ size, step })
  }
  return axes
}

/** Row by row along the last axis of the result. */
function permute(data: ArrayLike<number>, result: Numbers, axes: readonly Axis[]): void {
  const { size = 1, step = 1 } = axes.at(-1) ?? {}
  const outer = axes.slice(0, -1)
  const index = new Array<number>(outer.length).fill(0)
  let start = 0
  for (let to = 0; to < result.length; ) {
    for (let i = 0, from = start; i < size; i++, from += step) result[to++] = data[from]!
    for (let axis = outer.length - 1; axis >= 0; axis--) {
      const { size: count, step: stride } = outer[axis]!
      start += stride
      if (++index[axis]! < count) break
      start -= stride * count
      index[axis] = 0
    }
  }
}
