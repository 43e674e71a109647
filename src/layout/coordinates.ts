import type { Adjacency } from './adjacency.ts'

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
  const candidates = [
    aligned(graph, position, blocked, 'up', 1),
    aligned(graph, position, blocked, 'up', -1),
    aligned(graph, position, blocked, 'down', 1),
    aligned(graph, position, blocked, 'down', -1),
  ]
  return averageOfMedians(candidates, graph.widths)
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
  const around: number[] = []
  for (let step = 1; step < layers.length; step++) {
    const layer = layers[towards === 'up' ? step : layers.length - 1 - step]!
    let last = side === 1 ? -1 : Number.POSITIVE_INFINITY
    for (let i = 0; i < layer.length; i++) {
      const v = layer[side === 1 ? i : layer.length - 1 - i]!
      around.length = 0
      for (let at = neighbours.offsets[v]!; at < neighbours.offsets[v + 1]!; at++) around.push(neighbours.items[at]!)
      if (around.length === 0) continue
      around.sort((a, b) => (position[a]! - position[b]!) * side)
      const middle = (around.length - 1) / 2
      for (let m = Math.floor(middle); m <= Math.ceil(middle); m++) {
        const u = around[m]!
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
  const before: number[] = []
  const after: number[] = []
  const distance: number[] = []
  const missing = new Int32Array(count)
  const incoming: number[][] = Array.from({ length: count }, () => [])
  const outgoing: number[][] = Array.from({ length: count }, () => [])
  for (const layer of layers) {
    for (let i = 1; i < layer.length; i++) {
      const left = layer[side === 1 ? i - 1 : layer.length - i]!
      const right = layer[side === 1 ? i : layer.length - i - 1]!
      const arc = before.length
      before.push(root[left]!)
      after.push(root[right]!)
      distance.push((widths[left]! + widths[right]!) / 2 + space(left, right))
      outgoing[root[left]!]!.push(arc)
      incoming[root[right]!]!.push(arc)
      missing[root[right]!]! += 1
    }
  }
  const order: number[] = []
  for (let v = 0; v < count; v++) if (root[v] === v && missing[v] === 0) order.push(v)
  for (let at = 0; at < order.length; at++) {
    for (const arc of outgoing[order[at]!]!) if (--missing[after[arc]!]! === 0) order.push(after[arc]!)
  }
  const x = new Float64Array(count)
  for (const v of order) for (const arc of incoming[v]!) x[v] = Math.max(x[v]!, x[before[arc]!]! + distance[arc]!)
  for (let at = order.length - 1; at >= 0; at--) {
    const v = order[at]!
    let most = Number.POSITIVE_INFINITY
    for (const arc of outgoing[v]!) most = Math.min(most, x[after[arc]!]! - distance[arc]!)
    if (most !== Number.POSITIVE_INFINITY) x[v] = Math.max(x[v]!, most)
  }
  return x.map((_, v) => x[root[v]!]! * side)
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
