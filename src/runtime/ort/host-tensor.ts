import type * as Ort from 'onnxruntime-web/wasm'
import { PortolanError, UnsupportedError } from '../../core/errors.ts'
import type { DType, TensorData } from '../../core/ir/dtype.ts'
import { elementCount } from '../../core/ir/tensor.ts'

/** A value that goes into or comes out of a session: row-major elements in memory, stored as the hub stores them (`TensorData`). */
export interface HostTensor {
  readonly dtype: DType
  readonly shape: readonly number[]
  readonly data: TensorData
}

/** ONNX Runtime's JavaScript interface has every element type of the hub but bfloat16, under the same names. */
const RUNTIME_TYPES: ReadonlySet<string> = new Set<DType>([
  'float16',
  'float32',
  'float64',
  'int8',
  'int16',
  'int32',
  'int64',
  'uint8',
  'uint16',
  'uint32',
  'uint64',
  'bool',
  'string',
])

/** The tensor for ONNX Runtime; elements are not copied. Throws PortolanError('invalid-input') when the shape does not fit the elements. */
export function toRuntimeTensor(ort: typeof Ort, name: string, tensor: HostTensor): Ort.Tensor {
  if (!RUNTIME_TYPES.has(tensor.dtype)) {
    throw new UnsupportedError(`ONNX Runtime for the web takes no ${tensor.dtype} tensors (input ${name})`, {
      hint: 'Convert the model so that its inputs are float32.',
    })
  }
  if (tensor.data.length !== elementCount(tensor.shape)) {
    throw new PortolanError(
      'invalid-input',
      `The input ${name} has ${tensor.data.length} elements, which is not the shape [${tensor.shape.join(', ')}]`,
    )
  }
  return new ort.Tensor(tensor.dtype as 'float32', tensor.data as Float32Array, [...tensor.shape])
}

/** What ONNX Runtime returned, as the hub stores it. Throws UnsupportedError for sequences and maps, which it cannot hand out. */
export function fromRuntimeTensor(name: string, tensor: Ort.Tensor): HostTensor {
  if (!RUNTIME_TYPES.has(tensor.type)) {
    throw new UnsupportedError(`The output ${name} has the type ${tensor.type}, which can not be read from JavaScript`)
  }
  const data = tensor.data as TensorData
  // Where the platform has Float16Array, float16 arrives as one; the hub keeps bit patterns.
  const isFloat16 = tensor.type === 'float16' && !(data instanceof Uint16Array)
  const view = data as unknown as ArrayBufferView & { length: number }
  return {
    dtype: tensor.type as DType,
    shape: [...tensor.dims],
    data: isFloat16 ? new Uint16Array(view.buffer as ArrayBuffer, view.byteOffset, view.length) : data,
  }
}
