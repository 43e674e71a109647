import type { Layout, LayoutInput } from '../layout/layout.ts'
import type { VisibleGraph } from './visible-graph.ts'

/** A graph with the place of everything in it: what the painter paints. */
export interface Scene {
  readonly graph: VisibleGraph
  readonly texts: readonly NodeText[]
  readonly layout: Layout
  /** What flows along each line. */
  readonly lineTypes: readonly string[]
  /** Left, top, right, bottom of each line. */
  readonly lineBounds: Float32Array
  /** Direct neighbours of each node. */
  readonly before: readonly (readonly number[])[]
  readonly after: readonly (readonly number[])[]
}

/** What is written on a node, cut to fit. */
export interface NodeText {
  readonly title: string
  readonly lines: readonly string[]
}

/** The width of a text in pixels. */
export type Measure = (text: string, font: 'title' | 'line') => number

export const TITLE_HEIGHT = 18
export const LINE_HEIGHT = 15
const PADDING_X = 14
const PADDING_Y = 8
const MIN_WIDTH = 76
const MAX_WIDTH = 270

/** What each node says, and how large it is for it. */
export function sizedNodes(graph: VisibleGraph, measure: Measure): { input: LayoutInput; texts: NodeText[] } {
  const count = graph.nodes.length
  const widths = new Float32Array(count)
  const heights = new Float32Array(count)
  const texts = graph.nodes.map((node, i) => {
    const inner = MAX_WIDTH - 2 * PADDING_X
    const title = shorten(node.hidden > 0 ? `${node.op} (${node.hidden})` : node.op, inner, (text) =>
      measure(text, 'title'),
    )
    const said = node.kind === 'open' ? [node.label] : [node.label, node.detail]
    const lines = said.filter(Boolean).map((line) => shorten(line, inner, (text) => measure(text, 'line')))
    const toggle = node.hidden > 0 ? 18 : 0
    const widest = Math.max(measure(title, 'title') + toggle, ...lines.map((line) => measure(line, 'line')))
    widths[i] = Math.ceil(Math.max(MIN_WIDTH, widest + 2 * PADDING_X))
    heights[i] = 2 * PADDING_Y + TITLE_HEIGHT + lines.length * LINE_HEIGHT
    return { title, lines }
  })
  const edges = Int32Array.from(graph.edges.flatMap(({ from, to }) => [from, to]))
  return { input: { widths, heights, parents: Int32Array.from(graph.nodes, ({ parent }) => parent), edges }, texts }
}

function shorten(text: string, width: number, measure: (text: string) => number): string {
  if (measure(text) <= width) return text
  let low = 0
  let high = text.length
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (measure(`${text.slice(0, middle)}…`) <= width) low = middle
    else high = middle - 1
  }
  return `${text.slice(0, low)}…`
}

export function buildScene(graph: VisibleGraph, texts: readonly NodeText[], layout: Layout): Scene {
  const typeOf = new Map(graph.edges.map(({ from, to, type }) => [`${from} ${to}`, type]))
  const { sources, targets, targetOffsets, points, pointOffsets } = layout.routes
  const count = sources.length
  const lineTypes: string[] = []
  const lineBounds = new Float32Array(4 * count)
  for (let line = 0; line < count; line++) {
    lineTypes.push(typeOf.get(`${sources[line]} ${targets[targetOffsets[line]!]}`) ?? '')
    let left = Number.POSITIVE_INFINITY
    let right = Number.NEGATIVE_INFINITY
    const start = pointOffsets[line]!
    const end = pointOffsets[line + 1]!
    for (let i = start; i < end; i += 2) {
      left = Math.min(left, points[i]!)
      right = Math.max(right, points[i]!)
    }
    lineBounds.set([left, points[start + 1]!, right, points[end - 1]!], 4 * line)
  }
  const before: number[][] = graph.nodes.map(() => [])
  const after: number[][] = graph.nodes.map(() => [])
  for (const { from, to } of graph.edges) {
    after[from]!.push(to)
    before[to]!.push(from)
  }
  return { graph, texts, layout, lineTypes, lineBounds, before, after }
}

/** The innermost node at a point, or −1. */
export function nodeAt({ graph, layout }: Scene, x: number, y: number): number {
  let found = -1
  for (let i = 0; i < graph.nodes.length; i++) {
    const dx = x - layout.x[i]!
    const dy = y - layout.y[i]!
    // Containers come before what they contain.
    if (dx >= 0 && dy >= 0 && dx <= layout.widths[i]! && dy <= layout.heights[i]!) found = i
  }
  return found
}
