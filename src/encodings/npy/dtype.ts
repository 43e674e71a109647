import { MalformedFileError } from '../../core/errors.ts'

/** `dtype.kind` of numpy: boolean, int, unsigned, float, complex, str, bytes, object, datetime, timedelta, void. */
export type DtypeKind = 'b' | 'i' | 'u' | 'f' | 'c' | 'U' | 'S' | 'O' | 'M' | 'm' | 'V'

/** A numpy dtype. */
export interface Dtype {
  readonly kind: DtypeKind
  /** Bytes of one element; of the whole record or sub-array where there is one. */
  readonly itemSize: number
  readonly littleEndian: boolean
  /** Of a datetime64 or timedelta64: `ns`, `25us`, `D`; undefined when it is generic. */
  readonly unit?: string
  /** Of a structured dtype, kind `V`. */
  readonly fields?: readonly DtypeField[]
  /** An array in the place of one element, kind `V`. */
  readonly subarray?: { readonly base: Dtype; readonly shape: readonly number[] }
}

export interface DtypeField {
  readonly name: string
  readonly dtype: Dtype
  /** Bytes from the start of the record. */
  readonly offset: number
}

const VALID_SIZES: Record<string, readonly number[]> = {
  b: [1],
  i: [1, 2, 4, 8],
  u: [1, 2, 4, 8],
  f: [2, 4, 8, 12, 16],
  c: [8, 16, 24, 32],
  M: [8],
  m: [8],
}

const TYPE_STRING = /^([<>|=]?)([biufcMmUSOVa?])(\d*)(?:\[(\w+)\])?$/

/** Bytes of a character of kind `U` (UCS-4). */
export const UCS4_BYTES = 4

/** Object references take a pointer in numpy; no bytes of an array file do. */
const POINTER_BYTES = 8

/**
 * Parses a type string of the array interface protocol: `<f8`, `|b1`, `<U10`, `<M8[ns]`, or the same without the byte
 * order, which is little-endian then.
 *
 * @throws MalformedFileError when it is not one
 */
export function parseDtypeString(text: string): Dtype {
  const match = TYPE_STRING.exec(text)
  if (match === null) throw new MalformedFileError(`'${text.slice(0, 40)}' is not a numpy type string`)
  const [, order = '', code = '', digits = '', unit] = match
  const kind = (code === '?' ? 'b' : code === 'a' ? 'S' : code) as DtypeKind
  const littleEndian = order !== '>'
  if (kind === 'O') return { kind, itemSize: POINTER_BYTES, littleEndian: true }
  const length = digits === '' ? defaultLength(kind) : Number(digits)
  const sizes = VALID_SIZES[kind]
  if (sizes !== undefined && !sizes.includes(length)) {
    throw new MalformedFileError(`'${text}' is not a numpy type: ${length} bytes are impossible`)
  }
  const itemSize = kind === 'U' ? length * UCS4_BYTES : length
  if (!Number.isSafeInteger(itemSize)) throw new MalformedFileError(`'${text}' is too long a type`)
  const base = { kind, itemSize, littleEndian: itemSize === 1 || littleEndian }
  return unit === undefined || unit === 'generic' ? base : { ...base, unit }
}

function defaultLength(kind: DtypeKind): number {
  switch (kind) {
    case 'U':
    case 'S':
    case 'V':
      return 0
    case 'b':
      return 1
    default:
      return 8
  }
}

/** The type string of a dtype without fields, as numpy's `dtype.str`. */
export function formatDtype(dtype: Dtype): string {
  const { kind, itemSize, littleEndian, unit } = dtype
  if (kind === 'O') return '|O'
  const order = itemSize === 1 || kind === 'S' || kind === 'V' ? '|' : littleEndian ? '<' : '>'
  const length = kind === 'U' ? itemSize / UCS4_BYTES : itemSize
  return `${order}${kind}${length}${unit === undefined ? '' : `[${unit}]`}`
}

/** Whether elements hold references to Python objects: such arrays are stored as pickles. */
export function hasObject(dtype: Dtype): boolean {
  if (dtype.kind === 'O') return true
  if (dtype.subarray !== undefined) return hasObject(dtype.subarray.base)
  return dtype.fields?.some((field) => hasObject(field.dtype)) ?? false
}

/** A structured dtype whose fields follow each other without padding. */
export function packedStruct(fields: readonly { name: string; dtype: Dtype }[]): Dtype {
  let offset = 0
  const placed = fields.map(({ name, dtype }) => {
    const field = { name, dtype, offset }
    offset += dtype.itemSize
    return field
  })
  return { kind: 'V', itemSize: offset, littleEndian: true, fields: placed }
}

export function subarrayDtype(base: Dtype, shape: readonly number[]): Dtype {
  const itemSize = shape.reduce((product, length) => product * length, base.itemSize)
  return { kind: 'V', itemSize, littleEndian: true, subarray: { base, shape } }
}
