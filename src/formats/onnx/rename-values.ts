import { type Attributes, type Graph, isGraph } from '../../core/ir/graph.ts'

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

/** All names of values in a graph and its bodies. */
function valueNames(graph: Graph, names = new Set<string>()): Set<string> {
  for (const value of [...graph.inputs, ...graph.constants.keys()]) names.add(value)
  for (const node of graph.nodes) {
    for (const value of node.outputs) names.add(value)
    for (const attribute of Object.values(node.attributes)) if (isGraph(attribute)) valueNames(attribute, names)
  }
  return names
}

/** The graph with these names for its outputs, in order; a value inside that has one of them already gives way. */
export function withOutputNames(graph: Graph, names: readonly string[]): Graph {
  const taken = valueNames(graph)
  const renamed = new Map<string, string>()
  for (const [i, name] of names.entries()) {
    const value = graph.outputs[i]
    if (value === undefined || value === name) continue
    if (taken.has(name) && !graph.outputs.includes(name)) {
      let other = `${name}_inner`
      for (let n = 1; taken.has(other); n++) other = `${name}_inner_${n}`
      taken.add(other)
      renamed.set(name, other)
    }
    renamed.set(value, name)
  }
  return renameValues(graph, renamed)
}
