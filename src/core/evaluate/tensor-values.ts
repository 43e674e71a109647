import { DTYPE_SIZE, type DType, type TensorData } from '../ir/dtype.ts'
import { elementsOf, type Tensor, tensorOf } from '../ir/tensor.ts'
import type { EvalTensor } from '../ops/spec.ts'
import { rounder } from '../ops/tensor/cast.ts'
import { bfloat16ToNumber, float16ToNumber, numberToBfloat16, numberToFloat16 } from '../ops/tensor/float16.ts'

/** Elements as stored, as the evaluator holds them: float64, half precisions decoded. */
export function decodeElements(dtype: DType, data: TensorData): EvalTensor['data'] {
  if (data instanceof Float64Array) return data
  if (dtype === 'string') return data as readonly string[]
  if (dtype === 'float16') return Float64Array.from(data as Uint16Array, float16ToNumber)
  if (dtype === 'bfloat16') return Float64Array.from(data as Uint16Array, bfloat16ToNumber)
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) {
    const numbers = new Float64Array(data.length)
    for (let i = 0; i < data.length; i++) numbers[i] = Number(data[i])
    return numbers
  }
  return new Float64Array(data as Exclude<TensorData, readonly string[] | BigInt64Array | BigUint64Array>)
}

/** A constant as the evaluator holds it. */
export async function loadTensor(tensor: Tensor): Promise<EvalTensor> {
  const data = tensor.data ?? (await tensor.load())
  return { dtype: tensor.dtype, shape: tensor.shape, data: decodeElements(tensor.dtype, data) }
}

/** Elements as they are stored, each rounded to the element type. */
export function encodeElements(dtype: DType, data: EvalTensor['data']): TensorData {
  if (dtype === 'string' || !(data instanceof Float64Array)) return data
  if (dtype === 'float64') return data
  if (dtype === 'float16') return Uint16Array.from(data, numberToFloat16)
  if (dtype === 'bfloat16') return Uint16Array.from(data, numberToBfloat16)
  const round = rounder(dtype)
  if (dtype === 'int64') return BigInt64Array.from(data, (x) => wholeBelow(round(x), 2n ** 63n))
  if (dtype === 'uint64') return BigUint64Array.from(data, (x) => wholeBelow(round(x), 2n ** 64n))
  const stored = elementsOf(dtype, new Uint8Array(data.length * DTYPE_SIZE[dtype])) as Float32Array
  for (let i = 0; i < data.length; i++) stored[i] = round(data[i]!)
  return stored
}

/** The greatest 64-bit integers, which mean "to the end" in many a Slice, have been rounded up to the limit itself. */
function wholeBelow(x: number, limit: bigint): bigint {
  const whole = BigInt(x)
  return whole < limit ? whole : limit - 1n
}

/** A value of the evaluator as a constant. */
export function storeTensor(value: EvalTensor): Tensor {
  return tensorOf(value.dtype, value.shape, encodeElements(value.dtype, value.data))
}
