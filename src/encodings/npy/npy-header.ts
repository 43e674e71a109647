import { LimitExceededError, MalformedFileError, UnsupportedError } from '../../core/errors.ts'
import { type Dtype, type DtypeField, formatDtype, parseDtypeString, subarrayDtype } from './dtype.ts'
import { elementCount } from './nd-array.ts'
import { type PythonLiteral, parsePythonLiteral } from './python-literal.ts'

export const NPY_MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59]
const NEWEST_VERSION = 3
/** numpy's own limit is 10,000 characters, which wide records exceed. */
const MAX_HEADER_BYTES = 2 ** 20
/** The data start at a multiple of this (numpy ≥ 1.14). */
const ALIGNMENT = 64
const MAX_FIELDS = 2_000

/** The header of a .npy file (numpy 2.4 `lib/_format_impl.py`, versions 1.0 to 3.0). */
export interface NpyHeader {
  dtype: Dtype
  shape: number[]
  order: 'C' | 'F'
  /** Where the elements start. */
  dataOffset: number
}

/** Whether bytes start as a .npy file does. */
export function isNpy(head: Uint8Array): boolean {
  return NPY_MAGIC.every((byte, i) => head[i] === byte)
}

/**
 * @throws MalformedFileError, UnsupportedError for a version of the future
 */
export function parseNpyHeader(bytes: Uint8Array): NpyHeader {
  if (!isNpy(bytes)) throw new MalformedFileError('Not a .npy file', { offset: 0 })
  const version = bytes[NPY_MAGIC.length] ?? 0
  if (version < 1 || version > NEWEST_VERSION) throw new UnsupportedError(`Version ${version} of .npy is not known`)
  const lengthOffset = NPY_MAGIC.length + 2
  const lengthBytes = version === 1 ? 2 : 4
  const start = lengthOffset + lengthBytes
  if (bytes.length < start)
    throw new MalformedFileError('The .npy file ends within its header', { offset: bytes.length })
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const length = version === 1 ? view.getUint16(lengthOffset, true) : view.getUint32(lengthOffset, true)
  if (length > MAX_HEADER_BYTES) throw new LimitExceededError(`A .npy header of ${length} bytes`)
  if (bytes.length < start + length) {
    throw new MalformedFileError('The .npy file ends within its header', { offset: bytes.length })
  }
  const text = new TextDecoder(version === 3 ? 'utf-8' : 'latin1').decode(bytes.subarray(start, start + length))
  const header = parsePythonLiteral(text.trim())
  if (!(header instanceof Map)) throw new MalformedFileError('The .npy header is not a dict', { offset: start })
  const shape = toLengths(header.get('shape'))
  const isFortran = header.get('fortran_order')
  const descr = header.get('descr')
  if (typeof isFortran !== 'boolean' || descr === undefined) {
    throw new MalformedFileError('The .npy header lacks an entry', { offset: start })
  }
  return { dtype: parseDescr(descr), shape, order: isFortran ? 'F' : 'C', dataOffset: start + length }
}

function toLengths(literal: PythonLiteral | undefined): number[] {
  const lengths = typeof literal === 'number' ? [literal] : literal
  if (!Array.isArray(lengths) || !lengths.every((length) => typeof length === 'number')) {
    throw new MalformedFileError('A shape expected in an array header')
  }
  elementCount(lengths)
  return lengths
}

/** A type string, or a list of fields `(name, descr)`, `(name, descr, shape)`, `((title, name), descr)`. */
function parseDescr(descr: PythonLiteral): Dtype {
  if (typeof descr === 'string') return parseDtypeString(descr)
  if (!Array.isArray(descr) || descr.length > MAX_FIELDS)
    throw new MalformedFileError('A dtype expected in an array header')
  let offset = 0
  const fields: DtypeField[] = []
  for (const spec of descr) {
    if (!Array.isArray(spec) || spec[1] === undefined)
      throw new MalformedFileError('A field expected in an array header')
    const name = Array.isArray(spec[0]) ? spec[0][1] : spec[0]
    if (typeof name !== 'string') throw new MalformedFileError('A field name expected in an array header')
    const base = parseDescr(spec[1])
    const dtype = spec[2] === undefined ? base : subarrayDtype(base, toLengths(spec[2]))
    // A nameless void is padding.
    if (name !== '' || base.kind !== 'V') fields.push({ name, dtype, offset })
    offset += dtype.itemSize
  }
  return { kind: 'V', itemSize: offset, littleEndian: true, fields }
}

/** A header of version 1, or 3 where names or length need it; the data behind it are aligned. */
export function formatNpyHeader(dtype: Dtype, shape: readonly number[]): Uint8Array {
  const shapeText = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`
  const text = `{'descr': ${formatDescr(dtype)}, 'fortran_order': False, 'shape': ${shapeText}, }`
  const encoded = new TextEncoder().encode(text)
  const isPlain = encoded.length === text.length
  const isLong = encoded.length + ALIGNMENT > 0xffff
  const version = !isPlain ? 3 : isLong ? 2 : 1
  const start = NPY_MAGIC.length + 2 + (version === 1 ? 2 : 4)
  const size = Math.ceil((start + encoded.length + 1) / ALIGNMENT) * ALIGNMENT
  const header = new Uint8Array(size).fill(0x20)
  header.set(NPY_MAGIC)
  header.set([version, 0], NPY_MAGIC.length)
  const view = new DataView(header.buffer)
  if (version === 1) view.setUint16(start - 2, size - start, true)
  else view.setUint32(start - 4, size - start, true)
  header.set(encoded, start)
  header[size - 1] = 0x0a
  return header
}

function formatDescr(dtype: Dtype): string {
  if (dtype.fields === undefined) return `'${formatDtype(dtype)}'`
  const fields = dtype.fields.map(({ name, dtype: own }) => {
    const { subarray } = own
    const shape = subarray === undefined ? '' : `, (${subarray.shape.join(', ')},)`
    return `(${quote(name)}, ${formatDescr(subarray?.base ?? own)}${shape})`
  })
  return `[${fields.join(', ')}]`
}

function quote(name: string): string {
  return `'${name.replace(/[\\'\n\r]/g, (char) => ({ '\n': '\\n', '\r': '\\r' })[char] ?? `\\${char}`)}'`
}
