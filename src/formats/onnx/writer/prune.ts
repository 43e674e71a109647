import type { Graph, Node } from '../../../core/ir/graph.ts'
import { reads } from '../graph-values.ts'

/** The graph without nodes and constants that no output depends on. */
export function prune(graph: Graph): Graph {
  const needed = new Set(graph.outputs)
  const nodes: Node[] = []
  for (const node of [...graph.nodes].reverse()) {
    if (!node.outputs.some((value) => needed.has(value))) continue
    nodes.push(node)
    for (const value of reads(node)) needed.add(value)
  }
  return {
    ...graph,
    nodes: nodes.reverse(),
    constants: new Map([...graph.constants].filter(([value]) => needed.has(value))),
  }
}
