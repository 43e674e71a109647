import {
  defineMessage,
  explicit,
  type MessageSpec,
  message,
  messages,
  optional,
  packed,
  repeated,
} from '../../../encodings/protobuf/message-spec.ts'
import { attributeFromWire, attributeToWire } from './attribute-wire.ts'
import type {
  AttributeProto,
  DimensionProto,
  FunctionProto,
  GraphProto,
  ModelProto,
  NodeProto,
  OperatorSetIdProto,
  SparseTensorProto,
  StringStringEntryProto,
  TensorAnnotation,
  TensorProto,
  TensorSegment,
  TensorShapeProto,
  TypeProto,
  ValueInfoProto,
} from './onnx-types.ts'
import { dimensionFromWire, dimensionToWire, typeFromWire, typeToWire } from './type-wire.ts'

/* The tables of onnx/onnx.proto (onnx 1.23). Unknown fields, among them training_info (20), configuration (26) and
 * device_configurations (10), are skipped. */

const OPERATOR_SET_ID: MessageSpec<OperatorSetIdProto> = defineMessage('OperatorSetIdProto', {
  domain: optional(1, 'string'),
  version: optional(2, 'int'),
})

const ENTRY: MessageSpec<StringStringEntryProto> = defineMessage('StringStringEntryProto', {
  key: optional(1, 'string'),
  value: optional(2, 'string'),
})

const SEGMENT: MessageSpec<TensorSegment> = defineMessage('TensorProto.Segment', {
  begin: optional(1, 'int64'),
  end: optional(2, 'int64'),
})

export const TENSOR: MessageSpec<TensorProto> = defineMessage('TensorProto', {
  dims: repeated(1, 'int'),
  dataType: optional(2, 'int'),
  segment: message(3, () => SEGMENT),
  floatData: packed(4, 'float'),
  int32Data: packed(5, 'int32'),
  stringData: repeated(6, 'string'),
  int64Data: packed(7, 'int64'),
  name: optional(8, 'string'),
  rawData: optional(9, 'payload'),
  doubleData: packed(10, 'double'),
  uint64Data: packed(11, 'uint64'),
  docString: optional(12, 'string'),
  externalData: messages(13, () => ENTRY),
  dataLocation: optional(14, 'int'),
  metadataProps: messages(16, () => ENTRY),
})

const SPARSE_TENSOR: MessageSpec<SparseTensorProto> = defineMessage('SparseTensorProto', {
  values: message(1, () => TENSOR),
  indices: message(2, () => TENSOR),
  dims: repeated(3, 'int'),
})

const DIMENSION: MessageSpec<DimensionProto> = defineMessage(
  'TensorShapeProto.Dimension',
  { dimValue: explicit(1, 'int'), dimParam: explicit(2, 'string'), denotation: optional(3, 'string') },
  { fromWire: dimensionFromWire, toWire: dimensionToWire },
)

const SHAPE: MessageSpec<TensorShapeProto> = defineMessage('TensorShapeProto', { dim: messages(1, () => DIMENSION) })

const TENSOR_TYPE: MessageSpec<unknown> = defineMessage('TypeProto.Tensor', {
  elemType: optional(1, 'int'),
  shape: message(2, () => SHAPE),
})

const ELEMENT_TYPE: MessageSpec<unknown> = defineMessage('TypeProto.Sequence', { elemType: message(1, () => TYPE) })

const MAP_TYPE: MessageSpec<unknown> = defineMessage('TypeProto.Map', {
  keyType: optional(1, 'int'),
  valueType: message(2, () => TYPE),
})

const OPAQUE_TYPE: MessageSpec<unknown> = defineMessage('TypeProto.Opaque', {
  domain: optional(1, 'string'),
  name: optional(2, 'string'),
})

const TYPE: MessageSpec<TypeProto> = defineMessage(
  'TypeProto',
  {
    tensor: message(1, () => TENSOR_TYPE),
    sequence: message(4, () => ELEMENT_TYPE),
    map: message(5, () => MAP_TYPE),
    denotation: optional(6, 'string'),
    opaque: message(7, () => OPAQUE_TYPE),
    sparseTensor: message(8, () => TENSOR_TYPE),
    optional: message(9, () => ELEMENT_TYPE),
  },
  { fromWire: typeFromWire, toWire: typeToWire },
)

const VALUE_INFO: MessageSpec<ValueInfoProto> = defineMessage('ValueInfoProto', {
  name: optional(1, 'string'),
  type: message(2, () => TYPE),
  docString: optional(3, 'string'),
  metadataProps: messages(4, () => ENTRY),
})

const ATTRIBUTE: MessageSpec<AttributeProto> = defineMessage(
  'AttributeProto',
  {
    name: optional(1, 'string'),
    f: explicit(2, 'float'),
    i: explicit(3, 'int64'),
    s: explicit(4, 'string'),
    t: message(5, () => TENSOR),
    g: message(6, () => GRAPH),
    floats: repeated(7, 'float'),
    ints: repeated(8, 'int64'),
    strings: repeated(9, 'string'),
    tensors: messages(10, () => TENSOR),
    graphs: messages(11, () => GRAPH),
    docString: optional(13, 'string'),
    tp: message(14, () => TYPE),
    typeProtos: messages(15, () => TYPE),
    type: optional(20, 'int'),
    refAttrName: optional(21, 'string'),
    sparseTensor: message(22, () => SPARSE_TENSOR),
    sparseTensors: messages(23, () => SPARSE_TENSOR),
  },
  { fromWire: attributeFromWire, toWire: attributeToWire },
)

const NODE: MessageSpec<NodeProto> = defineMessage('NodeProto', {
  input: repeated(1, 'string'),
  output: repeated(2, 'string'),
  name: optional(3, 'string'),
  opType: optional(4, 'string'),
  attribute: messages(5, () => ATTRIBUTE),
  docString: optional(6, 'string'),
  domain: optional(7, 'string'),
  overload: optional(8, 'string'),
  metadataProps: messages(9, () => ENTRY),
})

const ANNOTATION: MessageSpec<TensorAnnotation> = defineMessage('TensorAnnotation', {
  tensorName: optional(1, 'string'),
  quantParameterTensorNames: messages(2, () => ENTRY),
})

const GRAPH: MessageSpec<GraphProto> = defineMessage('GraphProto', {
  node: messages(1, () => NODE),
  name: optional(2, 'string'),
  initializer: messages(5, () => TENSOR),
  docString: optional(10, 'string'),
  input: messages(11, () => VALUE_INFO),
  output: messages(12, () => VALUE_INFO),
  valueInfo: messages(13, () => VALUE_INFO),
  quantizationAnnotation: messages(14, () => ANNOTATION),
  sparseInitializer: messages(15, () => SPARSE_TENSOR),
  metadataProps: messages(16, () => ENTRY),
})

const FUNCTION: MessageSpec<FunctionProto> = defineMessage('FunctionProto', {
  name: optional(1, 'string'),
  input: repeated(4, 'string'),
  output: repeated(5, 'string'),
  attribute: repeated(6, 'string'),
  node: messages(7, () => NODE),
  docString: optional(8, 'string'),
  opsetImport: messages(9, () => OPERATOR_SET_ID),
  domain: optional(10, 'string'),
  attributeProto: messages(11, () => ATTRIBUTE),
  valueInfo: messages(12, () => VALUE_INFO),
  overload: optional(13, 'string'),
  metadataProps: messages(14, () => ENTRY),
})

export const MODEL: MessageSpec<ModelProto> = defineMessage('ModelProto', {
  irVersion: optional(1, 'int'),
  producerName: optional(2, 'string'),
  producerVersion: optional(3, 'string'),
  domain: optional(4, 'string'),
  modelVersion: optional(5, 'int64'),
  docString: optional(6, 'string'),
  graph: message(7, () => GRAPH),
  opsetImport: messages(8, () => OPERATOR_SET_ID),
  metadataProps: messages(14, () => ENTRY),
  functions: messages(25, () => FUNCTION),
})
