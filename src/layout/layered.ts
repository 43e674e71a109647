import { backEdges } from './acyclic.ts'
import { groupBy } from './adjacency.ts'
import { chain } from './chains.ts'
import { components, packRows } from './components.ts'
import { horizontalCentres, type OrderedGraph } from './coordinates.ts'
import { GAP, type Level, type PlacedLevel, shift } from './level.ts'
import { orderRanks } from './order.ts'
import { ranks } from './ranks.ts'
import { type RankBands, routes } from './routes.ts'

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
  const routes: number[][] = new Array(level.from.length)
  const isStub = new Uint8Array(level.from.length)
  for (const [part, { vertices, edges, placed }] of parts.entries()) {
    const corner = packed.corners[part]!
    for (let i = 0; i < vertices.length; i++) {
      x[vertices[i]!] = placed.x[i]! + corner.x
      y[vertices[i]!] = placed.y[i]! + corner.y
    }
    for (let i = 0; i < edges.length; i++) {
      routes[edges[i]!] = shift(placed.routes[i]!, corner.x, corner.y)
      isStub[edges[i]!] = placed.isStub[i]!
    }
  }
  return { width: packed.width, height: packed.height, x, y, routes, isStub }
}

function alone({ widths, heights }: Level): PlacedLevel {
  const [width, height] = [widths[0]!, heights[0]!]
  return {
    width,
    height,
    x: Float64Array.of(width / 2),
    y: Float64Array.of(height / 2),
    routes: [],
    isStub: new Uint8Array(),
  }
}

const empty: PlacedLevel = {
  width: 0,
  height: 0,
  x: new Float64Array(),
  y: new Float64Array(),
  routes: [],
  isStub: new Uint8Array(),
}

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
    bundle: renumbered(edges.map((edge) => level.bundle[edge]!)),
  }
}

/** The same ids from 0 without gaps. */
function renumbered(ids: Int32Array): Int32Array {
  const index = new Map<number, number>()
  return ids.map((id) => {
    const known = index.get(id)
    if (known === undefined) index.set(id, index.size)
    return known ?? index.size - 1
  })
}

function connected(level: Level): PlacedLevel {
  if (level.count === 1) return alone(level)
  const isBack = backEdges(level.count, level.from, level.to)
  const from = level.from.map((v, edge) => (isBack[edge] ? level.to[edge]! : v))
  const to = level.to.map((v, edge) => (isBack[edge] ? level.from[edge]! : v))
  const rank = ranks(level.count, groupBy(level.count, from, to), groupBy(level.count, to, from), level.ports)
  const chained = chain(rank, from, to, ownWays(level.bundle, isBack))
  const graph = orderedGraph(level, chained)
  const x = horizontalCentres(graph)
  const left = leftmost(x, graph.widths)
  for (let v = 0; v < x.length; v++) x[v]! -= left
  const bands = rankBands(graph, level.heights, x)
  const placed = { ...level, from, to, rank, chained, bands, x }
  for (let edge = 0; edge < from.length; edge++) {
    if (!isBack[edge]) continue
    placed.fromShift = placed.fromShift.with(edge, level.toShift[edge]!)
    placed.toShift = placed.toShift.with(edge, level.fromShift[edge]!)
  }
  return {
    width: rightmost(x, graph.widths),
    height: bands.bottom[bands.bottom.length - 1]!,
    x: x.slice(0, level.count),
    y: Float64Array.from(rank, (r) => bands.centre[r]!),
    routes: routes(placed),
    isStub: Uint8Array.from(chained.passed, (bends) => (bends < 0 ? 1 : 0)),
  }
}

/** An edge that was turned round starts elsewhere than its bundle. */
function ownWays(bundle: Int32Array, isBack: Uint8Array): Int32Array {
  let next = bundle.reduce((most, id) => Math.max(most, id + 1), 0)
  return bundle.map((id, edge) => (isBack[edge] ? next++ : id))
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
function rankBands({ layers, down }: OrderedGraph, heights: Float32Array, x: Float64Array): RankBands {
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
