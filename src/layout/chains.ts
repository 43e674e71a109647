/** Bends that a graph may have altogether. */
const BUDGET = 2000
const BUDGET_PER_VERTEX = 3

/**
 * A graph whose edges all lead from one rank to the next: an edge over several ranks follows a chain of bends, which
 * it shares with its bundle. What costs time in a layered layout are bends, so that there is a budget for them, spent on
 * the shortest edges first; edges left out at the end have no way.
 */
export interface Chained {
  /** Vertices, then bends. */
  readonly count: number
  readonly rank: Int32Array
  readonly from: Int32Array
  readonly to: Int32Array
  /** By bundle: the first of its bends, the others follow; and how many there are. */
  readonly firstBend: Int32Array
  readonly bends: Int32Array
  /** By original edge: how many bends of its bundle it passes; −1 where it has no way. */
  readonly passed: Int32Array
}

export function chain(rank: Int32Array, from: Int32Array, to: Int32Array, bundle: Int32Array): Chained {
  const count = rank.length
  const spans = from.map((v, edge) => rank[to[edge]!]! - rank[v]!)
  const bundles = bundle.reduce((most, id) => Math.max(most, id + 1), 0)
  const length = routedLengths(bundles, bundle, spans, count)

  const start = new Int32Array(bundles)
  for (let edge = 0; edge < from.length; edge++) start[bundle[edge]!] = from[edge]!
  const bends = length.map((ranks) => Math.max(0, ranks - 1))
  const firstBend = new Int32Array(bundles)
  let next = count
  for (let b = 0; b < bundles; b++) {
    firstBend[b] = next
    next += bends[b]!
  }
  const passed = spans.map((span, edge) => (span > length[bundle[edge]!]! ? -1 : span - 1))
  const edges = passed.reduce((sum, bendCount) => sum + (bendCount < 0 ? 0 : 1), next - count)
  const chained = {
    count: next,
    rank: new Int32Array(next),
    from: new Int32Array(edges),
    to: new Int32Array(edges),
    firstBend,
    bends,
    passed,
  }
  chained.rank.set(rank)
  let end = 0
  for (let b = 0; b < bundles; b++) {
    for (let i = 0; i < bends[b]!; i++) {
      const bend = firstBend[b]! + i
      chained.rank[bend] = rank[start[b]!]! + i + 1
      chained.from[end] = i === 0 ? start[b]! : bend - 1
      chained.to[end++] = bend
    }
  }
  for (let edge = 0; edge < from.length; edge++) {
    if (passed[edge]! < 0) continue
    chained.from[end] = passed[edge] === 0 ? from[edge]! : firstBend[bundle[edge]!]! + passed[edge]! - 1
    chained.to[end++] = to[edge]!
  }
  return chained
}

/** How many ranks far each bundle is led. */
function routedLengths(bundles: number, bundle: Int32Array, spans: Int32Array, vertices: number): Int32Array {
  const length = new Int32Array(bundles)
  let budget = BUDGET + BUDGET_PER_VERTEX * vertices
  for (const edge of spans.map((_, i) => i).sort((a, b) => spans[a]! - spans[b]!)) {
    const more = spans[edge]! - Math.max(1, length[bundle[edge]!]!)
    if (more > budget) break
    budget -= Math.max(0, more)
    length[bundle[edge]!] = spans[edge]!
  }
  return length
}
