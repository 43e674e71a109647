import { PortolanError } from '../core/errors.ts'
import type { TensorData } from '../core/ir/dtype.ts'
import type { EvalTensor } from '../core/ops/spec.ts'
import { float16ToNumber, numberToFloat16 } from '../encodings/npy/float16.ts'
import type { HostTensor } from './ort/host-tensor.ts'
import type { SessionValue } from './ort/session.ts'

/** A reference value as the element type that a session's input wants. Throws PortolanError('invalid-input') when strings and numbers are mixed up. */
export function toFeed(input: SessionValue, tensor: EvalTensor): HostTensor {
  const { shape, data } = tensor
  if (input.dtype === 'string') {
    return { dtype: 'string', shape, data: Array.from(data as ArrayLike<string | number>, String) }
  }
  if (!(data instanceof Float64Array)) {
    throw new PortolanError('invalid-input', `the input ${input.name} wants numbers (${input.dtype}), not text`)
  }
  return { dtype: input.dtype ?? 'float32', shape, data: convert(input, data) }
}

function convert(input: SessionValue, data: Float64Array): TensorData {
  switch (input.dtype) {
    case 'float64':
      return data
    case 'float32':
    case null:
      return Float32Array.from(data)
    case 'float16':
      return Uint16Array.from(data, numberToFloat16)
    case 'int64':
      return BigInt64Array.from(data, (x) => BigInt(whole(input, x)))
    case 'uint64':
      return BigUint64Array.from(data, (x) => BigInt(whole(input, x)))
    case 'int32':
      return Int32Array.from(data, (x) => whole(input, x))
    case 'uint32':
      return Uint32Array.from(data, (x) => whole(input, x))
    case 'int16':
      return Int16Array.from(data, (x) => whole(input, x))
    case 'uint16':
      return Uint16Array.from(data, (x) => whole(input, x))
    case 'int8':
      return Int8Array.from(data, (x) => whole(input, x))
    case 'uint8':
      return Uint8Array.from(data, (x) => whole(input, x))
    case 'bool':
      return Uint8Array.from(data, (x) => (x === 0 ? 0 : 1))
    default:
      throw new PortolanError(
        'invalid-input',
        `the input ${input.name} has the type ${input.dtype}, which can not be fed`,
      )
  }
}

function whole(input: SessionValue, value: number): number {
  if (Number.isFinite(value)) return Math.trunc(value)
  throw new PortolanError(
    'invalid-input',
    `the input ${input.name} wants whole numbers (${input.dtype}), and has ${value}`,
  )
}

/** What a session returned, as the reference evaluator represents it: numbers in float64. */
export function fromHost(tensor: HostTensor): EvalTensor {
  const { dtype, shape, data } = tensor
  if (isStrings(data)) return { dtype, shape, data }
  if (dtype === 'float16') return { dtype, shape, data: Float64Array.from(data as Uint16Array, float16ToNumber) }
  return { dtype, shape, data: Float64Array.from(data as ArrayLike<number | bigint>, Number) }
}

function isStrings(data: TensorData): data is readonly string[] {
  return Array.isArray(data)
}
