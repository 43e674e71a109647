import { backEdges } from './acyclic.ts'
import { groupBy } from './adjacency.ts'
import { chain } from './chains.ts'
import { components, packRows } from './components.ts'
import { horizontalCentres, type OrderedGraph } from './coordinates.ts'
import { GAP, type Level, type PlacedLevel } from './level.ts'
import { orderRanks } from './order.ts'
import { ranks } from './ranks.ts'

/** Arranges a flat graph in ranks from top to bottom; parts that do not hang together are set in rows. */
export function layered(level: Level): PlacedLevel {
  const { of, count } = components(level.count, level.from, level.to)
  if (count <= 1) return level.count === 0 ? empty : connected(level)
  const members = groupBy(
    count,
    of,
    of.map((_, v) => v),
  )
  const edgesOf = groupBy(
    count,
    level.from.map((v) => of[v]!),
    level.from.map((_, edge) => edge),
  )
  const parts = Array.from({ length: count }, (_, part) => {
    const vertices = members.items.subarray(members.offsets[part], members.offsets[part + 1])
    const edges = edgesOf.items.subarray(edgesOf.offsets[part], edgesOf.offsets[part + 1])
    return { vertices, edges, placed: connected(sublevel(level, vertices, edges)) }
  })
  const packed = packRows(parts.map((part) => part.placed))
  const x = new Float64Array(level.count)
  const y = new Float64Array(level.count)
  const routes: (readonly number[] | undefined)[] = new Array(level.from.length)
  for (const [part, { vertices, edges, placed }] of parts.entries()) {
    const corner = packed.corners[part]!
    for (let i = 0; i < vertices.length; i++) {
      x[vertices[i]!] = placed.x[i]! + corner.x
      y[vertices[i]!] = placed.y[i]! + corner.y
    }
    for (let i = 0; i < edges.length; i++) {
      routes[edges[i]!] = placed.routes[i]?.map((value, at) => value + (at % 2 === 0 ? corner.x : corner.y))
    }
  }
  return { width: packed.width, height: packed.height, x, y, routes }
}

const empty: PlacedLevel = { width: 0, height: 0, x: new Float64Array(), y: new Float64Array(), routes: [] }

function sublevel(level: Level, vertices: Int32Array, edges: Int32Array): Level {
  const index = new Map<number, number>()
  for (let i = 0; i < vertices.length; i++) index.set(vertices[i]!, i)
  return {
    count: vertices.length,
    widths: Float32Array.from(vertices, (v) => level.widths[v]!),
    heights: Float32Array.from(vertices, (v) => level.heights[v]!),
    ports: Int8Array.from(vertices, (v) => level.ports[v]!),
    from: edges.map((edge) => index.get(level.from[edge]!)!),
    to: edges.map((edge) => index.get(level.to[edge]!)!),
    fromShift: Float32Array.from(edges, (edge) => level.fromShift[edge]!),
    toShift: Float32Array.from(edges, (edge) => level.toShift[edge]!),
  }
}

function connected(level: Level): PlacedLevel {
  const isBack = backEdges(level.count, level.from, level.to)
  const from = level.from.map((v, edge) => (isBack[edge] ? level.to[edge]! : v))
  const to = level.to.map((v, edge) => (isBack[edge] ? level.from[edge]! : v))
  const rank = ranks(level.count, groupBy(level.count, from, to), groupBy(level.count, to, from), level.ports)
  const chained = chain(rank, from, to)
  const graph = orderedGraph(level, chained)
  const x = horizontalCentres(graph)
  const left = leftmost(x, graph.widths)
  for (let v = 0; v < x.length; v++) x[v]! -= left
  const bands = rankBands(graph, level.heights, x)

  const routes = Array.from(from, (source, edge) => {
    const target = to[edge]!
    const [leave, reach] = isBack[edge] ? [level.toShift, level.fromShift] : [level.fromShift, level.toShift]
    const startX = x[source]! + leave[edge]!
    const endX = x[target]! + reach[edge]!
    const startY = bands.centre[rank[source]!]! + level.heights[source]! / 2
    const endY = bands.centre[rank[target]!]! - level.heights[target]! / 2
    const bends = chained.bendsOf(edge)
    if (!bends) return undefined
    const points = [startX, startY, startX, bands.bottom[rank[source]!]!]
    for (const bend of bends) {
      points.push(x[bend]!, bands.top[chained.rank[bend]!]!, x[bend]!, bands.bottom[chained.rank[bend]!]!)
    }
    points.push(endX, bands.top[rank[target]!]!, endX, endY)
    return straightened(points)
  })
  return {
    width: rightmost(x, graph.widths),
    height: bands.bottom[bands.bottom.length - 1]!,
    x: x.slice(0, level.count),
    y: Float64Array.from(rank, (r) => bands.centre[r]!),
    routes,
  }
}

function orderedGraph(level: Level, { count, rank, from, to }: ReturnType<typeof chain>): OrderedGraph {
  const down = groupBy(count, from, to)
  const up = groupBy(count, to, from)
  const isThin = new Uint8Array(count)
  for (let v = 0; v < count; v++) isThin[v] = v >= level.count || level.ports[v] !== 0 ? 1 : 0
  const widths = new Float32Array(count)
  widths.set(level.widths)
  return {
    layers: orderRanks(rank, up, down),
    rank,
    up,
    down,
    widths,
    isBend: Uint8Array.from({ length: count }, (_, v) => (v >= level.count ? 1 : 0)),
    space: (a, b) => (isThin[a] && isThin[b] ? GAP.lines : GAP.nodes),
  }
}

const leftmost = (x: Float64Array, widths: Float32Array) =>
  x.reduce((least, centre, v) => Math.min(least, centre - widths[v]! / 2), Number.POSITIVE_INFINITY)

const rightmost = (x: Float64Array, widths: Float32Array) =>
  x.reduce((most, centre, v) => Math.max(most, centre + widths[v]! / 2), 0)

/** Between two ranks there is more space where lines have far to go sideways. */
const MAX_SLANT = 110

/** Top, bottom and middle of each rank. */
function rankBands({ layers, down }: OrderedGraph, heights: Float32Array, x: Float64Array) {
  const top = new Float64Array(layers.length)
  const bottom = new Float64Array(layers.length)
  const centre = new Float64Array(layers.length)
  let at = 0
  for (const [r, layer] of layers.entries()) {
    let tallest = 0
    let farthest = 0
    for (const v of layer) {
      tallest = Math.max(tallest, heights[v] ?? 0)
      for (let i = down.offsets[v]!; i < down.offsets[v + 1]!; i++) {
        farthest = Math.max(farthest, Math.abs(x[down.items[i]!]! - x[v]!))
      }
    }
    top[r] = at
    bottom[r] = at + tallest
    centre[r] = at + tallest / 2
    at += tallest + GAP.ranks + Math.min(MAX_SLANT, farthest / 12)
  }
  return { top, bottom, centre }
}

/** Leaves out the points in the middle of vertical runs. */
function straightened(points: readonly number[]): number[] {
  const kept: number[] = []
  for (let i = 0; i < points.length; i += 2) {
    const x = points[i]!
    const end = kept.length
    const isRun = end >= 4 && same(kept[end - 2]!, x) && same(kept[end - 4]!, x)
    if (isRun) kept[end - 1] = points[i + 1]!
    else kept.push(x, points[i + 1]!)
  }
  return kept
}

const same = (a: number, b: number) => Math.abs(a - b) < 0.01
