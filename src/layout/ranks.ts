import { type Adjacency, degree } from './adjacency.ts'

/**
 * The rank of each vertex of an acyclic graph: every edge leads from a smaller to a larger rank. Vertices stand as high
 * as they can, except those that only feed one place (constants and what is computed of them): they stand just above it.
 * Upper ports get the first rank for themselves, lower ports the last.
 */
export function ranks(count: number, successors: Adjacency, predecessors: Adjacency, ports: Int8Array): Int32Array {
  const order = topologicalOrder(count, successors, predecessors)
  const rank = new Int32Array(count)
  for (const v of order) {
    let highest = ports[v] === -1 ? 0 : 1
    for (let i = predecessors.offsets[v]!; i < predecessors.offsets[v + 1]!; i++) {
      highest = Math.max(highest, rank[predecessors.items[i]!]! + 1)
    }
    rank[v] = highest
  }
  let last = 0
  for (let v = 0; v < count; v++) if (ports[v] !== 1) last = Math.max(last, rank[v]!)
  for (let v = 0; v < count; v++) if (ports[v] === 1) rank[v] = last + 1
  pullDown(order, rank, successors, predecessors, ports)
  return withoutEmptyRanks(rank)
}

function topologicalOrder(count: number, successors: Adjacency, predecessors: Adjacency): Int32Array {
  const order = new Int32Array(count)
  const missing = new Int32Array(count)
  let end = 0
  for (let v = 0; v < count; v++) {
    missing[v] = degree(predecessors, v)
    if (missing[v] === 0) order[end++] = v
  }
  for (let at = 0; at < end; at++) {
    const v = order[at]!
    for (let i = successors.offsets[v]!; i < successors.offsets[v + 1]!; i++) {
      const target = successors.items[i]!
      if (--missing[target]! === 0) order[end++] = target
    }
  }
  return order
}

function pullDown(
  order: Int32Array,
  rank: Int32Array,
  successors: Adjacency,
  predecessors: Adjacency,
  ports: Int8Array,
) {
  const isLoose = new Uint8Array(order.length)
  for (const v of order) {
    let loose = ports[v] === 0
    for (let i = predecessors.offsets[v]!; loose && i < predecessors.offsets[v + 1]!; i++) {
      const source = predecessors.items[i]!
      loose = isLoose[source] === 1 && degree(successors, source) === 1
    }
    if (loose) isLoose[v] = 1
  }
  for (let at = order.length - 1; at >= 0; at--) {
    const v = order[at]!
    if (!isLoose[v] || degree(successors, v) === 0) continue
    let lowest = Number.POSITIVE_INFINITY
    for (let i = successors.offsets[v]!; i < successors.offsets[v + 1]!; i++) {
      lowest = Math.min(lowest, rank[successors.items[i]!]! - 1)
    }
    rank[v] = lowest
  }
}

function withoutEmptyRanks(rank: Int32Array): Int32Array {
  let last = 0
  for (const r of rank) last = Math.max(last, r)
  const isUsed = new Uint8Array(last + 1)
  for (const r of rank) isUsed[r] = 1
  const renumbered = new Int32Array(last + 1)
  let next = 0
  for (let r = 0; r <= last; r++) if (isUsed[r]) renumbered[r] = next++
  return rank.map((r) => renumbered[r]!)
}
