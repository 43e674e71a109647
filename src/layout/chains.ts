import { groupBy } from './adjacency.ts'

/** Edges up to this many ranks long are always routed. */
const SHORT = 12

/**
 * A graph whose edges all lead from one rank to the next: an edge over several ranks becomes a chain of bends, and
 * edges of one vertex share a chain, since they carry the same thing. What costs time in a layered layout are bends,
 * so that there is a budget for them, spent on the shortest edges first; edges left out at the end have no way.
 */
export interface Chained {
  /** Vertices, then bends. */
  readonly count: number
  readonly rank: Int32Array
  readonly from: Int32Array
  readonly to: Int32Array
  /** The bends of an original edge, from top to bottom; undefined where it has no way. */
  bendsOf(edge: number): readonly number[] | undefined
}

export function chain(rank: Int32Array, from: Int32Array, to: Int32Array): Chained {
  const count = rank.length
  const span = (edge: number) => rank[to[edge]!]! - rank[from[edge]!]!
  const indices = Array.from(from, (_, edge) => edge)
  const length = routedLengths(count, from, indices, span)

  const firstBend = new Int32Array(count)
  const bendRanks: number[] = []
  const chainedFrom: number[] = []
  const chainedTo: number[] = []
  for (let v = 0; v < count; v++) {
    firstBend[v] = count + bendRanks.length
    for (let step = 1; step < length[v]!; step++) {
      const bend = count + bendRanks.length
      chainedFrom.push(step === 1 ? v : bend - 1)
      chainedTo.push(bend)
      bendRanks.push(rank[v]! + step)
    }
  }
  for (const edge of indices) {
    const v = from[edge]!
    if (span(edge) > length[v]!) continue
    chainedFrom.push(span(edge) === 1 ? v : firstBend[v]! + span(edge) - 2)
    chainedTo.push(to[edge]!)
  }
  return {
    count: count + bendRanks.length,
    rank: Int32Array.from([...rank, ...bendRanks]),
    from: Int32Array.from(chainedFrom),
    to: Int32Array.from(chainedTo),
    bendsOf(edge) {
      const v = from[edge]!
      if (span(edge) > length[v]!) return undefined
      return Array.from({ length: span(edge) - 1 }, (_, i) => firstBend[v]! + i)
    },
  }
}

/** How many ranks far each vertex's edges are led. */
function routedLengths(count: number, from: Int32Array, edges: readonly number[], span: (edge: number) => number) {
  const outgoing = groupBy(count, from, edges)
  const length = new Int32Array(count)
  const wishes: { v: number; span: number }[] = []
  let budget = 2000 + 3 * count
  for (let v = 0; v < count; v++) {
    for (let i = outgoing.offsets[v]!; i < outgoing.offsets[v + 1]!; i++) {
      const wanted = span(outgoing.items[i]!)
      if (wanted <= SHORT) length[v] = Math.max(length[v]!, wanted)
      else wishes.push({ v, span: wanted })
    }
    budget -= length[v]!
  }
  wishes.sort((a, b) => a.span - b.span)
  for (const wish of wishes) {
    const more = wish.span - length[wish.v]!
    if (more > budget) continue
    budget -= more
    length[wish.v] = wish.span
  }
  return length
}
