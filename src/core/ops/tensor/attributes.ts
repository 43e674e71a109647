import { PortolanError } from '../../errors.ts'
import type { DType } from '../../ir/dtype.ts'
import { type Attributes, type Graph, isGraph } from '../../ir/graph.ts'
import type { Tensor } from '../../ir/tensor.ts'

/**
 * Typed access to the attributes of tensor operators. In the hub INT and FLOAT are numbers, INTS and FLOATS arrays of
 * numbers (or typed arrays), STRING is a string, TENSOR a `Tensor`, GRAPH a `Graph`; an element type (`to`, `dtype`,
 * `output_dtype`) is a `DType`, and TensorProto's number for it is understood too.
 *
 * Each getter throws PortolanError('malformed-file') when the attribute has another type, or is absent without a fallback.
 */
function get<T>(
  attributes: Attributes,
  name: string,
  fallback: T | undefined,
  read: (value: unknown) => T | undefined,
): T {
  const value = attributes[name]
  if (value === undefined) {
    if (fallback === undefined) throw new PortolanError('malformed-file', `the attribute ${name} is missing`)
    return fallback
  }
  const result = read(value)
  if (result === undefined) throw new PortolanError('malformed-file', `the attribute ${name} has an unexpected type`)
  return result
}

const asNumber = (value: unknown) =>
  typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean' ? Number(value) : undefined

const asNumbers = (value: unknown) =>
  Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView))
    ? Array.from(value as unknown as ArrayLike<unknown>, Number)
    : undefined

export function number(attributes: Attributes, name: string, fallback?: number): number {
  return get(attributes, name, fallback, asNumber)
}

export function flag(attributes: Attributes, name: string, fallback: boolean): boolean {
  return number(attributes, name, Number(fallback)) !== 0
}

export function numbers(attributes: Attributes, name: string, fallback?: readonly number[]): readonly number[] {
  return get(attributes, name, fallback, asNumbers)
}

export function optionalNumbers(attributes: Attributes, name: string): readonly number[] | undefined {
  return attributes[name] === undefined ? undefined : numbers(attributes, name)
}

export function text<T extends string = string>(attributes: Attributes, name: string, fallback?: NoInfer<T>): T {
  return get(attributes, name, fallback, (value) => (typeof value === 'string' ? (value as T) : undefined))
}

export function texts(attributes: Attributes, name: string, fallback?: readonly string[]): readonly string[] {
  return get(attributes, name, fallback, (value) => (Array.isArray(value) ? value.map(String) : undefined))
}

export function graph(attributes: Attributes, name: string): Graph {
  return get(attributes, name, undefined, (value) => (isGraph(value) ? value : undefined))
}

export function tensor(attributes: Attributes, name: string): Tensor | undefined {
  const value = attributes[name]
  if (value === undefined) return undefined
  return get(attributes, name, undefined, (v) =>
    typeof v === 'object' && v !== null && 'dtype' in v && 'shape' in v ? (v as Tensor) : undefined,
  )
}

/** TensorProto.DataType's numbers (onnx.proto). */
const DTYPE_BY_NUMBER: Readonly<Record<number, DType>> = {
  1: 'float32',
  2: 'uint8',
  3: 'int8',
  4: 'uint16',
  5: 'int16',
  6: 'int32',
  7: 'int64',
  8: 'string',
  9: 'bool',
  10: 'float16',
  11: 'float64',
  12: 'uint32',
  13: 'uint64',
  16: 'bfloat16',
}

const DTYPES: ReadonlySet<unknown> = new Set(Object.values(DTYPE_BY_NUMBER))

export function dtype(attributes: Attributes, name: string, fallback?: DType): DType {
  return get(attributes, name, fallback, (value) =>
    typeof value === 'number' ? DTYPE_BY_NUMBER[value] : DTYPES.has(value) ? (value as DType) : undefined,
  )
}
