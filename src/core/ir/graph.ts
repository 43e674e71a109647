import type { Tensor } from './tensor.ts'
import type { ValueType } from './types.ts'

/** What an attribute can hold. Structures (a tree ensemble, an expression) are plain objects of these and of typed arrays. */
export type Attribute = unknown

export type Attributes = Readonly<Record<string, Attribute>>

/** One operator. Immutable. */
export interface Node {
  /** Unique in its graph; provenance refers to it. */
  readonly id: string
  /** Dialect-qualified operator: `keras.Dense`, `sklearn.Pipeline`, `onnx.Conv`; in the hub `Conv` (ONNX's own) or `ml.treeEnsemble`. */
  readonly op: string
  /** Names of values; '' where an optional input is left out. */
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes: Attributes
  /** Ids of the source nodes that this node came from; empty in a source dialect. */
  readonly origin: readonly string[]
  /** What the source calls it (a layer's or a step's name), where that differs from the id. */
  readonly label?: string
  /** The id of the node that contains it, in a source dialect with nested structure (a pipeline, a nested model). */
  readonly parent?: string
}

/**
 * A graph of typed operators in one dialect. Values are named; each is a graph input, a constant, or the output of
 * exactly one node. Nodes are in topological order. Immutable: passes return new graphs.
 */
export interface Graph {
  readonly name: string
  /** 'hub', or a source dialect: 'onnx', 'keras', 'sklearn', 'pmml' … */
  readonly dialect: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly nodes: readonly Node[]
  readonly constants: ReadonlyMap<string, Tensor>
  /** Types of values, as far as they are known. */
  readonly types: ReadonlyMap<string, ValueType>
}

/** The node that makes each value. */
export function producers(graph: Graph): Map<string, Node> {
  const map = new Map<string, Node>()
  for (const node of graph.nodes) for (const value of node.outputs) if (value) map.set(value, node)
  return map
}

/** The nodes that read each value, once per node. */
export function consumers(graph: Graph): Map<string, Node[]> {
  const map = new Map<string, Node[]>()
  for (const node of graph.nodes) {
    for (const value of new Set(node.inputs)) {
      if (!value) continue
      const list = map.get(value)
      if (list) list.push(node)
      else map.set(value, [node])
    }
  }
  return map
}

/** Graph-valued attributes of a node (bodies of If, Loop, Scan). */
export function subgraphs(node: Node): Graph[] {
  return Object.values(node.attributes).filter(isGraph)
}

export function isGraph(value: unknown): value is Graph {
  return typeof value === 'object' && value !== null && 'nodes' in value && 'dialect' in value
}
