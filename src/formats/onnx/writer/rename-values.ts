import { type Attributes, type Graph, isGraph } from '../../../core/ir/graph.ts'

/** The graph with other names for some values, bodies included. */
export function renameValues(graph: Graph, names: ReadonlyMap<string, string>): Graph {
  if (names.size === 0) return graph
  const name = (value: string) => names.get(value) ?? value
  return {
    ...graph,
    inputs: graph.inputs.map(name),
    outputs: graph.outputs.map(name),
    nodes: graph.nodes.map((node) => ({
      ...node,
      inputs: node.inputs.map(name),
      outputs: node.outputs.map(name),
      attributes: renameInBodies(node.attributes, names),
    })),
    constants: new Map([...graph.constants].map(([value, tensor]) => [name(value), tensor])),
    types: new Map([...graph.types].map(([value, type]) => [name(value), type])),
  }
}

function renameInBodies(attributes: Attributes, names: ReadonlyMap<string, string>): Attributes {
  if (!Object.values(attributes).some(isGraph)) return attributes
  return Object.fromEntries(
    Object.entries(attributes).map(([key, value]) => [key, isGraph(value) ? renameValues(value, names) : value]),
  )
}
