import type { Graph } from '../../../core/ir/graph.ts'
import type { Tensor } from '../../../core/ir/tensor.ts'
import type {
  AttributeProto,
  GraphProto,
  NodeProto,
  SparseTensorProto,
  TensorProto,
  TypeProto,
} from '../proto/onnx-types.ts'
import { valueTypeOf } from './value-types.ts'

/** Turns the structured attributes of a node into values of the graph being read. */
export interface AttributeReader {
  tensor(proto: TensorProto): Tensor
  sparseTensor(proto: SparseTensorProto): Tensor
  graph(proto: GraphProto): Graph
}

/** An int64 as a number; INT64_MAX, which means "to the end", stays close enough to be clamped. */
const numberOf = (value: bigint) => Number(value)

/** A type as plain data, for the eyes: sequences and optionals keep their element. */
function typeAttribute(type: TypeProto): unknown {
  return valueTypeOf(type)
}

/** One attribute as plain JavaScript: numbers, strings, arrays of them, a Tensor or a Graph; undefined for a reference without a value. */
export function attributeValue(
  proto: AttributeProto,
  reader: AttributeReader,
  bindings: ReadonlyMap<string, unknown>,
): unknown {
  switch (proto.type) {
    case 'FLOAT':
      return proto.f
    case 'INT':
      return numberOf(proto.i)
    case 'STRING':
      return proto.s
    case 'TENSOR':
      return reader.tensor(proto.t)
    case 'GRAPH':
      return reader.graph(proto.g)
    case 'SPARSE_TENSOR':
      return reader.sparseTensor(proto.sparseTensor)
    case 'TYPE_PROTO':
      return typeAttribute(proto.tp)
    case 'FLOATS':
      return Array.from(proto.floats)
    case 'INTS':
      return Array.from(proto.ints, numberOf)
    case 'STRINGS':
      return proto.strings
    case 'TENSORS':
      return proto.tensors.map((tensor) => reader.tensor(tensor))
    case 'GRAPHS':
      return proto.graphs.map((graph) => reader.graph(graph))
    case 'SPARSE_TENSORS':
      return proto.sparseTensors.map((tensor) => reader.sparseTensor(tensor))
    case 'TYPE_PROTOS':
      return proto.typeProtos.map(typeAttribute)
    case 'REF':
      return bindings.get(proto.refAttrName)
  }
}

/** All attributes of a node; `bindings` are the arguments of the function whose body the node stands in. */
export function sourceAttributes(
  node: NodeProto,
  reader: AttributeReader,
  bindings: ReadonlyMap<string, unknown> = new Map(),
): Record<string, unknown> {
  const attributes: Record<string, unknown> = {}
  for (const proto of node.attribute) {
    const value = attributeValue(proto, reader, bindings)
    if (value !== undefined) attributes[proto.name] = value
  }
  return attributes
}
