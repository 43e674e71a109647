import { type Graph, isGraph, type Node } from '../../core/ir/graph.ts'

/** Names that a body reads from the graphs around it. */
export function freeValues(graph: Graph): Set<string> {
  const own = new Set([...graph.inputs, ...graph.constants.keys()])
  const free = new Set<string>()
  const read = (value: string) => {
    if (value !== '' && !own.has(value)) free.add(value)
  }
  for (const node of graph.nodes) {
    for (const value of reads(node)) read(value)
    for (const value of node.outputs) own.add(value)
  }
  for (const value of graph.outputs) read(value)
  return free
}

/** All values that a node reads, those that its bodies read from outside included. */
export function reads(node: Node): string[] {
  const values = node.inputs.filter((value) => value !== '')
  for (const attribute of Object.values(node.attributes)) if (isGraph(attribute)) values.push(...freeValues(attribute))
  return values
}
