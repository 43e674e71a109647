import { type Graph, type Node, subgraphs } from '../../../core/ir/graph.ts'
import { type OperatorName, qualifiedName } from '../ops/operator-name.ts'
import type { FunctionProto } from '../proto/onnx-types.ts'
import { functionName } from './functions.ts'
import { attributeValue } from './source-attributes.ts'
import type { SourceGraphReader } from './source-graph.ts'

/** Nodes of all bodies together that calls show; functions that call each other twice would double them each time. */
const MAX_SHOWN_NODES = 100_000

/** The bodies of a file's functions as graphs to look at: read once, with the defaults of their attributes, for all calls. */
export class FunctionBodies {
  readonly #protos: ReadonlyMap<string, FunctionProto>
  readonly #graphs: SourceGraphReader
  readonly #bodies = new Map<string, { readonly graph: Graph; readonly size: number } | undefined>()
  #shown = 0

  constructor(functions: readonly FunctionProto[], graphs: SourceGraphReader) {
    this.#protos = new Map(functions.map((proto) => [qualifiedName(functionName(proto)), proto]))
    this.#graphs = graphs
  }

  /** The body of a function; undefined for an operator that is none, inside the function itself, and when too much is shown. */
  of(name: OperatorName): Graph | undefined {
    const key = qualifiedName(name)
    const proto = this.#protos.get(key)
    if (!proto) return undefined
    if (!this.#bodies.has(key)) {
      this.#bodies.set(key, undefined)
      const graph = this.#read(proto)
      this.#bodies.set(key, { graph, size: nodeCount(graph.nodes) })
    }
    const body = this.#bodies.get(key)
    if (!body || this.#shown + body.size > MAX_SHOWN_NODES) return undefined
    this.#shown += body.size
    return body.graph
  }

  #read(proto: FunctionProto): Graph {
    const reader = this.#graphs.attributeReader()
    const defaults = new Map(
      proto.attributeProto.map((attribute) => [attribute.name, attributeValue(attribute, reader, new Map())]),
    )
    return {
      name: proto.name,
      dialect: 'onnx',
      inputs: proto.input,
      outputs: proto.output,
      nodes: proto.node.map((node) => this.#graphs.node(node, defaults)),
      constants: new Map(),
      types: new Map(),
    }
  }
}

function nodeCount(nodes: readonly Node[]): number {
  return nodes.reduce((count, node) => count + 1 + subgraphs(node).reduce((n, body) => n + nodeCount(body.nodes), 0), 0)
}
