import { type Graph, isGraph, type Node } from '../../../core/ir/graph.ts'
import type { Feature, ModelInput } from '../../../core/ir/model.ts'
import { elementCount, isTensor } from '../../../core/ir/tensor.ts'
import type { Fact, SignatureEntry } from '../../../core/source-model.ts'
import { fromDialectName } from '../ops/operator-name.ts'
import type { ModelProto } from '../proto/onnx-types.ts'

/** Attributes of ai.onnx.ml that are trained: weights, thresholds, leaves. */
const TRAINED =
  /^(coefficients|intercepts|rho|support_vectors|prob_[ab]|nodes_values|nodes_splits|target_weights|class_weights|leaf_weights)(_as_tensor)?$/

function attributeParameters(node: Node, counted: Set<Graph>): number {
  let count = 0
  const { domain } = fromDialectName(node.op)
  for (const [name, value] of Object.entries(node.attributes)) {
    if (isGraph(value)) count += parametersOf(value, counted)
    else if (isTensor(value) && (node.op === 'onnx.Constant' || TRAINED.test(name))) count += elementCount(value.shape)
    else if (domain === 'ai.onnx.ml' && TRAINED.test(name) && Array.isArray(value)) count += value.length
  }
  return count
}

/** `counted` are the bodies that have been: calls of one function share its body. */
function parametersOf(graph: Graph, counted: Set<Graph>): number {
  if (counted.has(graph)) return 0
  counted.add(graph)
  let count = 0
  for (const tensor of graph.constants.values()) count += elementCount(tensor.shape)
  for (const node of graph.nodes) count += attributeParameters(node, counted)
  return count
}

/** Elements of initializers and constants, and the trained attributes of estimators, bodies included. */
export const countParameters = (graph: Graph): number => parametersOf(graph, new Set())

/** IR version, opsets, the producer's version. */
export function versionFacts(model: ModelProto): Fact[] {
  return [
    { name: 'ONNX IR', value: String(model.irVersion) },
    ...model.opsetImport.map(({ domain, version }) => ({ name: domain || 'ai.onnx', value: String(version) })),
    ...(model.producerVersion ? [{ name: model.producerName || 'producer', value: model.producerVersion }] : []),
  ]
}

/** Everything else that the file says about itself, its own metadata last. */
export function modelFacts(model: ModelProto): Fact[] {
  return [
    ...(model.graph?.name ? [{ name: 'graph', value: model.graph.name }] : []),
    ...(model.domain ? [{ name: 'domain', value: model.domain }] : []),
    ...(model.modelVersion !== 0n ? [{ name: 'model version', value: String(model.modelVersion) }] : []),
    ...(model.docString ? [{ name: 'description', value: model.docString }] : []),
    ...(model.functions.length > 0 ? [{ name: 'functions', value: String(model.functions.length) }] : []),
    ...model.metadataProps
      .filter(({ key }) => !key.startsWith('portolan.'))
      .map(({ key, value }) => ({ name: key, value })),
  ]
}

const columnNames = (features: readonly Feature[] | undefined) =>
  features === undefined ? {} : { columns: features.map((feature) => feature.name) }

/** Inputs or outputs with their types and, where the file carries them, the names of their columns. */
export function signature(
  graph: Graph,
  values: readonly string[],
  columns: (name: string) => readonly string[] | undefined,
): SignatureEntry[] {
  return values.map((name) => {
    const names = columns(name)
    const type = graph.types.get(name) ?? { dtype: null, shape: null }
    return { name, type, ...(names === undefined ? {} : { columns: names }) }
  })
}

/** The columns of an input by the file's metadata. */
export function inputColumns(
  inputs: ReadonlyMap<string, ModelInput> | undefined,
  name: string,
): readonly string[] | undefined {
  return columnNames(inputs?.get(name)?.features).columns
}
