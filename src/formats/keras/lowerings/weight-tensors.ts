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
    const strides = new Array<number>(order.length).fill(1)
    for (let axis = order.length - 2; axis >= 0; axis--) {
      strides[axis] = (strides[axis + 1] as number) * (tensor.shape[axis + 1] as number)
    }
    const steps = order.map((axis) => strides[axis] as number)
    const index = new Array<number>(order.length).fill(0)
    let from = 0
    for (let to = 0; to < result.length; to++) {
      result[to] = data![from]!
      for (let axis = order.length - 1; axis >= 0; axis--) {
        from += steps[axis]!
        if (++index[axis]! < shape[axis]!) break
        from -= steps[axis]! * shape[axis]!
        index[axis] = 0
      }
    }
  })
}
