import type { ByteSource } from '../../../core/bytes/byte-source.ts'
import { UnsupportedError } from '../../../core/errors.ts'
import type { Tensor } from '../../../core/ir/tensor.ts'
import type { Hdf5Dataset } from '../../../encodings/hdf5/dataset.ts'

/** A dataset as a tensor: a slice of the file where its elements stand there in one piece, else read when asked for. */
export function datasetTensor(dataset: Hdf5Dataset, file: ByteSource): Tensor {
  const { dtype, shape } = dataset
  if (dtype === 'string') {
    throw new UnsupportedError(`The weight ${dataset.path} holds text`, { hint: 'Weights are numbers: save the model again.' })
  }
  return {
    dtype,
    shape,
    load: () => dataset.read(),
    get bytes() {
      const place = dataset.contiguous
      return place && file.slice(place.offset, place.length)
    },
  } as Tensor
}
