import type { Chained } from './chains.ts'
import type { Level } from './level.ts'

/** Where each rank begins, ends and has its middle, from top to bottom. */
export interface RankBands {
  readonly top: Float64Array
  readonly bottom: Float64Array
  readonly centre: Float64Array
}

/** A level whose vertices and bends have their places; edges lead downwards. */
export interface PlacedGraph extends Level {
  readonly rank: Int32Array
  readonly chained: Chained
  readonly bands: RankBands
  /** Centres of vertices and bends. */
  readonly x: Float64Array
}

/**
 * The points of every edge: down to the end of its rank, through the bends, from the beginning of the last rank to its
 * end. Between ranks it may go sideways, through a rank only straight down. Of an edge without a way: its ends.
 */
export function routes(graph: PlacedGraph): number[][] {
  const { from, to, bundle, fromShift, toShift, rank, chained, bands, heights, x } = graph
  const trunks = new Map<number, Trunk>()
  return Array.from(from, (source, edge) => {
    const target = to[edge]!
    const endX = x[target]! + toShift[edge]!
    const endY = bands.centre[rank[target]!]! - heights[target]! / 2
    const startX = x[source]! + fromShift[edge]!
    const startY = bands.centre[rank[source]!]! + heights[source]! / 2
    if (chained.passed[edge]! < 0) return [startX, startY, endX, endY]
    let trunk = trunks.get(bundle[edge]!)
    if (!trunk) {
      trunk = new Trunk(startX, startY, bands.bottom[rank[source]!]!)
      trunks.set(bundle[edge]!, trunk)
    }
    while (trunk.bends < chained.passed[edge]!) {
      const bend = chained.firstBend[bundle[edge]!]! + trunk.bends
      trunk.pass(x[bend]!, bands.top[chained.rank[bend]!]!, bands.bottom[chained.rank[bend]!]!)
    }
    const points = trunk.upTo(chained.passed[edge]!)
    append(points, endX, bands.top[rank[target]!]!)
    append(points, endX, endY)
    return points
  })
}

/** The way that a bundle shares. Long ways are mostly straight: few points, however many bends. */
class Trunk {
  readonly #points: number[]
  /** By bend: how many entries of `points` lead to it, and where its rank ends. */
  readonly #lengths: number[]
  readonly #bottoms: number[]

  constructor(x: number, startY: number, bottom: number) {
    this.#points = [x, startY, x, bottom]
    this.#lengths = [4]
    this.#bottoms = [bottom]
  }

  get bends(): number {
    return this.#lengths.length - 1
  }

  pass(x: number, top: number, bottom: number): void {
    append(this.#points, x, top)
    append(this.#points, x, bottom)
    this.#lengths.push(this.#points.length)
    this.#bottoms.push(bottom)
  }

  upTo(bends: number): number[] {
    const points = this.#points.slice(0, this.#lengths[bends])
    points[points.length - 1] = this.#bottoms[bends]!
    return points
  }
}

/** Adds a point; within a run straight down, the last one is moved instead. */
function append(points: number[], x: number, y: number): void {
  const end = points.length
  const isRun = same(points[end - 2]!, x) && same(points[end - 4]!, x)
  if (isRun) points[end - 1] = y
  else points.push(x, y)
}

const same = (a: number, b: number) => Math.abs(a - b) < 0.01
