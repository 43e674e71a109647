import type { DType } from '../../../core/ir/dtype.ts'
import { TENSOR_DATA_TYPE as T } from '../proto/onnx-types.ts'

/** TensorProto.DataType of each element type of the hub. */
export const DATA_TYPE_OF: Readonly<Record<DType, number>> = {
  float16: T.FLOAT16,
  bfloat16: T.BFLOAT16,
  float32: T.FLOAT,
  float64: T.DOUBLE,
  int8: T.INT8,
  int16: T.INT16,
  int32: T.INT32,
  int64: T.INT64,
  uint8: T.UINT8,
  uint16: T.UINT16,
  uint32: T.UINT32,
  uint64: T.UINT64,
  bool: T.BOOL,
  string: T.STRING,
}

const DTYPE_OF: ReadonlyMap<number, DType> = new Map(
  Object.entries(DATA_TYPE_OF).map(([dtype, code]) => [code, dtype as DType]),
)

/** The element type of a TensorProto.DataType; null for those that the hub has not (complex, 8-bit floats, 4-bit integers). */
export function dtypeOf(dataType: number): DType | null {
  return DTYPE_OF.get(dataType) ?? null
}

/** The enumerator's name in lower case, for messages: `float8e4m3fn`. */
export function dataTypeName(dataType: number): string {
  const entry = Object.entries(T).find(([, code]) => code === dataType)
  return entry ? entry[0].toLowerCase() : `data type ${dataType}`
}
