import type { Camera, Rect, Size } from './camera.ts'
import { paintLines } from './paint-lines.ts'
import type { Palette } from './palette.ts'
import { LINE_HEIGHT, type Scene, TITLE_HEIGHT } from './scene.ts'

/** What stands out, by index of the node. */
export interface Marks {
  readonly selected: ReadonlySet<number>
  /** Nodes that belong to what is selected elsewhere. */
  readonly highlighted: ReadonlySet<number>
  /** Nodes found by a search. */
  readonly found: ReadonlySet<number>
  readonly hovered: number
  /** The node that the keyboard is at, −1 for none. */
  readonly current: number
}

export const noMarks: Marks = {
  selected: new Set(),
  highlighted: new Set(),
  found: new Set(),
  hovered: -1,
  current: -1,
}

/** Below these scales, writing is left out, and then shapes are simplified. */
const SCALE_OF_TITLES = 0.3
const SCALE_OF_LINES = 0.5
const SCALE_OF_SHAPES = 0.12
const RADIUS = 6
const STRIPE = 5

/** Paints the part of a scene that the camera sees, onto paper. The context's scale is the device's pixel ratio. */
export function paint(
  context: CanvasRenderingContext2D,
  scene: Scene,
  camera: Camera,
  view: Size,
  palette: Palette,
  marks: Marks,
): void {
  const { x, y, scale } = camera
  const seen = { x, y, width: view.width / scale, height: view.height / scale }
  context.save()
  context.scale(scale, scale)
  context.translate(-x, -y)
  const visible = visibleNodes(scene, seen)
  for (const node of visible)
    if (scene.graph.nodes[node]!.kind === 'open') paintContainer(context, scene, node, palette, scale)
  paintLines(context, scene, seen, scale, palette, marks)
  if (scale < SCALE_OF_SHAPES) paintSpecks(context, scene, visible, palette)
  else for (const node of visible) paintNode(context, scene, node, palette, scale)
  paintMarks(context, scene, visible, palette, marks, scale)
  context.restore()
}

function visibleNodes({ layout }: Scene, seen: Rect): number[] {
  const visible: number[] = []
  const right = seen.x + seen.width
  const bottom = seen.y + seen.height
  for (let i = 0; i < layout.x.length; i++) {
    if (
      layout.x[i]! <= right &&
      layout.y[i]! <= bottom &&
      layout.x[i]! + layout.widths[i]! >= seen.x &&
      layout.y[i]! + layout.heights[i]! >= seen.y
    ) {
      visible.push(i)
    }
  }
  return visible
}

function paintSpecks(context: CanvasRenderingContext2D, { graph, layout }: Scene, visible: number[], palette: Palette) {
  for (const i of visible) {
    const { kind, family } = graph.nodes[i]!
    if (kind === 'open') continue
    context.fillStyle = kind === 'input' || kind === 'output' ? palette.inkSoft : palette.family[family]
    context.fillRect(layout.x[i]!, layout.y[i]!, layout.widths[i]!, layout.heights[i]!)
  }
}

function paintContainer(
  context: CanvasRenderingContext2D,
  scene: Scene,
  node: number,
  palette: Palette,
  scale: number,
): void {
  const { layout, texts } = scene
  const [x, y, width, height] = [layout.x[node]!, layout.y[node]!, layout.widths[node]!, layout.heights[node]!]
  context.fillStyle = palette.group
  context.strokeStyle = palette.border
  context.lineWidth = 1
  context.beginPath()
  context.roundRect(x, y, width, height, RADIUS + 2)
  context.fill()
  context.setLineDash([4, 3])
  context.stroke()
  context.setLineDash([])
  if (scale < SCALE_OF_TITLES) return
  paintToggle(context, x + 14, y + 17, palette, true)
  write(context, texts[node]!, x + 24, y + 8, palette, scale)
}

function paintNode(
  context: CanvasRenderingContext2D,
  { graph, layout, texts }: Scene,
  node: number,
  palette: Palette,
  scale: number,
): void {
  const { kind, family } = graph.nodes[node]!
  if (kind === 'open') return
  const [x, y, width, height] = [layout.x[node]!, layout.y[node]!, layout.widths[node]!, layout.heights[node]!]
  const isTerminal = kind === 'input' || kind === 'output'
  context.fillStyle = isTerminal ? palette.paper : palette.node
  context.strokeStyle = isTerminal ? palette.inkSoft : palette.border
  context.lineWidth = 1
  context.beginPath()
  context.roundRect(x, y, width, height, isTerminal ? Math.min(height / 2, 18) : RADIUS)
  context.fill()
  context.stroke()
  if (!isTerminal) {
    context.fillStyle = palette.family[family]
    context.beginPath()
    context.roundRect(x, y, STRIPE, height, [RADIUS, 0, 0, RADIUS])
    context.fill()
  }
  if (scale < SCALE_OF_TITLES) return
  const indent = kind === 'closed' ? 10 : 0
  if (kind === 'closed') paintToggle(context, x + 16, y + 17, palette, false)
  const text = texts[node]!
  if (isTerminal) writeCentred(context, text, x + width / 2, y + 8, palette, scale)
  else write(context, text, x + 14 + indent, y + 8, palette, scale)
}

function paintToggle(context: CanvasRenderingContext2D, x: number, y: number, palette: Palette, isOpen: boolean): void {
  context.fillStyle = palette.inkSoft
  context.beginPath()
  if (isOpen) {
    context.moveTo(x - 4, y - 2.5)
    context.lineTo(x + 4, y - 2.5)
    context.lineTo(x, y + 3)
  } else {
    context.moveTo(x - 3, y - 4)
    context.lineTo(x + 3, y)
    context.lineTo(x - 3, y + 4)
  }
  context.fill()
}

function write(
  context: CanvasRenderingContext2D,
  { title, lines }: { title: string; lines: readonly string[] },
  x: number,
  y: number,
  palette: Palette,
  scale: number,
): void {
  context.textBaseline = 'middle'
  context.fillStyle = palette.ink
  context.font = palette.title
  context.fillText(title, x, y + TITLE_HEIGHT / 2)
  if (scale < SCALE_OF_LINES) return
  context.fillStyle = palette.inkSoft
  context.font = palette.text
  for (const [i, line] of lines.entries()) context.fillText(line, x, y + TITLE_HEIGHT + (i + 0.5) * LINE_HEIGHT)
}

function writeCentred(...[context, text, x, y, palette, scale]: Parameters<typeof write>): void {
  context.textAlign = 'center'
  write(context, text, x, y, palette, scale)
  context.textAlign = 'start'
}

function paintMarks(
  context: CanvasRenderingContext2D,
  { layout }: Scene,
  visible: readonly number[],
  palette: Palette,
  marks: Marks,
  scale: number,
): void {
  const ring = (node: number, colour: string, width: number, gap: number) => {
    const grow = gap / scale
    context.strokeStyle = colour
    context.lineWidth = width / scale
    context.beginPath()
    context.roundRect(
      layout.x[node]! - grow,
      layout.y[node]! - grow,
      layout.widths[node]! + 2 * grow,
      layout.heights[node]! + 2 * grow,
      RADIUS + grow,
    )
    context.stroke()
  }
  for (const node of visible) {
    if (marks.selected.has(node)) ring(node, palette.accent, 2.5, 2)
    else if (marks.highlighted.has(node)) ring(node, palette.lit, 2.5, 2)
    else if (marks.found.has(node)) ring(node, palette.found, 2, 2)
    else if (node === marks.hovered) ring(node, palette.accent, 1.25, 0.5)
    if (node === marks.current) {
      context.setLineDash([4 / scale, 3 / scale])
      ring(node, palette.ink, 1, 6)
      context.setLineDash([])
    }
  }
}
