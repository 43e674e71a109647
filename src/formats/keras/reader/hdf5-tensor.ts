import type { ByteSource } from '../../../core/bytes/byte-source.ts'
import { UnsupportedError } from '../../../core/errors.ts'
import type { Tensor } from '../../../core/ir/tensor.ts'
import type { Hdf5Dataset } from '../../../encodings/hdf5/dataset.ts'
import { lazySlice } from '../lazy-slice.ts'

/**
 * A dataset as a tensor: a slice of the file where its elements stand there in one piece, else read when asked for. Keras 3
 * writes bfloat16 as opaque elements of 16 bits. Throws UnsupportedError for other elements than numbers.
 */
export function datasetTensor(dataset: Hdf5Dataset, file: ByteSource): Tensor {
  const { shape, path } = dataset
  if (dataset.dtype === 'string') {
    throw new UnsupportedError(`The weight ${path} holds text`, { hint: 'Weights are numbers: save the model again.' })
  }
  const dtype = dataset.dtype === 'opaque16' ? 'bfloat16' : dataset.dtype
  return lazySlice(
    dtype,
    shape,
    () => dataset.read(),
    () => {
      const place = dataset.contiguous
      return place && file.slice(place.offset, place.length)
    },
  )
}
