import type { GraphView } from '../../worker/graph-view.ts'

/** Which nodes of a converted graph came from which nodes of its source, in both directions. */
export interface Provenance {
  /**
   * The target nodes that source nodes became: with a container, all that its content became; of a node that went
   * into a whole (a tree of a forest), what the whole became.
   */
  targetsOf(sources: readonly string[]): readonly string[]
  /** The source nodes that target nodes came from, in the source's order; none for what the writer added. */
  sourcesOf(targets: readonly string[]): readonly string[]
}

export function provenance(source: GraphView, target: GraphView): Provenance {
  const parents = new Map(source.nodes.map(({ id, parent }) => [id, parent]))
  const became = new Map<string, Set<string>>()
  const covered = new Map<string, Set<string>>()
  for (const { id, origin } of target.nodes) {
    for (const from of origin) {
      put(became, from, id)
      for (const holder of withHolders(from, parents)) put(covered, holder, id)
    }
  }
  const targetsOfOne = (id: string): ReadonlySet<string> => {
    for (const holder of withHolders(id, parents)) {
      const found = holder === id ? covered.get(holder) : became.get(holder)
      if (found) return found
    }
    return new Set()
  }
  const origins = new Map(target.nodes.map(({ id, origin }) => [id, origin]))
  return {
    targetsOf: (sources) => inOrder(target, new Set(sources.flatMap((id) => [...targetsOfOne(id)]))),
    sourcesOf: (targets) => inOrder(source, new Set(targets.flatMap((id) => origins.get(id) ?? []))),
  }
}

/** A node and the containers around it, from the inside out. */
function withHolders(id: string, parents: ReadonlyMap<string, string | undefined>): string[] {
  const found: string[] = []
  for (let at: string | undefined = id; at !== undefined && !found.includes(at); at = parents.get(at)) found.push(at)
  return found
}

function put(map: Map<string, Set<string>>, key: string, value: string): void {
  const set = map.get(key)
  if (set) set.add(value)
  else map.set(key, new Set([value]))
}

const inOrder = (graph: GraphView, ids: ReadonlySet<string>) =>
  graph.nodes.filter(({ id }) => ids.has(id)).map(({ id }) => id)
