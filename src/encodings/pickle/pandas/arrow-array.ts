import { LimitExceededError, MalformedFileError, UnsupportedError } from '../../../core/errors.ts'
import { decodeArray } from '../../npy/decode-array.ts'
import { parseDtypeString } from '../../npy/dtype.ts'
import { toIntegers } from '../../npy/nd-array.ts'
import { elementAt } from '../numpy/pickled-array.ts'
import { describeValue, isNode, isObjectOf, type PyObject, type PyValue } from '../values.ts'

/** Fixed-width Arrow types and their numpy spelling. */
const FIXED_WIDTH: Record<string, string> = {
  int8: 'i1',
  int16: 'i2',
  int32: 'i4',
  int64: 'i8',
  uint8: 'u1',
  uint16: 'u2',
  uint32: 'u4',
  uint64: 'u8',
  float: 'f4',
  double: 'f8',
}

/** Types of text, with the width of their offsets. */
const TEXT: Record<string, string> = { string: 'i4', utf8: 'i4', large_string: 'i8', large_utf8: 'i8' }

const RESTORE_ARRAY = 'pyarrow.lib._restore_array'

/** Chunks may be one and the same array over and over. */
const MAX_ELEMENTS = 10_000_000

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Elements of a pickled `pyarrow.Array` or `ChunkedArray` of text or numbers, null where missing; undefined when the
 * value is neither. Layout: https://arrow.apache.org/docs/format/Columnar.html
 *
 * @throws UnsupportedError for another type, MalformedFileError when buffers are missing or too short
 */
export function arrowElements(value: PyValue): PyValue[] | undefined {
  if (isObjectOf(value, RESTORE_ARRAY)) return restoreArray(value)
  if (!isObjectOf(value, 'pyarrow.lib.chunked_array')) return undefined
  const [chunks] = value.args
  if (!isNode(chunks, 'list')) throw new MalformedFileError('An Arrow array without chunks', { offset: value.offset })
  const elements: PyValue[] = []
  for (const chunk of chunks.items) {
    if (!isObjectOf(chunk, RESTORE_ARRAY)) {
      throw new MalformedFileError(`An Arrow array expected, got ${describeValue(chunk)}`, { offset: value.offset })
    }
    for (const element of restoreArray(chunk)) elements.push(element)
    if (elements.length > MAX_ELEMENTS) {
      throw new LimitExceededError(`An Arrow array of more than ${MAX_ELEMENTS} elements`)
    }
  }
  return elements
}

/** `_restore_array((type, length, null count, offset, buffers, children, dictionary))`. */
function restoreArray(array: PyObject): PyValue[] {
  const [parts] = array.args
  if (!isNode(parts, 'tuple')) throw new MalformedFileError('An Arrow array without data', { offset: array.offset })
  const [type, length, , offset, buffers] = parts.items
  if (typeof length !== 'number' || typeof offset !== 'number' || !isNode(buffers, 'list')) {
    throw new MalformedFileError('An Arrow array without a length or buffers', { offset: array.offset })
  }
  return readElements(array, typeName(type), { length, offset }, buffers.items.map(bufferBytes))
}

function typeName(type: PyValue | undefined): string {
  const alias = isObjectOf(type, 'pyarrow.lib.type_for_alias') ? type.args[0] : undefined
  return typeof alias === 'string' ? alias : describeValue(type)
}

function bufferBytes(value: PyValue): Uint8Array | undefined {
  const content = isObjectOf(value, 'pyarrow.lib.py_buffer') ? value.args[0] : value
  return content instanceof Uint8Array ? content : undefined
}

interface Range {
  length: number
  offset: number
}

function readElements(owner: PyObject, type: string, range: Range, buffers: (Uint8Array | undefined)[]): PyValue[] {
  const [validity, first, second] = buffers
  const end = range.offset + range.length
  if (first === undefined) throw new MalformedFileError('An Arrow array without its buffer', { offset: owner.offset })
  const offsetType = Object.hasOwn(TEXT, type) ? TEXT[type] : undefined
  const fixedType = Object.hasOwn(FIXED_WIDTH, type) ? FIXED_WIDTH[type] : undefined
  let element: (index: number) => PyValue
  if (offsetType !== undefined) {
    const offsets = toIntegers(decodeArray(parseDtypeString(offsetType), [end + 1], 'C', first))
    element = (i) => decodeText(second ?? new Uint8Array(0), offsets[i] as number, offsets[i + 1] as number)
  } else if (fixedType !== undefined) {
    const numbers = decodeArray(parseDtypeString(fixedType), [end], 'C', first)
    element = (i) => elementAt(numbers, i) ?? null
  } else {
    throw new UnsupportedError(`Arrow arrays of type ${type} are not supported`, { context: { offset: owner.offset } })
  }
  const isValid = (i: number): boolean => validity === undefined || (((validity[i >> 3] ?? 0) >> (i & 7)) & 1) === 1
  return Array.from({ length: range.length }, (_, i) => (isValid(range.offset + i) ? element(range.offset + i) : null))
}

function decodeText(bytes: Uint8Array, start: number, end: number): string {
  if (!(start >= 0 && start <= end && end <= bytes.length)) {
    throw new MalformedFileError('A string of an Arrow array lies outside its buffer')
  }
  try {
    return UTF8.decode(bytes.subarray(start, end))
  } catch (cause) {
    throw new MalformedFileError('A string of an Arrow array is not valid UTF-8', { cause })
  }
}
