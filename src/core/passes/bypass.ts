import { type Graph, type Node, producers } from '../ir/graph.ts'
import { renameReads, renameWrites } from './rename.ts'

/**
 * Removes nodes that only hand a value on: readers of `to` read `from` instead. A graph output keeps its name: the node
 * that makes `from` then writes under the output's name; where that can not be (an input or a constant handed straight
 * to an output, or one value to two outputs), the node stays.
 *
 * `handsOn` says which value a node's only live output is the same as; undefined when it does something.
 */
export function bypassNodes(graph: Graph, handsOn: (node: Node) => string | undefined): Graph {
  const makers = producers(graph)
  const outputs = new Set(graph.outputs)
  // Readers' new names, and new names of values that take over an output's name.
  const replaced = new Map<string, string>()
  const removed = new Set<Node>()
  const final = (value: string): string => {
    const next = replaced.get(value)
    return next === undefined ? value : final(next)
  }
  for (const node of graph.nodes) {
    const from = handsOn(node)
    const to = node.outputs[0]
    if (from === undefined || to === undefined) continue
    const source = final(from)
    if (!outputs.has(to)) {
      replaced.set(to, source)
    } else if (makers.has(source) && !outputs.has(source)) {
      replaced.set(source, to)
    } else {
      continue
    }
    removed.add(node)
  }
  if (removed.size === 0) return graph
  const names = new Map([...replaced.keys()].map((value) => [value, final(value)]))
  const written = new Map([...names].filter(([value]) => !removed.has(makers.get(value) as Node)))
  return {
    ...graph,
    nodes: graph.nodes
      .filter((node) => !removed.has(node))
      .map((node) => renameWrites(renameReads(node, names), written)),
    types: new Map([...graph.types].map(([value, type]) => [written.get(value) ?? value, type])),
  }
}
