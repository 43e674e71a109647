import { LimitExceededError, MalformedFileError, UnsupportedError } from '../../core/errors.ts'
import { type Dtype, formatDtype } from './dtype.ts'

export type NumericData =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | BigUint64Array
  | BigInt64Array
  | Float32Array
  | Float64Array

/** A numpy array, always in C order (the last axis varies fastest). */
export type NdArray<T = unknown> = NumericArray | StringArray | ObjectArray<T> | StructArray<T>

interface ArrayBase {
  readonly dtype: Dtype
  readonly shape: readonly number[]
}

/**
 * Numbers. Booleans are 0 and 1 in a Uint8Array, float16 is widened to a Float32Array, datetimes are counts of their
 * unit in a BigInt64Array (the minimum is NaT), complex numbers are pairs (twice as many elements), raw void is bytes.
 */
export interface NumericArray extends ArrayBase {
  readonly type: 'numeric'
  readonly data: NumericData
}

/** Strings (`U`) and bytes (`S`, as the characters of the same code), without the trailing NULs of numpy's padding. */
export interface StringArray extends ArrayBase {
  readonly type: 'string'
  readonly data: readonly string[]
}

export interface ObjectArray<T = unknown> extends ArrayBase {
  readonly type: 'object'
  readonly data: readonly T[]
}

/** Records, column by column; a column's shape starts with the array's. */
export interface StructArray<T = unknown> extends ArrayBase {
  readonly type: 'struct'
  readonly columns: ReadonlyMap<string, NdArray<T>>
}

/** Elements of an array without bytes (zero-length strings): nothing in the file bounds them. */
const MAX_EMPTY_ELEMENTS = 10_000

/** numpy's own limit of axes (`NPY_MAXDIMS`). */
const MAX_AXES = 64

/**
 * Checks a shape and counts its elements.
 *
 * @throws MalformedFileError when a length is not a natural number or there are too many
 */
export function elementCount(shape: readonly number[]): number {
  if (shape.length > MAX_AXES) throw new MalformedFileError(`An array of ${shape.length} axes: at most ${MAX_AXES}`)
  let count = 1
  for (const length of shape) {
    if (!Number.isSafeInteger(length) || length < 0) throw new MalformedFileError(`${length} is not an axis length`)
    count *= length
  }
  if (!Number.isSafeInteger(count)) throw new MalformedFileError(`An array of shape (${shape.join(', ')}) is too big`)
  return count
}

/**
 * Bytes that an array takes.
 *
 * @throws LimitExceededError when its elements take none but are too many
 */
export function byteCount(dtype: Dtype, shape: readonly number[]): number {
  const count = elementCount(shape)
  if (dtype.itemSize === 0 && count > MAX_EMPTY_ELEMENTS) {
    throw new LimitExceededError(`An array of ${count} empty elements: at most ${MAX_EMPTY_ELEMENTS} are read`)
  }
  const bytes = count * dtype.itemSize
  if (!Number.isSafeInteger(bytes)) throw new MalformedFileError(`An array of shape (${shape.join(', ')}) is too big`)
  return bytes
}

/** `float64`-like name for messages: `<f8`, `struct`. */
export function describeArray(array: NdArray): string {
  const dtype = array.type === 'struct' ? 'struct' : formatDtype(array.dtype)
  return `array of ${dtype}, shape (${array.shape.join(', ')})`
}

const EXACT = 2n ** 53n

function exactNumber(value: bigint): number {
  if (value > EXACT || value < -EXACT) {
    throw new UnsupportedError(`The integer ${value} is beyond 2^53 and can't be represented exactly`)
  }
  return Number(value)
}

/**
 * The numbers of an array as float64, C order. A view of the same memory when they are float64 already: don't write.
 *
 * @throws UnsupportedError for anything but booleans, integers and floats, or an integer beyond 2^53
 */
export function toFloat64(array: NdArray): Float64Array {
  if (array.type !== 'numeric' || !'biuf'.includes(array.dtype.kind)) {
    throw new UnsupportedError(`Numbers expected, got an ${describeArray(array)}`)
  }
  const { data } = array
  if (data instanceof Float64Array) return data
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) {
    const numbers = new Float64Array(data.length)
    for (let i = 0; i < data.length; i++) numbers[i] = exactNumber(data[i] as bigint)
    return numbers
  }
  return Float64Array.from(data)
}

/**
 * The integers of an array as plain numbers, C order.
 *
 * @throws UnsupportedError for anything but booleans and integers, or an integer beyond 2^53
 */
export function toIntegers(array: NdArray): number[] {
  if (array.type !== 'numeric' || !'biu'.includes(array.dtype.kind)) {
    throw new UnsupportedError(`Integers expected, got an ${describeArray(array)}`)
  }
  return [...toFloat64(array)]
}

/**
 * A column of a structured array.
 *
 * @throws MalformedFileError when it is missing
 */
export function column<T>(array: NdArray<T>, name: string): NdArray<T> {
  const found = array.type === 'struct' ? array.columns.get(name) : undefined
  if (found === undefined) throw new MalformedFileError(`The column '${name}' is missing in an ${describeArray(array)}`)
  return found
}

/** Steps between neighbours along each axis when the last axis varies fastest. */
export function stridesC(shape: readonly number[]): number[] {
  return stridesF([...shape].reverse()).reverse()
}

/** Steps between neighbours along each axis when the first axis varies fastest. */
export function stridesF(shape: readonly number[]): number[] {
  let stride = 1
  return shape.map((length) => {
    const own = stride
    stride *= length
    return own
  })
}

/**
 * Copies elements into C order.
 *
 * @param strides steps in `source` between neighbours along each axis of `shape`, in elements
 * @param width values that stand for one element (2 for complex numbers)
 */
export function copyToC<A extends { length: number; [index: number]: unknown }>(
  source: A,
  target: A,
  shape: readonly number[],
  strides: readonly number[],
  width = 1,
): A {
  const index = new Array<number>(shape.length).fill(0)
  const count = source.length / width
  let from = 0
  for (let to = 0; to < count; to++) {
    for (let part = 0; part < width; part++) target[to * width + part] = source[from * width + part]
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const length = shape[axis] as number
      const step = strides[axis] as number
      const position = (index[axis] as number) + 1
      if (position < length) {
        index[axis] = position
        from += step
        break
      }
      index[axis] = 0
      from -= step * (length - 1)
    }
  }
  return target
}
