import { MalformedFileError } from '../../../core/errors.ts'
import { readPickle } from '../read-pickle.ts'
import { describeValue, type PyValue } from '../values.ts'
import { toNdArray } from './pickled-array.ts'

/**
 * Decodes the pickle that stands in a .npy file for an array of objects: the `decodeObjects` of `readNpy`.
 *
 * @throws MalformedFileError when it holds something else
 */
export function decodePickledObjects(pickle: Uint8Array): readonly PyValue[] {
  const { value } = readPickle(pickle)
  const array = toNdArray(value)
  if (array?.type !== 'object') {
    throw new MalformedFileError(`An array of objects expected, got ${describeValue(value)}`, { offset: 0 })
  }
  return array.data
}
