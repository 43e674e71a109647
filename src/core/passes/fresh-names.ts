import type { Graph } from '../ir/graph.ts'

/** Makes names that no value and no node of the graph has, nor any that was made before. */
export function freshNames(graph: Graph): (hint: string) => string {
  const taken = new Set([
    ...graph.inputs,
    ...graph.constants.keys(),
    ...graph.types.keys(),
    ...graph.nodes.flatMap((node) => [node.id, ...node.outputs]),
  ])
  return (hint) => {
    let name = hint
    for (let n = 1; taken.has(name); n++) name = `${hint}_${n}`
    taken.add(name)
    return name
  }
}
