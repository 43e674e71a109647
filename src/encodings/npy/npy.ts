import { MalformedFileError, UnsupportedError } from '../../core/errors.ts'
import { decodeArray } from './decode-array.ts'
import { hasObject } from './dtype.ts'
import { encodeArray } from './encode-array.ts'
import { elementCount, type NdArray } from './nd-array.ts'
import { formatNpyHeader, parseNpyHeader } from './npy-header.ts'

/** Reads the pickle that an array of Python objects is stored as, and returns its elements in C order. */
export type ObjectDecoder<T> = (pickle: Uint8Array) => readonly T[]

/**
 * Reads a .npy file of version 1, 2 or 3. Arrays of Python objects need a decoder.
 *
 * @throws MalformedFileError, UnsupportedError for objects without a decoder
 */
export function readNpy<T = never>(bytes: Uint8Array, decodeObjects?: ObjectDecoder<T>): NdArray<T> {
  const { dtype, shape, order, dataOffset } = parseNpyHeader(bytes)
  const content = bytes.subarray(dataOffset)
  if (!hasObject(dtype)) return decodeArray(dtype, shape, order, content)
  if (decodeObjects === undefined) {
    throw new UnsupportedError('The .npy file holds Python objects instead of numbers or strings', {
      hint: 'Save the array with a numeric or string dtype.',
    })
  }
  const data = decodeObjects(content)
  if (data.length !== elementCount(shape)) {
    throw new MalformedFileError(`${elementCount(shape)} objects expected, got ${data.length}`, { offset: dataOffset })
  }
  return { type: 'object', dtype, shape, data }
}

/**
 * Writes a .npy file, as header and data: the bytes of numeric arrays are not copied.
 *
 * @throws UnsupportedError for an array of objects
 */
export function writeNpy(array: NdArray): Uint8Array[] {
  const { dtype, bytes } = encodeArray(array)
  return [formatNpyHeader(dtype, array.shape), bytes]
}
