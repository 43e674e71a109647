/** One container's content as a flat graph: its children, and the ports at which lines cross its border. */
export interface Level {
  readonly count: number
  readonly widths: Float32Array
  readonly heights: Float32Array
  /** −1: a port in the upper border; 1: a port in the lower border; 0: a child. */
  readonly ports: Int8Array
  /** Edges, without loops. */
  readonly from: Int32Array
  readonly to: Int32Array
  /** Where lines leave and reach a vertex, measured from its centre. */
  readonly fromShift: Float32Array
  readonly toShift: Float32Array
  /** Edges of the same bundle carry the same thing from the same vertex, and share their way as far as they can. */
  readonly bundle: Int32Array
}

/** A flat graph with places. */
export interface PlacedLevel {
  readonly width: number
  readonly height: number
  /** Centres of the vertices. */
  readonly x: Float64Array
  readonly y: Float64Array
  /** Per edge: x, y, x, y, … from top to bottom. */
  readonly routes: readonly number[][]
  /** 1 for an edge that is too long to be led around what stands in its way: its points are its ends. */
  readonly isStub: Uint8Array
}

/** Empty space between neighbours, in pixels at scale 1. */
export const GAP = { nodes: 24, lines: 12, ranks: 34, components: 48 } as const

/** Moves points, given as x, y, x, y, …, in place. */
export function shift(points: number[], dx: number, dy: number): number[] {
  for (let i = 0; i < points.length; i += 2) {
    points[i]! += dx
    points[i + 1]! += dy
  }
  return points
}
