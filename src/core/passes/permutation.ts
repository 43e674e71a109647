import type { TensorData } from '../ir/dtype.ts'
import { elementCount, lazyTensor, type Tensor, tensorOf } from '../ir/tensor.ts'
import { stridedOffsets, stridesOf } from '../ops/tensor/strides.ts'

/** Axis i of the result is axis `perm[i]` of what is permuted, as in Transpose. */
export type Permutation = readonly number[]

export const isIdentity = (perm: Permutation): boolean => perm.every((p, i) => p === i)

/** First `inner`, then `outer`, as one permutation. */
export const compose = (inner: Permutation, outer: Permutation): Permutation => outer.map((p) => inner[p] as number)

export function invert(perm: Permutation): Permutation {
  const result = new Array<number>(perm.length)
  for (const [i, p] of perm.entries()) result[p] = i
  return result
}

/** The list with entry i moved to place `perm[i]`: from the permuted order of axes back to the original one. */
export function unpermute<T>(list: readonly T[], perm: Permutation): T[] {
  return invert(perm).map((i) => list[i] as T)
}

/** Whether permuting leaves the elements in their order, because only axes of size 1 change places. */
export function keepsOrder(shape: readonly unknown[], perm: Permutation): boolean {
  const moved = perm.filter((_, i) => shape[i] !== 1)
  return moved.every((p, i) => i === 0 || (moved[i - 1] as number) < p)
}

/** The constant with its axes permuted. Elements that keep their order are not touched; others are moved when asked for. */
export function permuteTensor(tensor: Tensor, perm: Permutation): Tensor {
  const shape = perm.map((p) => tensor.shape[p] as number)
  if (keepsOrder(shape, perm)) return { ...tensor, shape }
  const move = (data: TensorData): TensorData => {
    const strides = stridesOf(tensor.shape)
    const offsets = stridedOffsets(
      shape,
      perm.map((p) => strides[p] as number),
    )
    return gather(data, offsets)
  }
  if (tensor.data && elementCount(shape) <= 65_536) return tensorOf(tensor.dtype, shape, move(tensor.data))
  return lazyTensor(tensor.dtype, shape, async () => move(await tensor.load()))
}

function gather(data: TensorData, offsets: Int32Array): TensorData {
  if (Array.isArray(data)) return Array.from(offsets, (o) => data[o] as string)
  const source = data as Float32Array
  const result = source.slice()
  for (let i = 0; i < offsets.length; i++) result[i] = source[offsets[i] as number] as number
  return result
}
