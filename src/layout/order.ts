import type { Adjacency } from './adjacency.ts'

/** Above this many vertices and bends, fewer sweeps have to do. */
const MANY = 8000
const LONG_LAYER = 24

/**
 * The order of the vertices within each rank, so that few lines cross: barycentre sweeps down and up (Sugiyama,
 * Tagawa, Toda 1981), the best of them kept.
 */
export function orderRanks(rank: Int32Array, up: Adjacency, down: Adjacency): Int32Array[] {
  const layers = initialOrder(rank, up, down)
  const position = new Int32Array(rank.length)
  for (const layer of layers) number(layer, position)
  let best = layers.map((layer) => layer.slice())
  let fewest = crossings(layers, position, down)
  const sweeps = rank.length > MANY ? 4 : 16
  for (let sweep = 0, idle = 0; sweep < sweeps && idle < 4 && fewest > 0; sweep++) {
    if (sweep % 2 === 0) for (let r = 1; r < layers.length; r++) sortByNeighbours(layers[r]!, position, up)
    else for (let r = layers.length - 2; r >= 0; r--) sortByNeighbours(layers[r]!, position, down)
    const found = crossings(layers, position, down)
    if (found < fewest) {
      fewest = found
      best = layers.map((layer) => layer.slice())
      idle = 0
    } else idle++
  }
  return best
}

/** Vertices as a depth-first walk meets them: what hangs together starts together. */
function initialOrder(rank: Int32Array, up: Adjacency, down: Adjacency): Int32Array[] {
  const layers: number[][] = []
  const isSeen = new Uint8Array(rank.length)
  const stack: number[] = []
  const visit = (start: number) => {
    stack.push(start)
    while (stack.length > 0) {
      const v = stack.pop()!
      if (isSeen[v]) continue
      isSeen[v] = 1
      const r = rank[v]!
      while (layers.length <= r) layers.push([])
      layers[r]!.push(v)
      for (let i = up.offsets[v + 1]! - 1; i >= up.offsets[v]!; i--) stack.push(up.items[i]!)
      for (let i = down.offsets[v + 1]! - 1; i >= down.offsets[v]!; i--) stack.push(down.items[i]!)
    }
  }
  for (let v = 0; v < rank.length; v++) if (up.offsets[v] === up.offsets[v + 1]) visit(v)
  for (let v = 0; v < rank.length; v++) visit(v)
  return layers.map((layer) => Int32Array.from(layer))
}

function number(layer: Int32Array, position: Int32Array): void {
  for (let i = 0; i < layer.length; i++) position[layer[i]!] = i
}

function sortByNeighbours(layer: Int32Array, position: Int32Array, neighbours: Adjacency): void {
  if (layer.length < 2) return
  const key = new Float64Array(layer.length)
  for (let i = 0; i < layer.length; i++) {
    const v = layer[i]!
    const start = neighbours.offsets[v]!
    const end = neighbours.offsets[v + 1]!
    let sum = 0
    for (let at = start; at < end; at++) sum += position[neighbours.items[at]!]!
    key[position[v]!] = start === end ? Number.NaN : sum / (end - start)
  }
  // A vertex without neighbours on that side stays with the one before it.
  let last = -1
  for (let i = 0; i < key.length; i++) {
    if (Number.isNaN(key[i]!)) key[i] = last
    else last = key[i]!
  }
  sortBy(layer, key)
  number(layer, position)
}

/** Sorts a layer by keys, equal ones staying as they are; most layers are short, and in order already. */
function sortBy(layer: Int32Array, key: Float64Array): void {
  if (layer.length > LONG_LAYER) {
    const before = layer.slice()
    const order = layer.map((_, i) => i).sort((a, b) => key[a]! - key[b]! || a - b)
    for (let i = 0; i < order.length; i++) layer[i] = before[order[i]!]!
    return
  }
  for (let i = 1; i < layer.length; i++) {
    const vertex = layer[i]!
    const own = key[i]!
    let at = i
    for (; at > 0 && key[at - 1]! > own; at--) {
      key[at] = key[at - 1]!
      layer[at] = layer[at - 1]!
    }
    key[at] = own
    layer[at] = vertex
  }
}

/** How many pairs of lines cross (Barth, Jünger, Mutzel 2002: an accumulator tree per pair of ranks). */
export function crossings(layers: readonly Int32Array[], position: Int32Array, down: Adjacency): number {
  let total = 0
  for (let r = 0; r + 1 < layers.length; r++) {
    const below = layers[r + 1]!.length
    const tree = new Int32Array(below + 1)
    let inserted = 0
    for (const v of layers[r]!) {
      const ends: number[] = []
      for (let i = down.offsets[v]!; i < down.offsets[v + 1]!; i++) ends.push(position[down.items[i]!]!)
      for (const end of ends) {
        let notRight = 0
        for (let i = end + 1; i > 0; i -= i & -i) notRight += tree[i]!
        total += inserted - notRight
      }
      for (const end of ends) for (let i = end + 1; i <= below; i += i & -i) tree[i]! += 1
      inserted += ends.length
    }
  }
  return total
}
