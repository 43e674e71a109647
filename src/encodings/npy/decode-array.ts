import { MalformedFileError, UnsupportedError } from '../../core/errors.ts'
import { type Dtype, formatDtype, UCS4_BYTES } from './dtype.ts'
import { float16ToNumber } from './float16.ts'
import { byteCount, copyToC, elementCount, type NdArray, type NumericData, stridesF } from './nd-array.ts'

const HOST_IS_LITTLE_ENDIAN = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1
const MAX_CODE_POINT = 0x10ffff

type NumericConstructor = {
  new (length: number): NumericData
  new (buffer: ArrayBufferLike, offset: number, length: number): NumericData
  readonly BYTES_PER_ELEMENT: number
}

type Reader = (view: DataView, offset: number, littleEndian: boolean) => number | bigint

interface NumericCodec {
  make: NumericConstructor
  read: Reader
  /** Whether the bytes are those of the typed array (float16 is widened instead). */
  direct: boolean
}

function codec(make: unknown, read: Reader, direct = true): NumericCodec {
  return { make: make as NumericConstructor, read, direct }
}

/** How the numbers of each type string (without byte order) become a typed array. */
const CODECS: Record<string, NumericCodec> = {
  b1: codec(Uint8Array, (view, offset) => view.getUint8(offset)),
  u1: codec(Uint8Array, (view, offset) => view.getUint8(offset)),
  i1: codec(Int8Array, (view, offset) => view.getInt8(offset)),
  u2: codec(Uint16Array, (view, offset, little) => view.getUint16(offset, little)),
  i2: codec(Int16Array, (view, offset, little) => view.getInt16(offset, little)),
  u4: codec(Uint32Array, (view, offset, little) => view.getUint32(offset, little)),
  i4: codec(Int32Array, (view, offset, little) => view.getInt32(offset, little)),
  u8: codec(BigUint64Array, (view, offset, little) => view.getBigUint64(offset, little)),
  i8: codec(BigInt64Array, (view, offset, little) => view.getBigInt64(offset, little)),
  M8: codec(BigInt64Array, (view, offset, little) => view.getBigInt64(offset, little)),
  m8: codec(BigInt64Array, (view, offset, little) => view.getBigInt64(offset, little)),
  f2: codec(Float32Array, (view, offset, little) => float16ToNumber(view.getUint16(offset, little)), false),
  f4: codec(Float32Array, (view, offset, little) => view.getFloat32(offset, little)),
  f8: codec(Float64Array, (view, offset, little) => view.getFloat64(offset, little)),
}

/** Elements in memory: `count` of them, `stride` bytes apart, the first at `offset`. */
interface Layout {
  bytes: Uint8Array
  offset: number
  stride: number
  count: number
}

/**
 * Decodes an array's raw bytes. Numbers that are aligned and in the host's byte order become a view, not a copy.
 *
 * @param order `F` when the first axis varies fastest in `bytes`; the result is in C order
 * @throws MalformedFileError when the bytes are too few, UnsupportedError for objects and long doubles
 */
export function decodeArray(
  dtype: Dtype,
  shape: readonly number[],
  order: 'C' | 'F',
  bytes: Uint8Array,
): NdArray<never> {
  const needed = byteCount(dtype, shape)
  if (bytes.length < needed) {
    throw new MalformedFileError(
      `An array of shape (${shape.join(', ')}) takes ${needed} bytes, but there are ${bytes.length}`,
    )
  }
  const array = decodeLayout(dtype, shape, { bytes, offset: 0, stride: dtype.itemSize, count: elementCount(shape) })
  return order === 'F' && shape.length > 1 ? reorder(array, shape, stridesF(shape)) : array
}

function decodeLayout(dtype: Dtype, shape: readonly number[], layout: Layout): NdArray<never> {
  byteCount(dtype, shape) // Fields without bytes are bounded by nothing else.
  if (dtype.fields !== undefined) {
    const columns = new Map<string, NdArray<never>>()
    for (const field of dtype.fields) {
      columns.set(field.name, decodeLayout(field.dtype, shape, { ...layout, offset: layout.offset + field.offset }))
    }
    return { type: 'struct', dtype, shape, columns }
  }
  if (dtype.subarray !== undefined) return decodeSubarray(dtype.subarray, shape, layout)
  switch (dtype.kind) {
    case 'U':
      return { type: 'string', dtype, shape, data: decodeUcs4(dtype, layout) }
    case 'S':
      return { type: 'string', dtype, shape, data: decodeByteStrings(dtype, layout) }
    case 'V':
      return { type: 'numeric', dtype, shape, data: gather(layout, dtype.itemSize) }
    case 'O':
      throw new UnsupportedError('An array of Python objects has no bytes of its own')
    case 'c':
      return { type: 'numeric', dtype, shape, data: decodeComplex(dtype, layout) }
    default:
      return { type: 'numeric', dtype, shape, data: decodeNumbers(dtype, layout) }
  }
}

function decodeSubarray(
  subarray: NonNullable<Dtype['subarray']>,
  shape: readonly number[],
  layout: Layout,
): NdArray<never> {
  const { base } = subarray
  const inner = elementCount(subarray.shape)
  const bytes = gather(layout, inner * base.itemSize)
  const count = layout.count * inner
  return decodeLayout(base, [...shape, ...subarray.shape], { bytes, offset: 0, stride: base.itemSize, count })
}

/** The elements' bytes without what lies between them. */
function gather({ bytes, offset, stride, count }: Layout, itemSize: number): Uint8Array {
  if (stride === itemSize) return bytes.subarray(offset, offset + count * itemSize)
  const packed = new Uint8Array(count * itemSize)
  for (let i = 0; i < count; i++) {
    const start = offset + i * stride
    packed.set(bytes.subarray(start, start + itemSize), i * itemSize)
  }
  return packed
}

function decodeNumbers(dtype: Dtype, layout: Layout): NumericData {
  const found = CODECS[`${dtype.kind}${dtype.itemSize}`]
  if (found === undefined) {
    throw new UnsupportedError(`Arrays of ${formatDtype(dtype)} (long double) are not supported`, {
      hint: 'Their bytes mean something else on each processor: convert the model to float64.',
    })
  }
  const { bytes, offset, stride, count } = layout
  const { make, read, direct } = found
  const size = make.BYTES_PER_ELEMENT
  if (direct && stride === size && (size === 1 || dtype.littleEndian === HOST_IS_LITTLE_ENDIAN)) {
    const start = bytes.byteOffset + offset
    if (start % size === 0) return new make(bytes.buffer, start, count)
    return new make(bytes.buffer.slice(start, start + count * size), 0, count)
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const data = new make(count)
  for (let i = 0; i < count; i++) data[i] = read(view, offset + i * stride, dtype.littleEndian)
  return data
}

/** Real and imaginary parts, one behind the other. */
function decodeComplex(dtype: Dtype, layout: Layout): NumericData {
  const part: Dtype = { kind: 'f', itemSize: dtype.itemSize / 2, littleEndian: dtype.littleEndian }
  const bytes = gather(layout, dtype.itemSize)
  return decodeNumbers(part, { bytes, offset: 0, stride: part.itemSize, count: layout.count * 2 })
}

function decodeUcs4(dtype: Dtype, { bytes, offset, stride, count }: Layout): string[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const length = dtype.itemSize / UCS4_BYTES
  const texts = new Array<string>(count)
  for (let i = 0; i < count; i++) {
    const start = offset + i * stride
    let end = length
    while (end > 0 && view.getUint32(start + (end - 1) * UCS4_BYTES, true) === 0) end--
    let text = ''
    for (let c = 0; c < end; c++) {
      const code = view.getUint32(start + c * UCS4_BYTES, dtype.littleEndian)
      if (code > MAX_CODE_POINT) throw new MalformedFileError('A string array holds a character beyond Unicode')
      text += String.fromCodePoint(code)
    }
    texts[i] = text
  }
  return texts
}

function decodeByteStrings(dtype: Dtype, { bytes, offset, stride, count }: Layout): string[] {
  const texts = new Array<string>(count)
  for (let i = 0; i < count; i++) {
    const start = offset + i * stride
    let end = start + dtype.itemSize
    while (end > start && bytes[end - 1] === 0) end--
    let text = ''
    for (let c = start; c < end; c++) text += String.fromCharCode(bytes[c] as number)
    texts[i] = text
  }
  return texts
}

/**
 * Brings data that stand in another order into C order.
 *
 * @param shape the axes that stand in another order; a record's sub-arrays behind them are in C order already
 * @param strides steps between neighbours along each of them, in elements
 */
export function reorder(array: NdArray<never>, shape: readonly number[], strides: readonly number[]): NdArray<never> {
  if (array.type === 'struct') {
    const columns = new Map([...array.columns].map(([name, part]) => [name, reorder(part, shape, strides)]))
    return { ...array, columns }
  }
  if (array.type === 'object') throw new UnsupportedError('An array of Python objects has no bytes of its own')
  const width = array.data.length / elementCount(shape)
  if (array.type === 'string') {
    return { ...array, data: copyToC([...array.data], new Array<string>(array.data.length), shape, strides, width) }
  }
  const source = array.data as Uint8Array
  const target = new (source.constructor as new (length: number) => Uint8Array)(source.length)
  return { ...array, data: copyToC(source, target, shape, strides, width) }
}
