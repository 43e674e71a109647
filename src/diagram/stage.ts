import { between, type Camera, firstLook, fitAll, pan, type Rect, reveal, type Size, zoomAt } from './camera.ts'
import { type Marks, noMarks, paint } from './painter.ts'
import type { Palette } from './palette.ts'
import type { Scene } from './scene.ts'

/** Milliseconds that the camera takes to fly somewhere. */
const FLIGHT = 260

/** A canvas with a camera over a scene. Repaints at most once per frame, when something has changed. */
export class Stage {
  readonly canvas: HTMLCanvasElement
  /** Told after every painting what is seen. */
  onView: (camera: Camera, view: Size) => void = () => {}
  #scene: Scene | undefined
  #palette: Palette
  #marks: Marks = noMarks
  #camera: Camera = { x: 0, y: 0, scale: 1 }
  #view: Size = { width: 0, height: 0 }
  #flight: { readonly from: Camera; readonly to: Camera; readonly start: number } | undefined
  #frame = 0
  #isUntouched = true
  readonly #resizes: ResizeObserver

  constructor(canvas: HTMLCanvasElement, palette: Palette) {
    this.canvas = canvas
    this.#palette = palette
    this.#resizes = new ResizeObserver(() => this.#resize())
    this.#resizes.observe(canvas)
  }

  get scene(): Scene | undefined {
    return this.#scene
  }

  get camera(): Camera {
    return this.#camera
  }

  get view(): Size {
    return this.#view
  }

  /** Shows another scene; `anchor` is a node that is to stay in its place on the screen. */
  setScene(scene: Scene, anchor?: string): void {
    const before = this.#scene
    this.#scene = scene
    const from = anchor === undefined ? undefined : before?.graph.indexOf.get(anchor)
    const to = anchor === undefined ? undefined : scene.graph.indexOf.get(anchor)
    if (!before || from === undefined || to === undefined) this.lookFirst()
    else {
      const dx = scene.layout.x[to]! - before.layout.x[from]!
      const dy = scene.layout.y[to]! - before.layout.y[from]!
      this.#camera = { ...this.#camera, x: this.#camera.x + dx, y: this.#camera.y + dy }
    }
    this.#repaint()
  }

  setPalette(palette: Palette): void {
    this.#palette = palette
    this.#repaint()
  }

  setMarks(marks: Marks): void {
    this.#marks = marks
    this.#repaint()
  }

  get marks(): Marks {
    return this.#marks
  }

  lookFirst(): void {
    this.#isUntouched = true
    if (this.#scene) this.#moveTo(firstLook(this.#scene.layout, this.#view))
  }

  fit(): void {
    if (this.#scene) this.#fly(fitAll(this.#scene.layout, this.#view))
  }

  panBy(dx: number, dy: number): void {
    this.#moveTo(pan(this.#camera, dx, dy))
    this.#isUntouched = false
  }

  /** @param at a point of the screen, the middle if it is left out */
  zoomBy(factor: number, at = { x: this.#view.width / 2, y: this.#view.height / 2 }): void {
    this.#moveTo(zoomAt(this.#camera, factor, at.x, at.y))
    this.#isUntouched = false
  }

  /** Puts a point of the drawing into the middle. */
  centreOn(x: number, y: number): void {
    const { scale } = this.#camera
    this.#moveTo({ x: x - this.#view.width / 2 / scale, y: y - this.#view.height / 2 / scale, scale })
    this.#isUntouched = false
  }

  /** Moves so that nodes can be seen. */
  reveal(nodes: readonly number[]): void {
    const part = this.#scene && bounds(this.#scene, nodes)
    if (!part || this.#view.width === 0) return
    const target = reveal(this.#camera, part, this.#view)
    this.#isUntouched = false
    if (target.x !== this.#camera.x || target.y !== this.#camera.y || target.scale !== this.#camera.scale) {
      this.#fly(target)
    }
  }

  /** The point of the drawing below a point of the screen. */
  toDrawing(x: number, y: number): { x: number; y: number } {
    return { x: this.#camera.x + x / this.#camera.scale, y: this.#camera.y + y / this.#camera.scale }
  }

  destroy(): void {
    this.#resizes.disconnect()
    cancelAnimationFrame(this.#frame)
  }

  #moveTo(camera: Camera): void {
    this.#flight = undefined
    this.#camera = camera
    this.#repaint()
  }

  #fly(to: Camera): void {
    this.#isUntouched = false
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) this.#moveTo(to)
    else this.#flight = { from: this.#camera, to, start: performance.now() }
    this.#repaint()
  }

  #resize(): void {
    const { clientWidth: width, clientHeight: height } = this.canvas
    this.#view = { width, height }
    this.canvas.width = Math.round(width * devicePixelRatio)
    this.canvas.height = Math.round(height * devicePixelRatio)
    if (this.#isUntouched && this.#scene) this.#camera = firstLook(this.#scene.layout, this.#view)
    this.#paint()
  }

  #repaint(): void {
    this.#frame ||= requestAnimationFrame(() => this.#paint())
  }

  #paint(): void {
    cancelAnimationFrame(this.#frame)
    this.#frame = 0
    if (this.#flight) {
      const t = Math.min(1, (performance.now() - this.#flight.start) / FLIGHT)
      this.#camera = between(this.#flight.from, this.#flight.to, 1 - (1 - t) ** 3)
      if (t === 1) this.#flight = undefined
      else this.#repaint()
    }
    const context = this.canvas.getContext('2d', { alpha: false })
    if (!context || this.#view.width === 0) return
    context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0)
    context.fillStyle = this.#palette.paper
    context.fillRect(0, 0, this.#view.width, this.#view.height)
    if (!this.#scene) return
    paint(context, this.#scene, this.#camera, this.#view, this.#palette, this.#marks)
    this.onView(this.#camera, this.#view)
  }
}

function bounds({ layout }: Scene, nodes: readonly number[]): Rect | undefined {
  if (nodes.length === 0) return undefined
  const left = Math.min(...nodes.map((i) => layout.x[i]!))
  const top = Math.min(...nodes.map((i) => layout.y[i]!))
  const right = Math.max(...nodes.map((i) => layout.x[i]! + layout.widths[i]!))
  const bottom = Math.max(...nodes.map((i) => layout.y[i]! + layout.heights[i]!))
  return { x: left, y: top, width: right - left, height: bottom - top }
}
