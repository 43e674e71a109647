import { UnsupportedError } from '../../core/errors.ts'
import { type Dtype, packedStruct, subarrayDtype, UCS4_BYTES } from './dtype.ts'
import { float32ToFloat16 } from './float16.ts'
import { elementCount, type NdArray, type NumericArray, type NumericData, type StringArray } from './nd-array.ts'

const HOST_IS_LITTLE_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1

/** The bytes of an array in C order and the dtype that they have: the host's byte order, records without padding. */
export interface EncodedArray {
  dtype: Dtype
  bytes: Uint8Array
}

/** @throws UnsupportedError for an array of objects */
export function encodeArray(array: NdArray): EncodedArray {
  switch (array.type) {
    case 'numeric':
      return { dtype: hostOrder(array.dtype), bytes: numericBytes(array) }
    case 'string':
      return array.dtype.kind === 'S' ? encodeBytes(array) : encodeUcs4(array)
    case 'struct':
      return encodeRecords(array.columns, array.shape)
    case 'object':
      throw new UnsupportedError('An array of Python objects can not be written', {
        hint: 'Convert it to strings or numbers first.',
      })
  }
}

function hostOrder(dtype: Dtype): Dtype {
  return { ...dtype, littleEndian: dtype.itemSize === 1 || HOST_IS_LITTLE_ENDIAN }
}

function numericBytes(array: NumericArray): Uint8Array {
  const { dtype, data } = array
  const isHalf = dtype.kind === 'f' && dtype.itemSize === 2
  const stored = isHalf ? float32ToFloat16(data as Float32Array) : data
  return new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength)
}

function encodeUcs4(array: StringArray): EncodedArray {
  const texts = array.data.map((text) => Array.from(text, (char) => char.codePointAt(0) as number))
  const length = texts.reduce((longest, text) => Math.max(longest, text.length), 1)
  const codes = new Uint32Array(texts.length * length)
  texts.forEach((text, i) => {
    codes.set(text, i * length)
  })
  const dtype = hostOrder({ kind: 'U', itemSize: length * UCS4_BYTES, littleEndian: true })
  return { dtype, bytes: new Uint8Array(codes.buffer) }
}

function encodeBytes(array: StringArray): EncodedArray {
  const length = array.data.reduce((longest, text) => Math.max(longest, text.length), 1)
  const bytes = new Uint8Array(array.data.length * length)
  array.data.forEach((text, i) => {
    for (let c = 0; c < text.length; c++) bytes[i * length + c] = text.charCodeAt(c)
  })
  return { dtype: { kind: 'S', itemSize: length, littleEndian: true }, bytes }
}

/** Interleaves columns; what a column has beyond the array's axes is a sub-array of its field. */
function encodeRecords(columns: ReadonlyMap<string, NdArray>, shape: readonly number[]): EncodedArray {
  const parts = [...columns].map(([name, part]) => {
    const { dtype: base, bytes } = encodeArray(part)
    const own = part.shape.slice(shape.length)
    return { name, dtype: own.length === 0 ? base : subarrayDtype(base, own), bytes }
  })
  const dtype = packedStruct(parts)
  const count = elementCount(shape)
  const records = new Uint8Array(count * dtype.itemSize)
  dtype.fields?.forEach((field, i) => {
    const { bytes } = parts[i] as { bytes: Uint8Array }
    const size = field.dtype.itemSize
    for (let row = 0; row < count; row++) {
      records.set(bytes.subarray(row * size, (row + 1) * size), row * dtype.itemSize + field.offset)
    }
  })
  return { dtype, bytes: records }
}

const KINDS: readonly [new (length: number) => NumericData, Dtype['kind'], number][] = [
  [Float64Array, 'f', 8],
  [Float32Array, 'f', 4],
  [BigInt64Array, 'i', 8],
  [Int32Array, 'i', 4],
  [Int16Array, 'i', 2],
  [Int8Array, 'i', 1],
  [BigUint64Array, 'u', 8],
  [Uint32Array, 'u', 4],
  [Uint16Array, 'u', 2],
  [Uint8Array, 'u', 1],
]

/** An array over numbers in C order, with the dtype of the typed array. */
export function numericArray(data: NumericData, shape: readonly number[] = [data.length]): NumericArray {
  const found = KINDS.find(([type]) => data instanceof type)
  if (found === undefined) throw new UnsupportedError('An array of this element type can not be written')
  const [, kind, itemSize] = found
  return { type: 'numeric', dtype: { kind, itemSize, littleEndian: true }, shape, data }
}

/** An array of booleans, given as 0 and 1. */
export function booleanArray(data: Uint8Array, shape: readonly number[] = [data.length]): NumericArray {
  return { type: 'numeric', dtype: { kind: 'b', itemSize: 1, littleEndian: true }, shape, data }
}

/** An array of strings in C order. */
export function stringArray(data: readonly string[], shape: readonly number[] = [data.length]): StringArray {
  return { type: 'string', dtype: { kind: 'U', itemSize: 0, littleEndian: true }, shape, data }
}
