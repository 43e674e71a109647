import { UnsupportedError } from '../../core/errors.ts'
import type { Hdf5Library } from './library.ts'

/**
 * Element types. `float16` is held as bits in a Uint16Array, and so are the bytes of `opaque16`, which h5py writes for types
 * that HDF5 does not know; `bool` (h5py's FALSE/TRUE enumeration) is 0/1.
 */
export type Hdf5DType =
  | 'float16'
  | 'opaque16'
  | 'float32'
  | 'float64'
  | 'int8'
  | 'int16'
  | 'int32'
  | 'int64'
  | 'uint8'
  | 'uint16'
  | 'uint32'
  | 'uint64'
  | 'bool'
  | 'string'

export type Hdf5NumericData =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array

export type Hdf5Data = Hdf5NumericData | readonly string[]

/** Type and shape of a dataset or attribute, as the library reports them. */
export type Hdf5Metadata = ReturnType<Hdf5Library['get_dataset_metadata']>

/** H5T_class_t */
const INTEGER = 0
const FLOAT = 1
const STRING = 3
const OPAQUE = 5
const ENUM = 8
const SPACE_PADDED = 2

/** The element type, or undefined for one that models do not use (compound, reference, …). */
export function dtypeOf(metadata: Hdf5Metadata): Hdf5DType | undefined {
  const bits = metadata.size * 8
  switch (metadata.type) {
    case INTEGER:
      return [8, 16, 32, 64].includes(bits) ? (`${metadata.signed ? 'int' : 'uint'}${bits}` as Hdf5DType) : undefined
    case FLOAT:
      return bits === 16 || bits === 32 || bits === 64 ? `float${bits}` : undefined
    case STRING:
      return 'string'
    case OPAQUE:
      return bits === 16 ? 'opaque16' : undefined
    case ENUM:
      return isBoolean(metadata) ? 'bool' : undefined
    default:
      return undefined
  }
}

function isBoolean(metadata: Hdf5Metadata): boolean {
  const members = metadata.enum_type?.members
  return metadata.size === 1 && members?.['FALSE'] === 0 && members['TRUE'] === 1
}

const ARRAYS = {
  float16: Uint16Array,
  opaque16: Uint16Array,
  float32: Float32Array,
  float64: Float64Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  uint64: BigUint64Array,
  bool: Uint8Array,
} as const

/** Little-endian bytes as elements; copies only when they are not aligned. */
export function numericElements(dtype: Exclude<Hdf5DType, 'string'>, bytes: Uint8Array): Hdf5NumericData {
  const ArrayType = ARRAYS[dtype]
  const aligned = bytes.byteOffset % ArrayType.BYTES_PER_ELEMENT === 0 ? bytes : bytes.slice()
  const length = Math.floor(aligned.length / ArrayType.BYTES_PER_ELEMENT)
  return new ArrayType(aligned.buffer as ArrayBuffer, aligned.byteOffset, length)
}

/**
 * Strings from the library's memory: of variable length (pointers) or fixed (cut at the first NUL). Always decoded as
 * UTF-8: h5py marks bytes as ASCII whatever they hold, and ASCII is UTF-8.
 */
export function stringElements(library: Hdf5Library, metadata: Hdf5Metadata, start: number, count: number): string[] {
  const heap = library.HEAPU8
  const decoder = new TextDecoder()
  const until = (from: number, limit: number) => {
    const end = heap.indexOf(0, from)
    return decoder.decode(heap.slice(from, end === -1 || end > limit ? limit : end))
  }
  if (metadata.vlen) {
    const pointers = new Uint32Array(heap.buffer as ArrayBuffer, start, count)
    return Array.from(pointers, (pointer) => (pointer === 0 ? '' : until(pointer, heap.length)))
  }
  return Array.from({ length: count }, (_, i) => {
    const from = start + i * metadata.size
    const text = until(from, from + metadata.size)
    return metadata.strpad === SPACE_PADDED ? text.replace(/ +$/, '') : text
  })
}

/** The element type, or an UnsupportedError that says where it stands. */
export function supportedDtype(metadata: Hdf5Metadata, where: string): Hdf5DType {
  const dtype = dtypeOf(metadata)
  if (dtype !== undefined) return dtype
  throw new UnsupportedError(`HDF5: ${where} has elements that are neither numbers nor strings`, {
    context: { typeClass: metadata.type, size: metadata.size },
  })
}
