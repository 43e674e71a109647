/**
 * What a layout is given and what it gives back: typed arrays only, so that both sides of a worker boundary can move
 * them instead of copying.
 */

/** A graph to arrange. Nodes are indices; an edge that starts and ends in the same node is left out of the drawing. */
export interface LayoutInput {
  /** Sizes of the nodes, in pixels at scale 1; of a node with children: the size of its heading. */
  readonly widths: Float32Array
  readonly heights: Float32Array
  /** The node that each node stands in, −1 for none. Containment has no cycles. */
  readonly parents: Int32Array
  /** Pairs: from, to. */
  readonly edges: Int32Array
}

/** An arranged graph: data flows from top to bottom. */
export interface Layout {
  readonly width: number
  readonly height: number
  /** Upper left corners and sizes of the nodes; a node with children encloses them. */
  readonly x: Float32Array
  readonly y: Float32Array
  readonly widths: Float32Array
  readonly heights: Float32Array
  readonly routes: Routes
}

/**
 * Lines to draw. A line belongs to the node that it comes from and leads towards one or more nodes: into a container,
 * lines from one node share their way. An edge across the borders of containers is several lines, end to end.
 */
export interface Routes {
  readonly sources: Int32Array
  /** `targets` from `targetOffsets[i]` to `targetOffsets[i + 1]`: the nodes that line i leads to. */
  readonly targetOffsets: Int32Array
  readonly targets: Int32Array
  /** `points` from `pointOffsets[i]` to `pointOffsets[i + 1]`: x, y of line i, y never falling. */
  readonly pointOffsets: Int32Array
  readonly points: Float32Array
  /** 1 where a line is too long to be led around everything in its way: its two points are only its ends. */
  readonly isStub: Uint8Array
}
