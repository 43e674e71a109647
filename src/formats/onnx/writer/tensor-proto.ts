import { computedSource } from '../../../core/bytes/computed-source.ts'
import { DTYPE_SIZE, type TensorData } from '../../../core/ir/dtype.ts'
import { bytesOf, elementCount, type Tensor } from '../../../core/ir/tensor.ts'
import { DATA_TYPE_OF } from '../ops/data-types.ts'
import type { TensorProto } from '../proto/onnx-types.ts'

/** Weights from this size on are not read before the file is written: a slice of the source file, or computed when their turn comes. */
const LAZY_FROM_BYTES = 1 << 16

const EMPTY = {
  segment: undefined,
  floatData: new Float32Array(),
  int32Data: new Int32Array(),
  stringData: [],
  int64Data: new BigInt64Array(),
  doubleData: new Float64Array(),
  uint64Data: new BigUint64Array(),
  rawData: undefined,
  docString: '',
  externalData: [],
  dataLocation: 0,
  metadataProps: [],
} as const

/** A tensor as an initializer; where its bytes stand in a file as ONNX wants them, that slice is referred to. */
export async function tensorProto(name: string, tensor: Tensor): Promise<TensorProto> {
  const base = { ...EMPTY, name, dims: tensor.shape, dataType: DATA_TYPE_OF[tensor.dtype] }
  if (tensor.dtype === 'string') return { ...base, stringData: (await tensor.load()) as readonly string[] }
  const load = async () => bytesOf((await tensor.load()) as Exclude<TensorData, readonly string[]>)
  const size = elementCount(tensor.shape) * DTYPE_SIZE[tensor.dtype]
  if (tensor.data || size < LAZY_FROM_BYTES) return { ...base, rawData: await load() }
  return { ...base, rawData: tensor.bytes ?? computedSource(size, load) }
}
