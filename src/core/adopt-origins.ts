import { consumers, type Graph, type Node } from './ir/graph.ts'

/**
 * Completes the provenance of a written graph: a hub node that left no node of its own behind, because the writer merged
 * it into what reads its result (an encoding into a model's predictors), is told among the origins of its heirs.
 */
export function adoptOrigins(hub: Graph, target: Graph): Graph {
  const told = new Set(target.nodes.flatMap(({ origin }) => origin))
  const readers = consumers(hub)
  const heirs = new Map<string, ReadonlySet<string>>()
  const adopted = new Map<string, Set<string>>()
  for (const node of hub.nodes.toReversed()) {
    const found = new Set(node.origin.filter((id) => told.has(id)))
    if (found.size === 0) for (const id of heirsOf(node, readers, heirs)) found.add(id)
    heirs.set(node.id, found)
    for (const id of node.origin) {
      if (told.has(id)) continue
      for (const heir of found) put(adopted, heir, id)
    }
  }
  if (adopted.size === 0) return target
  return { ...target, nodes: target.nodes.map((node) => withAdopted(node, adopted)) }
}

/** The told source nodes that stand behind what reads a node's results. */
function heirsOf(
  { outputs }: Node,
  readers: ReadonlyMap<string, readonly Node[]>,
  heirs: ReadonlyMap<string, ReadonlySet<string>>,
): string[] {
  return outputs.flatMap((value) => readers.get(value) ?? []).flatMap(({ id }) => [...(heirs.get(id) ?? [])])
}

function withAdopted(node: Node, adopted: ReadonlyMap<string, ReadonlySet<string>>): Node {
  const more = node.origin.flatMap((id) => [...(adopted.get(id) ?? [])])
  return more.length === 0 ? node : { ...node, origin: [...new Set([...node.origin, ...more])] }
}

function put(map: Map<string, Set<string>>, key: string, value: string): void {
  const set = map.get(key)
  if (set) set.add(value)
  else map.set(key, new Set([value]))
}
