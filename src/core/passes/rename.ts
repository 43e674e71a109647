import { type Attributes, type Graph, isGraph, type Node } from '../ir/graph.ts'

/** The node reading other values, in its bodies too. Names that are not in the map stay. */
export function renameReads(node: Node, names: ReadonlyMap<string, string>): Node {
  const touched = node.inputs.some((value) => names.has(value)) || Object.values(node.attributes).some(isGraph)
  if (!touched || names.size === 0) return node
  return {
    ...node,
    inputs: node.inputs.map((value) => names.get(value) ?? value),
    attributes: renameInBodies(node.attributes, names),
  }
}

function renameInBodies(attributes: Attributes, names: ReadonlyMap<string, string>): Attributes {
  if (!Object.values(attributes).some(isGraph)) return attributes
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [name, isGraph(value) ? renameBody(value, names) : value]),
  )
}

/** A body whose reads of the outer graph are renamed; what it defines itself hides outer names. */
function renameBody(body: Graph, names: ReadonlyMap<string, string>): Graph {
  const own = new Set([...body.inputs, ...body.constants.keys(), ...body.nodes.flatMap((n) => n.outputs)])
  const visible = new Map([...names].filter(([from]) => !own.has(from)))
  return {
    ...body,
    nodes: body.nodes.map((node) => renameReads(node, visible)),
    outputs: body.outputs.map((value) => visible.get(value) ?? value),
  }
}

/** The node writing other values. */
export function renameWrites(node: Node, names: ReadonlyMap<string, string>): Node {
  return { ...node, outputs: node.outputs.map((value) => names.get(value) ?? value) }
}
