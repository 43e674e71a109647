import type { ByteSource } from '../../../core/bytes/byte-source.ts'
import { MalformedFileError, UnsupportedError } from '../../../core/errors.ts'
import { DTYPE_SIZE, type DType, type TensorData } from '../../../core/ir/dtype.ts'
import { elementCount, elementsOf, lazyTensor, type Tensor, tensorInFile, tensorOf } from '../../../core/ir/tensor.ts'
import { readPacked } from '../../../encodings/protobuf/decode.ts'
import { dataTypeName, dtypeOf } from '../ops/data-types.ts'
import { type ExternalFiles, externalSlice, isExternal } from './external-data.ts'
import type { TensorProto } from './onnx-types.ts'

type NumericDType = Exclude<DType, 'string'>

/**
 * A TensorProto as a tensor of the hub, whichever of its fields the elements stand in (onnx.proto, TensorProto); large
 * ones are read when asked for.
 *
 * Throws UnsupportedError for element types the hub has not and for segments, MalformedFileError when elements and
 * dims disagree, PortolanError `invalid-input` when a file of external data is not there.
 */
export function tensorFromProto(proto: TensorProto, external?: ExternalFiles): Tensor {
  const dtype = dtypeOf(proto.dataType)
  const what = `The ONNX tensor ${JSON.stringify(proto.name)}`
  if (dtype === null) throw new UnsupportedError(`${what} has elements of type ${dataTypeName(proto.dataType)}`)
  if (proto.segment) throw new UnsupportedError(`${what} is stored in segments`)
  if (proto.dims.some((dim) => dim < 0)) throw new MalformedFileError(`${what} has a negative dimension`)
  if (dtype === 'string') return inMemory(dtype, proto.dims, proto.stringData, what)
  if (isExternal(proto)) {
    return inFile(dtype, proto.dims, externalSlice(proto, external), what)
  }
  if (proto.rawData instanceof Uint8Array) return inMemory(dtype, proto.dims, elementsOf(dtype, proto.rawData), what)
  if (proto.rawData) return inFile(dtype, proto.dims, proto.rawData, what)
  return fromTypedField(proto, dtype, what)
}

function lengthError(what: string, elements: number, count: number): MalformedFileError {
  return new MalformedFileError(`${what} has ${elements} elements, but its dims make ${count}`)
}

function inMemory(dtype: DType, shape: readonly number[], data: TensorData, what: string): Tensor {
  const count = elementCount(shape)
  if (data.length !== count) throw lengthError(what, data.length, count)
  return tensorOf(dtype, shape, data)
}

function inFile(dtype: NumericDType, shape: readonly number[], bytes: ByteSource, what: string): Tensor {
  const count = elementCount(shape)
  if (bytes.size !== count * DTYPE_SIZE[dtype]) throw lengthError(what, bytes.size / DTYPE_SIZE[dtype], count)
  return tensorInFile(dtype, shape, bytes)
}

/** The field of TensorProto in which a type's elements stand when they are not raw. */
function fieldOf(dtype: NumericDType): 'floatData' | 'doubleData' | 'int64Data' | 'uint64Data' | 'int32Data' {
  if (dtype === 'float32') return 'floatData'
  if (dtype === 'float64') return 'doubleData'
  if (dtype === 'int64') return 'int64Data'
  return dtype === 'uint64' || dtype === 'uint32' ? 'uint64Data' : 'int32Data'
}

const KIND = {
  floatData: 'float',
  doubleData: 'double',
  int64Data: 'int64',
  uint64Data: 'uint64',
  int32Data: 'int32',
} as const

function fromTypedField(proto: TensorProto, dtype: NumericDType, what: string): Tensor {
  const field = fieldOf(dtype)
  const values = proto[field]
  if (!isSource(values)) return inMemory(dtype, proto.dims, narrow(dtype, values), what)
  if (dtype === 'float32' || dtype === 'float64') return inFile(dtype, proto.dims, values, what)
  return lazyTensor(dtype, proto.dims, async () => {
    const data = narrow(dtype, await readPacked(KIND[field], values))
    const count = elementCount(proto.dims)
    if (data.length !== count) throw lengthError(what, data.length, count)
    return data
  })
}

function isSource(values: object): values is ByteSource {
  return 'read' in values
}

type WideArray = Float32Array | Float64Array | Int32Array | BigInt64Array | BigUint64Array

/** Elements in the wider type of their field as elements of their own type; float16 and bool are kept as bits. */
function narrow(dtype: NumericDType, wide: WideArray): Exclude<TensorData, readonly string[]> {
  switch (dtype) {
    case 'uint32':
      return Uint32Array.from(wide as BigUint64Array, Number)
    case 'int8':
      return Int8Array.from(wide as Int32Array)
    case 'int16':
      return Int16Array.from(wide as Int32Array)
    case 'uint8':
    case 'bool':
      return Uint8Array.from(wide as Int32Array)
    case 'uint16':
    case 'float16':
    case 'bfloat16':
      return Uint16Array.from(wide as Int32Array)
    default:
      return wide
  }
}
