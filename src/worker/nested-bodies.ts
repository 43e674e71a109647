import { type Graph, isGraph, type Node } from '../core/ir/graph.ts'
import type { Tensor } from '../core/ir/tensor.ts'
import type { ValueType } from '../core/ir/types.ts'

/** A graph whose nodes hold the bodies that they had as attributes, as a nested model holds its layers. */
export interface NestedGraph {
  readonly graph: Graph
  /** By node: the values of its body that it gives back. */
  readonly results: ReadonlyMap<string, readonly string[]>
}

/** Nodes beyond which further bodies stay closed for good: they are named in the attributes only. */
const MAX_NODES = 50_000

/**
 * Spreads out the bodies of If, Loop, Scan and of calls of functions. Ids and values of a body are prefixed with the
 * node that holds it; what a body takes by position is named as it is outside.
 */
export function nestBodies(graph: Graph): NestedGraph {
  if (!graph.nodes.some((node) => bodiesOf(node).length > 0)) return { graph, results: new Map() }
  const nest = new Nest(graph)
  nest.addAll(graph.nodes, { prefix: '', names: new Map() })
  const { nodes, constants, types, results } = nest
  return { graph: { ...graph, nodes, constants, types }, results }
}

/** Where a body stands, and what its values are called there. */
interface Scope {
  readonly parent?: string
  /** In front of the ids of its nodes. */
  readonly prefix: string
  readonly names: ReadonlyMap<string, string>
}

class Nest {
  readonly nodes: Node[] = []
  readonly constants: Map<string, Tensor>
  readonly types: Map<string, ValueType>
  readonly results = new Map<string, readonly string[]>()
  #left: number

  constructor(graph: Graph) {
    this.constants = new Map(graph.constants)
    this.types = new Map(graph.types)
    this.#left = MAX_NODES - graph.nodes.length
  }

  addAll(nodes: readonly Node[], { parent, prefix, names }: Scope): void {
    const named = (value: string) => names.get(value) ?? value
    for (const node of nodes) {
      const id = prefix + node.id
      const holder = parent ?? node.parent
      const placed = {
        ...node,
        id,
        inputs: node.inputs.map(named),
        outputs: node.outputs.map(named),
        label: node.label ?? node.id,
        ...(holder === undefined ? {} : { parent: holder }),
      }
      this.nodes.push(placed)
      this.#addBodies(placed, names)
    }
  }

  #addBodies(node: Node, names: ReadonlyMap<string, string>): void {
    const bodies = bodiesOf(node)
    const size = bodies.reduce((sum, [, body]) => sum + body.nodes.length, 0)
    if (size === 0 || size > this.#left) return
    this.#left -= size
    const results = bodies.map(([name, body]) => {
      if (bodies.length === 1) return this.#addBody(node, body, node.id, names)
      const branch = `${node.id}/${name}`
      const given = this.#addBody(node, body, branch, names)
      const outputs = given.map((_, i) => `${branch}:out[${i}]`)
      this.results.set(branch, given)
      const op = `${body.dialect}.${name}`
      this.nodes.push({ id: branch, op, label: name, inputs: [], outputs, attributes: {}, origin: [], parent: node.id })
      return outputs
    })
    this.results.set(node.id, results.flat())
  }

  /** Adds what a body consists of, and tells what its outputs are called. */
  #addBody(node: Node, body: Graph, parent: string, outer: ReadonlyMap<string, string>): string[] {
    const names = new Map(outer)
    body.inputs.forEach((value, i) => {
      names.set(value, node.inputs[i] || `${parent}:${value}`)
    })
    const own = [...body.constants.keys(), ...body.nodes.flatMap(({ outputs }) => outputs)]
    for (const value of own) if (value) names.set(value, `${parent}:${value}`)
    for (const [value, tensor] of body.constants) this.constants.set(names.get(value) ?? value, tensor)
    for (const [value, type] of body.types) {
      const name = names.get(value) ?? value
      if (!this.types.has(name)) this.types.set(name, type)
    }
    this.addAll(body.nodes, { parent, prefix: `${parent}/`, names })
    return body.outputs.map((value) => names.get(value) ?? value)
  }
}

function bodiesOf({ attributes }: Node): [string, Graph][] {
  return Object.entries(attributes).filter((entry): entry is [string, Graph] => isGraph(entry[1]))
}
