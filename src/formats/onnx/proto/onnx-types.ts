import type { ByteSource } from '../../../core/bytes/byte-source.ts'
import type { BytePart } from '../../../core/bytes/parts.ts'

/**
 * The messages of onnx/onnx.proto (ONNX 1.23, IR version 14) as plain objects, in camelCase. An absent string is '',
 * an absent number 0, an absent list []; where absence means something the field is undefined. Strings that are not
 * UTF-8 survive a round trip (see encodings/protobuf/text.ts). Not kept: training_info, device configurations.
 */

export interface ModelProto {
  readonly irVersion: number
  readonly opsetImport: readonly OperatorSetIdProto[]
  readonly producerName: string
  readonly producerVersion: string
  readonly domain: string
  readonly modelVersion: bigint
  readonly docString: string
  readonly graph: GraphProto | undefined
  readonly metadataProps: readonly StringStringEntryProto[]
  readonly functions: readonly FunctionProto[]
}

export interface OperatorSetIdProto {
  /** '' is ai.onnx. */
  readonly domain: string
  readonly version: number
}

export interface StringStringEntryProto {
  readonly key: string
  readonly value: string
}

export interface GraphProto {
  readonly name: string
  readonly node: readonly NodeProto[]
  readonly initializer: readonly TensorProto[]
  readonly sparseInitializer: readonly SparseTensorProto[]
  readonly docString: string
  readonly input: readonly ValueInfoProto[]
  readonly output: readonly ValueInfoProto[]
  readonly valueInfo: readonly ValueInfoProto[]
  readonly quantizationAnnotation: readonly TensorAnnotation[]
  readonly metadataProps: readonly StringStringEntryProto[]
}

export interface NodeProto {
  /** '' is an optional input that is left out. */
  readonly input: readonly string[]
  readonly output: readonly string[]
  readonly name: string
  readonly opType: string
  readonly domain: string
  readonly overload: string
  readonly attribute: readonly AttributeProto[]
  readonly docString: string
  readonly metadataProps: readonly StringStringEntryProto[]
}

interface AttributeBase {
  readonly name: string
  readonly docString: string
}

/** An attribute: its value stands in the field that its type names. */
export type AttributeProto = AttributeBase &
  (
    | { readonly type: 'FLOAT'; readonly f: number }
    | { readonly type: 'INT'; readonly i: bigint }
    | { readonly type: 'STRING'; readonly s: string }
    | { readonly type: 'TENSOR'; readonly t: TensorProto }
    | { readonly type: 'GRAPH'; readonly g: GraphProto }
    | { readonly type: 'SPARSE_TENSOR'; readonly sparseTensor: SparseTensorProto }
    | { readonly type: 'TYPE_PROTO'; readonly tp: TypeProto }
    | { readonly type: 'FLOATS'; readonly floats: Float32Array }
    | { readonly type: 'INTS'; readonly ints: BigInt64Array }
    | { readonly type: 'STRINGS'; readonly strings: readonly string[] }
    | { readonly type: 'TENSORS'; readonly tensors: readonly TensorProto[] }
    | { readonly type: 'GRAPHS'; readonly graphs: readonly GraphProto[] }
    | { readonly type: 'SPARSE_TENSORS'; readonly sparseTensors: readonly SparseTensorProto[] }
    | { readonly type: 'TYPE_PROTOS'; readonly typeProtos: readonly TypeProto[] }
    /** In a function's body: the value is the attribute of that name of the calling node; `of` is its type. */
    | { readonly type: 'REF'; readonly refAttrName: string; readonly of: AttributeType }
  )

export type AttributeType = Exclude<AttributeProto['type'], 'REF'> | 'UNDEFINED'

export interface ValueInfoProto {
  readonly name: string
  readonly type: TypeProto | undefined
  readonly docString: string
  readonly metadataProps: readonly StringStringEntryProto[]
}

/** Numbers that may have stayed in the file: as a ByteSource they are the packed wire bytes (see `tensor-data.ts`). */
export type Packed<A> = A | ByteSource

export interface TensorProto {
  readonly name: string
  readonly dims: readonly number[]
  /** One of `TENSOR_DATA_TYPE`. */
  readonly dataType: number
  readonly segment: TensorSegment | undefined
  readonly floatData: Packed<Float32Array>
  readonly int32Data: Packed<Int32Array>
  readonly stringData: readonly string[]
  readonly int64Data: Packed<BigInt64Array>
  readonly doubleData: Packed<Float64Array>
  readonly uint64Data: Packed<BigUint64Array>
  /** Little-endian elements, row-major. Above 64 KiB a slice of the file. */
  readonly rawData: BytePart | undefined
  readonly docString: string
  /** `location`, `offset`, `length`, `checksum` when `dataLocation` is EXTERNAL. */
  readonly externalData: readonly StringStringEntryProto[]
  /** 0 DEFAULT, 1 EXTERNAL. */
  readonly dataLocation: number
  readonly metadataProps: readonly StringStringEntryProto[]
}

export interface TensorSegment {
  readonly begin: bigint
  readonly end: bigint
}

export interface SparseTensorProto {
  readonly values: TensorProto | undefined
  readonly indices: TensorProto | undefined
  readonly dims: readonly number[]
}

/** TensorProto.DataType. */
export const TENSOR_DATA_TYPE = {
  UNDEFINED: 0,
  FLOAT: 1,
  UINT8: 2,
  INT8: 3,
  UINT16: 4,
  INT16: 5,
  INT32: 6,
  INT64: 7,
  STRING: 8,
  BOOL: 9,
  FLOAT16: 10,
  DOUBLE: 11,
  UINT32: 12,
  UINT64: 13,
  COMPLEX64: 14,
  COMPLEX128: 15,
  BFLOAT16: 16,
  FLOAT8E4M3FN: 17,
  FLOAT8E4M3FNUZ: 18,
  FLOAT8E5M2: 19,
  FLOAT8E5M2FNUZ: 20,
  UINT4: 21,
  INT4: 22,
  FLOAT4E2M1: 23,
  FLOAT8E8M0: 24,
  UINT2: 25,
  INT2: 26,
  FLOAT6E2M3: 27,
  FLOAT6E3M2: 28,
} as const

/** A type: exactly one kind, or none for an unknown type. */
export type TypeProto = { readonly denotation: string } & (
  | {
      readonly kind: 'tensor' | 'sparseTensor'
      readonly elemType: number
      readonly shape: TensorShapeProto | undefined
    }
  | { readonly kind: 'sequence' | 'optional'; readonly elemType: TypeProto | undefined }
  | { readonly kind: 'map'; readonly keyType: number; readonly valueType: TypeProto | undefined }
  | { readonly kind: 'opaque'; readonly domain: string; readonly name: string }
  | { readonly kind: 'unknown' }
)

export interface TensorShapeProto {
  readonly dim: readonly DimensionProto[]
}

export interface DimensionProto {
  /** A size, a symbol (`batch_size`), or undefined when nothing is known. */
  readonly value: number | string | undefined
  readonly denotation: string
}

export interface TensorAnnotation {
  readonly tensorName: string
  readonly quantParameterTensorNames: readonly StringStringEntryProto[]
}

export interface FunctionProto {
  readonly name: string
  readonly domain: string
  readonly overload: string
  readonly input: readonly string[]
  readonly output: readonly string[]
  /** Names of attributes without a default. */
  readonly attribute: readonly string[]
  /** Attributes with their defaults. */
  readonly attributeProto: readonly AttributeProto[]
  readonly node: readonly NodeProto[]
  readonly docString: string
  readonly opsetImport: readonly OperatorSetIdProto[]
  readonly valueInfo: readonly ValueInfoProto[]
  readonly metadataProps: readonly StringStringEntryProto[]
}
