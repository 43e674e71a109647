import { type Container, containers } from './containers.ts'
import { layered } from './layered.ts'
import type { Layout, LayoutInput } from './layout.ts'
import { type Level, type PlacedLevel, shift } from './level.ts'

/** Space between a container's border and its content. */
const PADDING = 16

interface Placed extends PlacedLevel {
  /** Where a line from a node crosses the upper and the lower border, measured from the container's centre. */
  readonly upper: ReadonlyMap<number, number>
  readonly lower: ReadonlyMap<number, number>
  readonly content: { readonly x: number; readonly y: number }
}

/**
 * Arranges a graph: containers from the inside out, each as a graph of its own whose lines to the outside end in ports
 * on its border.
 */
export function arrange(input: LayoutInput): Layout {
  const count = input.widths.length
  const widths = input.widths.slice()
  const heights = input.heights.slice()
  const placed = new Map<number, Placed>()
  const all = containers(input)
  for (const container of all) {
    const level = levelOf(container, widths, heights, placed)
    const result = place(container, layered(level), input)
    placed.set(container.id, result)
    if (container.id < 0) continue
    widths[container.id] = result.width
    heights[container.id] = result.height
  }

  const x = new Float32Array(count)
  const y = new Float32Array(count)
  const lines: Line[] = []
  for (const container of [...all].reverse()) {
    const { content, ...level } = placed.get(container.id)!
    const left = (x[container.id] ?? 0) + content.x
    const top = (y[container.id] ?? 0) + content.y
    for (const [i, child] of container.children.entries()) {
      x[child] = left + level.x[i]! - widths[child]! / 2
      y[child] = top + level.y[i]! - heights[child]! / 2
    }
    for (const [i, { source, targets }] of container.lines.entries()) {
      const points = shift(level.routes[i]!, left, top)
      lines.push({ source, targets, points, isStub: level.isStub[i] === 1 })
    }
  }
  const whole = placed.get(-1)!
  return { width: whole.width, height: whole.height, x, y, widths, heights, routes: routes(lines) }
}

interface Line {
  readonly source: number
  readonly targets: readonly number[]
  readonly points: readonly number[]
  readonly isStub: boolean
}

function levelOf(
  { children, upperPorts, lowerPorts, lines }: Container,
  widths: Float32Array,
  heights: Float32Array,
  placed: ReadonlyMap<number, Placed>,
): Level {
  const index = new Map(children.map((child, i) => [child, i]))
  const upper = new Map(upperPorts.map((source, i) => [source, children.length + i]))
  const lower = new Map(lowerPorts.map((source, i) => [source, children.length + upperPorts.length + i]))
  const count = children.length + upperPorts.length + lowerPorts.length
  const ports = new Int8Array(count)
  for (const i of upper.values()) ports[i] = -1
  for (const i of lower.values()) ports[i] = 1
  const levelWidths = new Float32Array(count)
  const levelHeights = new Float32Array(count)
  levelWidths.set(children.map((child) => widths[child]!))
  levelHeights.set(children.map((child) => heights[child]!))
  return {
    count,
    widths: levelWidths,
    heights: levelHeights,
    ports,
    from: Int32Array.from(lines, ({ from, source }) => index.get(from) ?? upper.get(source)!),
    to: Int32Array.from(lines, ({ to, source }) => index.get(to) ?? lower.get(source)!),
    fromShift: Float32Array.from(lines, ({ from, source }) => placed.get(from)?.lower.get(source) ?? 0),
    toShift: Float32Array.from(lines, ({ to, source }) => placed.get(to)?.upper.get(source) ?? 0),
    bundle: bundles(lines),
  }
}

/** Lines of the same source share their way. */
function bundles(lines: Container['lines']): Int32Array {
  const index = new Map<number, number>()
  return Int32Array.from(lines, ({ source }) => {
    const known = index.get(source)
    if (known === undefined) index.set(source, index.size)
    return known ?? index.size - 1
  })
}

/** Draws the border around a level: the heading above, and lines led on to the border. */
function place(container: Container, level: PlacedLevel, input: LayoutInput): Placed {
  if (container.id < 0) return { ...level, upper: new Map(), lower: new Map(), content: { x: 0, y: 0 } }
  const heading = input.heights[container.id]!
  const width = Math.max(level.width + 2 * PADDING, input.widths[container.id]!)
  const hasLower = container.lowerPorts.length > 0
  const content = { x: (width - level.width) / 2, y: heading + (container.upperPorts.length > 0 ? 0 : PADDING) }
  const height = content.y + level.height + (hasLower ? 0 : PADDING)
  const portX = (i: number) => level.x[container.children.length + i]! + content.x - width / 2
  const upper = new Map(container.upperPorts.map((source, i) => [source, portX(i)]))
  const lower = new Map(container.lowerPorts.map((source, i) => [source, portX(container.upperPorts.length + i)]))
  return { ...level, width, height, upper, lower, content }
}

function routes(lines: readonly Line[]): Layout['routes'] {
  const offsets = (length: (line: Line) => number) => {
    const result = new Int32Array(lines.length + 1)
    for (const [i, line] of lines.entries()) result[i + 1] = result[i]! + length(line)
    return result
  }
  const targetOffsets = offsets((line) => line.targets.length)
  const pointOffsets = offsets((line) => line.points.length)
  const targets = new Int32Array(targetOffsets[lines.length]!)
  const points = new Float32Array(pointOffsets[lines.length]!)
  for (const [i, line] of lines.entries()) {
    targets.set(line.targets, targetOffsets[i])
    points.set(line.points, pointOffsets[i])
  }
  return {
    sources: Int32Array.from(lines, (line) => line.source),
    targetOffsets,
    targets,
    pointOffsets,
    points,
    isStub: Uint8Array.from(lines, (line) => Number(line.isStub)),
  }
}
