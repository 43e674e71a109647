import type { DType } from '../../../core/ir/dtype.ts'
import type { Graph, Node } from '../../../core/ir/graph.ts'
import type { ValueType } from '../../../core/ir/types.ts'
import { DATA_TYPE_OF } from '../ops/data-types.ts'
import { fromDialectName } from '../ops/operator-name.ts'
import { ORIGIN_KEY } from '../portolan-metadata.ts'
import type { GraphProto, NodeProto, TensorProto, TypeProto, ValueInfoProto } from '../proto/onnx-types.ts'
import { attributeProtos } from './attributes.ts'
import { tensorProto } from './tensor-proto.ts'

/** A tensor's type; a dimension without a size stays open. */
function tensorTypeProto(type: ValueType & { dtype: DType }): TypeProto {
  return {
    kind: 'tensor',
    denotation: '',
    elemType: DATA_TYPE_OF[type.dtype],
    shape:
      type.shape === null ? undefined : { dim: type.shape.map((d) => ({ value: d ?? undefined, denotation: '' })) },
  }
}

/** The type of ZipMap's output: one map from label to probability per row. */
function zipMapTypeProto(zipMap: Node): TypeProto {
  const isText = zipMap.attributes['classlabels_strings'] !== undefined
  return {
    kind: 'sequence',
    denotation: '',
    elemType: {
      kind: 'map',
      denotation: '',
      keyType: DATA_TYPE_OF[isText ? 'string' : 'int64'],
      valueType: { kind: 'tensor', denotation: '', elemType: DATA_TYPE_OF.float32, shape: { dim: [] } },
    },
  }
}

/** What is known of a value; a body's values may go without a type. */
function typeProto(graph: Graph, name: string): TypeProto | undefined {
  const producer = graph.nodes.find((node) => node.outputs.includes(name))
  if (producer?.op === 'onnx.ai.onnx.ml.ZipMap') return zipMapTypeProto(producer)
  const type = graph.types.get(name)
  return type && type.dtype !== null ? tensorTypeProto({ ...type, dtype: type.dtype }) : undefined
}

function valueInfo(graph: Graph, name: string): ValueInfoProto {
  return { name, type: typeProto(graph, name), docString: '', metadataProps: [] }
}

async function nodeProto(node: Node): Promise<NodeProto> {
  const { domain, type } = fromDialectName(node.op)
  return {
    input: node.inputs,
    output: node.outputs,
    name: node.id,
    opType: type,
    domain,
    overload: '',
    attribute: await attributeProtos(node.attributes, bodyProto),
    docString: '',
    metadataProps: node.origin.length === 0 ? [] : [{ key: ORIGIN_KEY, value: JSON.stringify(node.origin) }],
  }
}

/** The graph of the onnx dialect as a message; `signal` stops it between tensors. */
export async function graphProto(
  graph: Graph,
  options: { signal?: AbortSignal | undefined; onProgress?: ((fraction: number) => void) | undefined } = {},
): Promise<GraphProto> {
  const initializer: TensorProto[] = []
  for (const [name, tensor] of graph.constants) {
    options.signal?.throwIfAborted()
    initializer.push(await tensorProto(name, tensor))
    options.onProgress?.(initializer.length / graph.constants.size)
  }
  return {
    name: graph.name || 'model',
    node: await Promise.all(graph.nodes.map(nodeProto)),
    initializer,
    sparseInitializer: [],
    docString: '',
    input: graph.inputs.map((name) => valueInfo(graph, name)),
    output: graph.outputs.map((name) => valueInfo(graph, name)),
    valueInfo: [],
    quantizationAnnotation: [],
    metadataProps: [],
  }
}

function bodyProto(graph: Graph): Promise<GraphProto> {
  return graphProto(graph)
}
