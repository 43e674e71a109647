import { bufferSource } from '../core/bytes/byte-source.ts'
import type { BytePart } from '../core/bytes/parts.ts'
import { PortolanError } from '../core/errors.ts'
import type { DType } from '../core/ir/dtype.ts'
import type { EvalTensor } from '../core/ops/spec.ts'
import { booleanArray, numericArray, stringArray } from '../encodings/npy/encode-array.ts'
import { describeArray, type NdArray, toFloat64 } from '../encodings/npy/nd-array.ts'
import { readNpz, writeNpz } from '../encodings/npy/npz.ts'

/** Tensors from an .npz archive, by name. Throws PortolanError for a damaged archive or arrays of objects. */
export async function readNpzTensors(bytes: Uint8Array): Promise<Record<string, EvalTensor>> {
  const arrays = await readNpz(bufferSource(bytes))
  return Object.fromEntries([...arrays].map(([name, array]) => [name, tensorFromArray(name, array)]))
}

/** A numpy array as the evaluator represents it. */
export function tensorFromArray(name: string, array: NdArray): EvalTensor {
  if (array.type === 'string') return { dtype: 'string', shape: array.shape, data: array.data }
  if (array.type === 'numeric') return { dtype: dtypeOf(array), shape: array.shape, data: toFloat64(array) }
  throw new PortolanError('invalid-input', `the array ${name} is ${describeArray(array)}, which can not be an input`)
}

function dtypeOf({ dtype }: NdArray): DType {
  const { kind, itemSize } = dtype
  if (kind === 'b') return 'bool'
  if (kind === 'f') return itemSize === 8 ? 'float64' : itemSize === 2 ? 'float16' : 'float32'
  return `${kind === 'u' ? 'uint' : 'int'}${itemSize * 8}` as DType
}

/** Tensors as an .npz archive: each with the nearest numpy element type. */
export function writeNpzTensors(values: Readonly<Record<string, EvalTensor>>): Promise<BytePart[]> {
  return writeNpz(Object.entries(values).map(([name, tensor]): [string, NdArray] => [name, arrayFromTensor(tensor)]))
}

export function arrayFromTensor({ dtype, shape, data }: EvalTensor): NdArray {
  if (!(data instanceof Float64Array)) return stringArray(data, shape)
  switch (dtype) {
    case 'bool':
      return booleanArray(Uint8Array.from(data), shape)
    case 'float32':
    case 'float16':
    case 'bfloat16':
      return numericArray(Float32Array.from(data), shape)
    case 'int64':
    case 'uint64':
      return numericArray(BigInt64Array.from(data, BigInt), shape)
    case 'int32':
    case 'int16':
    case 'int8':
      return numericArray(Int32Array.from(data), shape)
    case 'uint32':
    case 'uint16':
    case 'uint8':
      return numericArray(Uint32Array.from(data), shape)
    default:
      return numericArray(data, shape)
  }
}
