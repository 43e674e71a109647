import type { Rect } from './camera.ts'
import type { Marks } from './painter.ts'
import type { Palette } from './palette.ts'
import type { Scene } from './scene.ts'

/** Below these scales, lines are straight, and types are not written on them. */
const SCALE_OF_CURVES = 0.2
const SCALE_OF_TYPES = 0.85
const SCALE_OF_ARROWS = 0.3
/** How much is drawn of each end of a line that has no way. */
const STUB = 22

/** Paints the lines in sight, those of marked nodes last and stronger. */
export function paintLines(
  context: CanvasRenderingContext2D,
  scene: Scene,
  seen: Rect,
  scale: number,
  palette: Palette,
  marks: Marks,
): void {
  const strong: number[] = []
  const plain: number[] = []
  const bounds = scene.lineBounds
  for (let line = 0; 4 * line < bounds.length; line++) {
    const at = 4 * line
    if (bounds[at]! > seen.x + seen.width || bounds[at + 2]! < seen.x) continue
    if (bounds[at + 1]! > seen.y + seen.height || bounds[at + 3]! < seen.y) continue
    if (isMarked(scene, line, marks)) strong.push(line)
    else plain.push(line)
  }
  context.strokeStyle = palette.line
  context.lineWidth = Math.max(1.1, 0.6 / scale)
  strokeLines(context, scene, plain, seen, scale, false)
  if (scale >= SCALE_OF_ARROWS) fillArrows(context, scene, plain, palette.line)
  context.strokeStyle = palette.accent
  context.lineWidth = Math.max(2, 1.4 / scale)
  strokeLines(context, scene, strong, seen, scale, true)
  if (scale >= SCALE_OF_ARROWS) fillArrows(context, scene, strong, palette.accent)
  if (scale >= SCALE_OF_TYPES) writeTypes(context, scene, [...plain, ...strong], palette)
}

function isMarked({ layout }: Scene, line: number, marks: Marks): boolean {
  const { sources, targets, targetOffsets } = layout.routes
  const isOne = (node: number) => node === marks.hovered || marks.selected.has(node)
  if (isOne(sources[line]!)) return true
  for (let i = targetOffsets[line]!; i < targetOffsets[line + 1]!; i++) if (isOne(targets[i]!)) return true
  return false
}

function strokeLines(
  context: CanvasRenderingContext2D,
  scene: Scene,
  lines: readonly number[],
  seen: Rect,
  scale: number,
  isStrong: boolean,
): void {
  const { isStub, points, pointOffsets } = scene.layout.routes
  context.beginPath()
  for (const line of lines) {
    const start = pointOffsets[line]!
    const end = pointOffsets[line + 1]!
    if (isStub[line] && !isStrong) traceStub(context, points, start)
    else traceLine(context, points, start, end, seen, scale >= SCALE_OF_CURVES)
  }
  context.stroke()
}

/** Only the stretch in sight is traced: a line can pass thousands of ranks. */
function traceLine(
  context: CanvasRenderingContext2D,
  points: Float32Array,
  start: number,
  end: number,
  seen: Rect,
  isCurved: boolean,
): void {
  let from = start
  let high = end - 2
  while (from + 2 < high) {
    const middle = start + (((from + high - 2 * start) >> 2) << 1)
    if (points[middle + 1]! < seen.y) from = middle
    else high = middle
    if (middle === from && high - from <= 2) break
  }
  context.moveTo(points[from]!, points[from + 1]!)
  for (let i = from + 2; i < end; i += 2) {
    const [x0, y0, x1, y1] = [points[i - 2]!, points[i - 1]!, points[i]!, points[i + 1]!]
    if (!isCurved || Math.abs(x0 - x1) < 0.5) context.lineTo(x1, y1)
    else {
      const middle = (y0 + y1) / 2
      context.bezierCurveTo(x0, middle, x1, middle, x1, y1)
    }
    if (y1 > seen.y + seen.height) break
  }
}

function traceStub(context: CanvasRenderingContext2D, points: Float32Array, start: number): void {
  const [x0, y0, x1, y1] = [points[start]!, points[start + 1]!, points[start + 2]!, points[start + 3]!]
  const lean = Math.sign(x1 - x0) * STUB * 0.5
  context.moveTo(x0, y0)
  context.lineTo(x0 + lean, y0 + STUB)
  context.moveTo(x1 - lean, y1 - STUB)
  context.lineTo(x1, y1)
}

function fillArrows(context: CanvasRenderingContext2D, scene: Scene, lines: readonly number[], colour: string): void {
  const { points, pointOffsets } = scene.layout.routes
  context.fillStyle = colour
  context.beginPath()
  for (const line of lines) {
    if (!isArriving(scene, line)) continue
    const end = pointOffsets[line + 1]!
    const x = points[end - 2]!
    const y = points[end - 1]!
    context.moveTo(x, y)
    context.lineTo(x - 3.5, y - 7)
    context.lineTo(x + 3.5, y - 7)
  }
  context.fill()
}

/** Whether a line ends at the top of what it leads to, and not at the border of a container around that. */
function isArriving({ layout }: Scene, line: number): boolean {
  const { targets, targetOffsets, points, pointOffsets } = layout.routes
  const target = targets[targetOffsets[line]!]!
  return Math.abs(points[pointOffsets[line + 1]! - 1]! - layout.y[target]!) < 1
}

/**
 * Writes what flows out of a node below it, once where several lines start, on the side that the line does not take; an
 * input says it itself.
 */
function writeTypes(context: CanvasRenderingContext2D, scene: Scene, lines: readonly number[], palette: Palette): void {
  const { sources, points, pointOffsets } = scene.layout.routes
  const { graph, layout } = scene
  const written = new Set<string>()
  context.font = palette.text
  context.textBaseline = 'middle'
  context.strokeStyle = palette.paper
  context.fillStyle = palette.inkSoft
  context.lineWidth = 4
  for (const line of lines) {
    const source = sources[line]!
    const start = pointOffsets[line]!
    const isLeaving = Math.abs(points[start + 1]! - layout.y[source]! - layout.heights[source]!) < 1
    const type = scene.lineTypes[line]!
    const exit = `${source} ${points[start]}`
    if (!type || !isLeaving || written.has(exit) || graph.nodes[source]!.kind === 'input') continue
    written.add(exit)
    const goesRight = points[scene.layout.routes.pointOffsets[line + 1]! - 2]! > points[start]! + 1
    context.textAlign = goesRight ? 'end' : 'start'
    const [x, y] = [points[start]! + (goesRight ? -7 : 7), points[start + 1]! + 12]
    context.strokeText(type, x, y)
    context.fillText(type, x, y)
  }
  context.textAlign = 'start'
}
