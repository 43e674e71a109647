import type { Layout, LayoutInput, Routes } from './layout.ts'

/** Pixels between neighbours, and between levels. */
const GAP_X = 18
const GAP_Y = 46
const MARGIN = 20

/**
 * Arranges trees from their roots down: the children of a node stand below it in the order of its edges, subtrees as
 * close as they fit (Reingold and Tilford, Tidier drawings of trees, 1981). Every node has one edge that leads to it at
 * most; containment is not looked at.
 */
export function arrangeTree({ widths, heights, edges }: LayoutInput): Layout {
  const count = widths.length
  const children: number[][] = Array.from({ length: count }, () => [])
  const isRoot = new Uint8Array(count).fill(1)
  for (let i = 0; i < edges.length; i += 2) {
    children[edges[i]!]!.push(edges[i + 1]!)
    isRoot[edges[i + 1]!] = 0
  }
  const roots = Array.from(isRoot.keys()).filter((node) => isRoot[node] === 1)
  const order = fromRoots(roots, children)
  const { centres, level } = place(roots, order, children, widths)
  const tops = levelTops(level, heights)
  const left = order.reduce((least, node) => Math.min(least, centres[node]! - widths[node]! / 2), 0)
  const x = Float32Array.from(centres, (centre, i) => centre - widths[i]! / 2 - left + MARGIN)
  const y = Float32Array.from(level, (at) => tops[at]!)
  const right = (most: number, node: number) => Math.max(most, x[node]! + widths[node]!)
  const bottom = (most: number, node: number) => Math.max(most, y[node]! + heights[node]!)
  return {
    width: order.reduce(right, 0) + MARGIN,
    height: order.reduce(bottom, 0) + MARGIN,
    x,
    y,
    widths,
    heights,
    routes: routesOf(order, children, { x, y, widths, heights }),
  }
}

/** Parents before their children. */
function fromRoots(roots: readonly number[], children: readonly (readonly number[])[]): number[] {
  const order = [...roots]
  for (let i = 0; i < order.length; i++) order.push(...children[order[i]!]!)
  return order
}

/**
 * How far a subtree reaches to the left and right of its root's centre on each level, the deepest level first: a parent
 * is appended, and a shallow subtree beside a deep one changes only the end.
 */
interface Contour {
  readonly left: number[]
  readonly right: number[]
  /** To be added to all of them. */
  offset: number
}

/** The centre of each node, and its level. */
function place(
  roots: readonly number[],
  order: readonly number[],
  children: readonly (readonly number[])[],
  widths: Float32Array,
) {
  const shift = new Float64Array(widths.length)
  const contours: Contour[] = []
  for (let i = order.length - 1; i >= 0; i--) {
    const node = order[i]!
    const contour = beside(children[node]!, contours, shift)
    const half = widths[node]! / 2
    contour.left.push(-half - contour.offset)
    contour.right.push(half - contour.offset)
    contours[node] = contour
  }
  beside(roots, contours, shift)
  const centres = new Float64Array(widths.length)
  const level = new Int32Array(widths.length)
  for (const root of roots) centres[root] = shift[root]!
  for (const node of order) {
    for (const child of children[node]!) {
      centres[child] = centres[node]! + shift[child]!
      level[child] = level[node]! + 1
    }
  }
  return { centres, level }
}

/**
 * Puts subtrees side by side and tells their places relative to the middle. Their contours become one, that of all.
 */
function beside(nodes: readonly number[], contours: readonly Contour[], shift: Float64Array): Contour {
  let all: Contour = { left: [], right: [], offset: 0 }
  for (const node of nodes) {
    const next = contours[node]!
    const shared = Math.min(all.left.length, next.left.length)
    const [a, b] = [all.left.length - 1, next.left.length - 1]
    let at = 0
    for (let l = 0; l < shared; l++) {
      at = Math.max(at, all.right[a - l]! + all.offset + GAP_X - next.left[b - l]! - next.offset)
    }
    shift[node] = at
    next.offset += at
    const apart = next.offset - all.offset
    for (let l = 0; l < shared; l++) {
      if (b > a) next.left[b - l] = all.left[a - l]! - apart
      else all.right[a - l] = next.right[b - l]! + apart
    }
    if (b > a) all = next
  }
  const [first = 0, last = 0] = [nodes[0], nodes.at(-1)].map((node) => (node === undefined ? 0 : shift[node]!))
  const middle = (first + last) / 2
  for (const node of nodes) shift[node]! -= middle
  all.offset -= middle
  return all
}

function levelTops(level: Int32Array, heights: Float32Array): number[] {
  const tallest: number[] = []
  level.forEach((at, node) => {
    tallest[at] = Math.max(tallest[at] ?? 0, heights[node]!)
  })
  let top = MARGIN
  return tallest.map((height) => {
    const own = top
    top += height + GAP_Y
    return own
  })
}

/** How far along the lower edge of a node the line to one of its children leaves it. */
const exit = (child: number, children: number) => (children === 1 ? 0.5 : 0.15 + (0.7 * child) / (children - 1))

/** A line to each child; lines leave a node in their order, so that each can be told from the others. */
function routesOf(
  order: readonly number[],
  children: readonly (readonly number[])[],
  { x, y, widths, heights }: Pick<Layout, 'x' | 'y' | 'widths' | 'heights'>,
): Routes {
  const sources: number[] = []
  const targets: number[] = []
  const points: number[] = []
  for (const node of order) {
    const below = children[node]!
    for (const [i, child] of below.entries()) {
      sources.push(node)
      targets.push(child)
      points.push(x[node]! + widths[node]! * exit(i, below.length), y[node]! + heights[node]!)
      points.push(x[child]! + widths[child]! / 2, y[child]!)
    }
  }
  return {
    sources: Int32Array.from(sources),
    targets: Int32Array.from(targets),
    targetOffsets: Int32Array.from({ length: sources.length + 1 }, (_, i) => i),
    points: Float32Array.from(points),
    pointOffsets: Int32Array.from({ length: sources.length + 1 }, (_, i) => 4 * i),
    isStub: new Uint8Array(sources.length),
  }
}
