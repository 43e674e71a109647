import type { LayoutInput } from './layout.ts'

/** A node with children, or the whole graph (id −1), and the lines within it. */
export interface Container {
  readonly id: number
  readonly children: readonly number[]
  readonly lines: readonly ContainerLine[]
  /** The nodes outside of it whose lines come in, and the nodes inside of it whose lines go out. */
  readonly upperPorts: readonly number[]
  readonly lowerPorts: readonly number[]
}

/** `from` and `to` are children; −1 for the port of the line's source. */
export interface ContainerLine {
  readonly source: number
  readonly from: number
  readonly to: number
  readonly targets: readonly number[]
}

/** The containers of a graph, inner ones before those that they stand in. */
export function containers({ widths, parents, edges }: LayoutInput): Container[] {
  const count = widths.length
  const drafts = new Map<number, Draft>([[-1, new Draft(-1)]])
  const draftOf = (id: number) => {
    let draft = drafts.get(id)
    if (!draft) {
      draft = new Draft(id)
      drafts.set(id, draft)
    }
    return draft
  }
  const depth = depths(parents)
  for (let v = 0; v < count; v++) draftOf(parents[v]!).children.push(v)
  for (let i = 0; i < edges.length; i += 2) {
    if (edges[i] !== edges[i + 1]) addEdge(edges[i]!, edges[i + 1]!, parents, depth, draftOf, count)
  }
  return [...drafts.values()].sort((a, b) => (depth[b.id] ?? -1) - (depth[a.id] ?? -1)).map((draft) => draft.finish())
}

function depths(parents: Int32Array): Int32Array {
  const depth = new Int32Array(parents.length).fill(-1)
  for (let v = 0; v < parents.length; v++) {
    const chain: number[] = []
    let at = v
    while (at >= 0 && depth[at] === -1) {
      chain.push(at)
      at = parents[at]!
    }
    let next = at < 0 ? 0 : depth[at]! + 1
    for (let i = chain.length - 1; i >= 0; i--) depth[chain[i]!] = next++
  }
  return depth
}

/** Splits an edge into its lines: out of the containers that only its start is in, across, into those of its end. */
function addEdge(
  source: number,
  target: number,
  parents: Int32Array,
  depth: Int32Array,
  draftOf: (id: number) => Draft,
  count: number,
): void {
  const wayIn: number[] = []
  let start = source
  let end = target
  while (parents[start] !== parents[end] && start !== parents[end] && end !== parents[start]) {
    if (depth[start]! >= depth[end]!) {
      draftOf(parents[start]!).add(source, start, -1, target, count)
      start = parents[start]!
    } else {
      wayIn.push(end)
      end = parents[end]!
    }
  }
  if (parents[start] === end) draftOf(end).add(source, start, -1, target, count)
  else if (parents[end] === start) draftOf(start).add(source, -1, end, target, count)
  else draftOf(parents[start]!).add(source, start, end, target, count)
  for (const inner of wayIn.reverse()) draftOf(parents[inner]!).add(source, -1, inner, target, count)
}

class Draft {
  readonly id: number
  readonly children: number[] = []
  readonly #lines = new Map<number, ContainerLine & { targets: number[] }>()

  constructor(id: number) {
    this.id = id
  }

  add(source: number, from: number, to: number, target: number, count: number): void {
    const key = source * (count + 1) + to + 1
    const line = this.#lines.get(key)
    if (!line) this.#lines.set(key, { source, from, to, targets: [target] })
    else if (!line.targets.includes(target)) line.targets.push(target)
  }

  finish(): Container {
    const lines = [...this.#lines.values()]
    return {
      id: this.id,
      children: this.children,
      lines,
      upperPorts: [...new Set(lines.filter(({ from }) => from < 0).map(({ source }) => source))],
      lowerPorts: [...new Set(lines.filter(({ to }) => to < 0).map(({ source }) => source))],
    }
  }
}
