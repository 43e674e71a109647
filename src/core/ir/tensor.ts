import type { ByteSource } from '../bytes/byte-source.ts'
import { PortolanError } from '../errors.ts'
import { DTYPE_SIZE, type DType, type TensorData } from './dtype.ts'

/**
 * A constant: weights, a shape, a table. Structure is eager, elements are lazy, so that a 3 GB file can be opened
 * and converted without being held in memory. Row-major, immutable.
 */
export interface Tensor {
  readonly dtype: DType
  readonly shape: readonly number[]
  /** The elements; each call may read and compute again. */
  load(): Promise<TensorData>
  /** The elements, when they are in memory already (small constants always are). */
  readonly data?: TensorData
  /** Where the elements stand, contiguous, little endian and in row-major order, so that a writer can copy the slice as it is. */
  readonly bytes?: ByteSource
}

/** Elements of a shape; 1 for a scalar. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((n, d) => n * d, 1)
}

/** Whether an attribute is a tensor. */
export function isTensor(value: unknown): value is Tensor {
  return typeof value === 'object' && value !== null && 'dtype' in value && 'load' in value
}

/** A tensor whose elements are in memory. Throws when the length contradicts the shape. */
export function tensorOf(dtype: DType, shape: readonly number[], data: TensorData): Tensor {
  if (data.length !== elementCount(shape)) {
    throw new PortolanError('internal', `${data.length} elements can not have the shape [${shape.join(', ')}]`)
  }
  return { dtype, shape, data, load: async () => data }
}

/** A tensor whose elements are computed when somebody asks, for example the transpose of a kernel. */
export function lazyTensor(dtype: DType, shape: readonly number[], load: () => Promise<TensorData>): Tensor {
  return { dtype, shape, load }
}

export const float32 = (values: readonly number[], shape: readonly number[] = [values.length]) =>
  tensorOf('float32', shape, Float32Array.from(values))
export const float64 = (values: ArrayLike<number>, shape: readonly number[] = [values.length]) =>
  tensorOf('float64', shape, Float64Array.from(values))
export const int64 = (values: readonly number[], shape: readonly number[] = [values.length]) =>
  tensorOf('int64', shape, BigInt64Array.from(values, BigInt))
export const strings = (values: readonly string[], shape: readonly number[] = [values.length]) =>
  tensorOf('string', shape, values)

const FACTORY = {
  float16: Uint16Array,
  bfloat16: Uint16Array,
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

/** Interprets little-endian bytes as elements; copies only when they are not aligned. */
export function elementsOf(dtype: Exclude<DType, 'string'>, bytes: Uint8Array): Exclude<TensorData, readonly string[]> {
  const size = DTYPE_SIZE[dtype]
  // Not slice(): that of a Node Buffer is a view.
  const aligned = bytes.byteOffset % size === 0 ? bytes : new Uint8Array(bytes)
  const Factory = FACTORY[dtype]
  return new Factory(aligned.buffer as ArrayBuffer, aligned.byteOffset, Math.floor(aligned.byteLength / size))
}

/** A tensor standing in a file as contiguous little-endian bytes. */
export function tensorInFile(dtype: Exclude<DType, 'string'>, shape: readonly number[], bytes: ByteSource): Tensor {
  return { dtype, shape, bytes, load: async () => elementsOf(dtype, await bytes.read(0, bytes.size)) }
}

/** The elements as little-endian bytes (the platform's byte order; every platform Portolan runs on is little endian). */
export function bytesOf(data: Exclude<TensorData, readonly string[]>): Uint8Array {
  return new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength)
}

/** The elements of an in-memory numeric tensor as numbers, or undefined when they are not in memory or are strings. */
export function numbersOf(tensor: Tensor | undefined): number[] | undefined {
  const data = tensor?.data
  if (data === undefined || tensor?.dtype === 'string') return undefined
  return Array.from(data as ArrayLike<number | bigint>, Number)
}
