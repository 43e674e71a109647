import { type Adjacency, degree, groupBy } from './adjacency.ts'

/** A graph whose edges lead from one rank to the next, its ranks ordered. */
export interface OrderedGraph {
  readonly layers: readonly Int32Array[]
  readonly rank: Int32Array
  readonly up: Adjacency
  readonly down: Adjacency
  readonly widths: Float32Array
  /** 1 for the bends of chains, which are to be straight. */
  readonly isBend: Uint8Array
  /** Empty space that is to be left between two neighbours. */
  space(left: number, right: number): number
}

/**
 * Horizontal centres of the vertices, as straight as the order of the ranks allows (Brandes, Köpf 2001: four
 * alignments, their medians averaged; placed as blocks in two passes, after dagre's `position/bk`).
 */
export function horizontalCentres(graph: OrderedGraph): Float64Array {
  const count = graph.rank.length
  const position = new Int32Array(count)
  for (const layer of graph.layers) for (let i = 0; i < layer.length; i++) position[layer[i]!] = i
  const blocked = blockedEdges(graph, position)
  const sorted = { ...graph, up: inOrder(graph.up, position), down: inOrder(graph.down, position) }
  const candidates = [
    aligned(sorted, position, blocked, 'up', 1),
    aligned(sorted, position, blocked, 'up', -1),
    aligned(sorted, position, blocked, 'down', 1),
    aligned(sorted, position, blocked, 'down', -1),
  ]
  return averageOfMedians(candidates, graph.widths)
}

/** Neighbours from left to right. */
function inOrder({ offsets, items }: Adjacency, position: Int32Array): Adjacency {
  const sorted = items.slice()
  for (let v = 0; v + 1 < offsets.length; v++) {
    if (offsets[v + 1]! - offsets[v]! < 2) continue
    sorted.subarray(offsets[v], offsets[v + 1]).sort((a, b) => position[a]! - position[b]!)
  }
  return { offsets, items: sorted }
}

/** Lines that cross a straight run of bends: they give way to it. Keyed upper * count + lower. */
function blockedEdges({ layers, up, isBend, rank }: OrderedGraph, position: Int32Array): ReadonlySet<number> {
  const blocked = new Set<number>()
  for (let r = 1; r < layers.length; r++) {
    const layer = layers[r]!
    let left = 0
    let scanned = 0
    for (let i = 0; i < layer.length; i++) {
      const inner = innerSource(layer[i]!, up, isBend)
      if (inner < 0 && i < layer.length - 1) continue
      const right = inner < 0 ? layers[r - 1]!.length : position[inner]!
      for (; scanned <= i; scanned++) {
        const v = layer[scanned]!
        for (let at = up.offsets[v]!; at < up.offsets[v + 1]!; at++) {
          const source = up.items[at]!
          const isOutside = position[source]! < left || position[source]! > right
          if (isOutside && !(isBend[source] && isBend[v])) blocked.add(source * rank.length + v)
        }
      }
      left = right
    }
  }
  return blocked
}

function innerSource(v: number, up: Adjacency, isBend: Uint8Array): number {
  if (!isBend[v]) return -1
  const source = up.items[up.offsets[v]!]!
  return isBend[source] ? source : -1
}

/** One of the four extreme placements: aligned with the ranks above or below, pushed to the left (1) or right (−1). */
function aligned(
  graph: OrderedGraph,
  position: Int32Array,
  blocked: ReadonlySet<number>,
  towards: 'up' | 'down',
  side: 1 | -1,
): Float64Array {
  const root = blocks(graph, position, blocked, towards, side)
  return compact(graph, root, side)
}

function blocks(
  { layers, rank, up, down }: OrderedGraph,
  position: Int32Array,
  blocked: ReadonlySet<number>,
  towards: 'up' | 'down',
  side: 1 | -1,
): Int32Array {
  const count = rank.length
  const neighbours = towards === 'up' ? up : down
  const root = Int32Array.from({ length: count }, (_, v) => v)
  const isTaken = new Uint8Array(count)
  for (let step = 1; step < layers.length; step++) {
    const layer = layers[towards === 'up' ? step : layers.length - 1 - step]!
    let last = side === 1 ? -1 : Number.POSITIVE_INFINITY
    for (let i = 0; i < layer.length; i++) {
      const v = layer[side === 1 ? i : layer.length - 1 - i]!
      const start = neighbours.offsets[v]!
      const around = neighbours.offsets[v + 1]! - start
      const medians = around === 0 ? 0 : around % 2 === 0 ? 2 : 1
      for (let m = 0; m < medians; m++) {
        const middle = (around - 1) / 2
        const u = neighbours.items[start + ((m === 0) === (side === 1) ? Math.floor(middle) : Math.ceil(middle))]!
        const key = towards === 'up' ? u * count + v : v * count + u
        const isFree = side === 1 ? position[u]! > last : position[u]! < last
        if (root[v] !== v || isTaken[u] || !isFree || blocked.has(key)) continue
        root[v] = root[u]!
        isTaken[u] = 1
        last = position[u]!
      }
    }
  }
  return root
}

/** Places whole blocks as far to the side as they go, then closes the gaps that this leaves. */
function compact({ layers, widths, space }: OrderedGraph, root: Int32Array, side: 1 | -1): Float64Array {
  const count = root.length
  const arcs = layers.reduce((sum, layer) => sum + layer.length - 1, 0)
  const before = new Int32Array(arcs)
  const after = new Int32Array(arcs)
  const distance = new Float64Array(arcs)
  let end = 0
  for (const layer of layers) {
    for (let i = 1; i < layer.length; i++) {
      const left = layer[side === 1 ? i - 1 : layer.length - i]!
      const right = layer[side === 1 ? i : layer.length - i - 1]!
      before[end] = root[left]!
      after[end] = root[right]!
      distance[end++] = (widths[left]! + widths[right]!) / 2 + space(left, right)
    }
  }
  const indices = before.map((_, arc) => arc)
  const outgoing = groupBy(count, before, indices)
  const incoming = groupBy(count, after, indices)
  const order = blockOrder(root, after, outgoing, incoming)
  const x = new Float64Array(count)
  for (const v of order) {
    let least = 0
    for (let i = incoming.offsets[v]!; i < incoming.offsets[v + 1]!; i++) {
      const arc = incoming.items[i]!
      least = Math.max(least, x[before[arc]!]! + distance[arc]!)
    }
    x[v] = least
  }
  for (let at = order.length - 1; at >= 0; at--) {
    const v = order[at]!
    let most = Number.POSITIVE_INFINITY
    for (let i = outgoing.offsets[v]!; i < outgoing.offsets[v + 1]!; i++) {
      const arc = outgoing.items[i]!
      most = Math.min(most, x[after[arc]!]! - distance[arc]!)
    }
    if (most !== Number.POSITIVE_INFINITY) x[v] = Math.max(x[v]!, most)
  }
  for (let v = 0; v < count; v++) if (root[v] !== v) x[v] = x[root[v]!]!
  return side === 1 ? x : x.map((value) => -value)
}

/** The blocks from one side to the other. */
function blockOrder(root: Int32Array, after: Int32Array, outgoing: Adjacency, incoming: Adjacency): Int32Array {
  const order = new Int32Array(root.length)
  const missing = new Int32Array(root.length)
  let end = 0
  for (let v = 0; v < root.length; v++) {
    missing[v] = degree(incoming, v)
    if (root[v] === v && missing[v] === 0) order[end++] = v
  }
  for (let at = 0; at < end; at++) {
    const v = order[at]!
    for (let i = outgoing.offsets[v]!; i < outgoing.offsets[v + 1]!; i++) {
      const next = after[outgoing.items[i]!]!
      if (--missing[next]! === 0) order[end++] = next
    }
  }
  return order.subarray(0, end)
}

function averageOfMedians(candidates: readonly Float64Array[], widths: Float32Array): Float64Array {
  const extents = candidates.map((x) => {
    let low = Number.POSITIVE_INFINITY
    let high = Number.NEGATIVE_INFINITY
    for (let v = 0; v < x.length; v++) {
      low = Math.min(low, x[v]! - widths[v]! / 2)
      high = Math.max(high, x[v]! + widths[v]! / 2)
    }
    return { low, high }
  })
  const narrowest = extents.reduce((a, b) => (b.high - b.low < a.high - a.low ? b : a))
  // The left-pushed placements (even) share the narrowest one's left border, the others its right border.
  const shifts = extents.map(({ low, high }, i) => (i % 2 === 0 ? narrowest.low - low : narrowest.high - high))
  const four = new Float64Array(4)
  return candidates[0]!.map((_, v) => {
    for (let i = 0; i < 4; i++) four[i] = candidates[i]![v]! + shifts[i]!
    four.sort()
    return (four[1]! + four[2]!) / 2
  })
}
