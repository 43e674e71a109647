import type { ByteSource } from '../../core/bytes/byte-source.ts'
import type { DType, TensorData } from '../../core/ir/dtype.ts'
import type { Tensor } from '../../core/ir/tensor.ts'

/** A tensor of which not even the place in the file is looked up before somebody asks for its bytes. */
export function lazySlice(
  dtype: DType,
  shape: readonly number[],
  load: () => Promise<TensorData>,
  slice: () => ByteSource | undefined,
): Tensor {
  const tensor: Omit<Tensor, 'bytes'> = { dtype, shape, load }
  return Object.defineProperty(tensor, 'bytes', { get: slice, enumerable: true }) as Tensor
}
