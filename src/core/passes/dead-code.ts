import { readBy } from '../ir/captures.ts'
import type { Graph, Node } from '../ir/graph.ts'

/** Drops nodes whose outputs nobody reads, and constants and types that nothing refers to. Graph inputs stay. */
export function eliminateDeadCode(graph: Graph): Graph {
  const live = new Set(graph.outputs)
  const kept: Node[] = []
  for (const node of graph.nodes.toReversed()) {
    if (!node.outputs.some((value) => live.has(value))) continue
    kept.push(node)
    for (const value of readBy(node)) live.add(value)
  }
  const written = new Set(kept.flatMap((node) => node.outputs))
  const known = (value: string) => live.has(value) || written.has(value) || graph.inputs.includes(value)
  return {
    ...graph,
    nodes: kept.reverse(),
    constants: new Map([...graph.constants].filter(([value]) => live.has(value))),
    types: new Map([...graph.types].filter(([value]) => known(value))),
  }
}
