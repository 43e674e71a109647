import type { Stage } from './stage.ts'

export interface GestureHandlers {
  /** A point of the drawing was clicked or tapped. */
  click(x: number, y: number, event: PointerEvent): void
  doubleClick(x: number, y: number): void
  /** The mouse is over a point of the drawing; undefined when it has left. */
  hover(at: { x: number; y: number } | undefined): void
}

/** Pixels that a pointer may move and still be clicking. */
const CLICK_SLOP = 4
/** Zoom per pixel of wheel; a pinch on a trackpad arrives as a wheel with ctrl, in small steps. */
const WHEEL_ZOOM = 0.0022
const PINCH_ZOOM = 0.012
const LINE_PIXELS = 16

/**
 * Mouse: drag to pan, wheel with ctrl or ⌘ to zoom, wheel to pan (as trackpads do with two fingers); a mouse's wheel in
 * whole notches zooms. Touch: one finger pans, two zoom. Returns what ends it.
 */
export function handleGestures(stage: Stage, handlers: GestureHandlers): () => void {
  const { canvas } = stage
  const pointers = new Map<number, { x: number; y: number }>()
  let travelled = 0

  const local = (event: MouseEvent) => {
    const box = canvas.getBoundingClientRect()
    return { x: event.clientX - box.left, y: event.clientY - box.top }
  }
  const down = (event: PointerEvent) => {
    if (event.button !== 0 && event.button !== 1) return
    canvas.setPointerCapture(event.pointerId)
    pointers.set(event.pointerId, local(event))
    if (pointers.size === 1) travelled = 0
  }
  const move = (event: PointerEvent) => {
    const at = local(event)
    const before = pointers.get(event.pointerId)
    if (!before) {
      if (event.pointerType !== 'touch') handlers.hover(stage.toDrawing(at.x, at.y))
      return
    }
    pointers.set(event.pointerId, at)
    travelled += Math.abs(at.x - before.x) + Math.abs(at.y - before.y)
    if (travelled <= CLICK_SLOP) return
    const others = [...pointers].filter(([id]) => id !== event.pointerId)
    const other = others[0]?.[1]
    if (!other) {
      stage.panBy(at.x - before.x, at.y - before.y)
      return
    }
    const factor = Math.hypot(at.x - other.x, at.y - other.y) / Math.max(1, distance(before, other))
    stage.panBy((at.x - before.x) / 2, (at.y - before.y) / 2)
    stage.zoomBy(factor, { x: (at.x + other.x) / 2, y: (at.y + other.y) / 2 })
  }
  const up = (event: PointerEvent) => {
    const at = pointers.get(event.pointerId)
    pointers.delete(event.pointerId)
    if (!at || event.type === 'pointercancel' || travelled > CLICK_SLOP || pointers.size > 0) return
    const point = stage.toDrawing(at.x, at.y)
    handlers.click(point.x, point.y, event)
  }
  const doubleClick = (event: MouseEvent) => {
    const at = local(event)
    const point = stage.toDrawing(at.x, at.y)
    handlers.doubleClick(point.x, point.y)
  }
  const wheel = (event: WheelEvent) => {
    event.preventDefault()
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE_PIXELS : 1
    if (event.ctrlKey || event.metaKey) {
      const speed = isNotched(event) ? WHEEL_ZOOM : PINCH_ZOOM
      stage.zoomBy(Math.exp(-event.deltaY * unit * speed), local(event))
    } else if (isNotched(event) && !event.shiftKey)
      stage.zoomBy(Math.exp(-event.deltaY * unit * WHEEL_ZOOM), local(event))
    else if (event.shiftKey && event.deltaX === 0) stage.panBy(-event.deltaY * unit, 0)
    else stage.panBy(-event.deltaX * unit, -event.deltaY * unit)
  }
  const leave = () => handlers.hover(undefined)

  canvas.addEventListener('pointerdown', down)
  canvas.addEventListener('pointermove', move)
  canvas.addEventListener('pointerup', up)
  canvas.addEventListener('pointercancel', up)
  canvas.addEventListener('pointerleave', leave)
  canvas.addEventListener('dblclick', doubleClick)
  canvas.addEventListener('wheel', wheel, { passive: false })
  return () => {
    canvas.removeEventListener('pointerdown', down)
    canvas.removeEventListener('pointermove', move)
    canvas.removeEventListener('pointerup', up)
    canvas.removeEventListener('pointercancel', up)
    canvas.removeEventListener('pointerleave', leave)
    canvas.removeEventListener('dblclick', doubleClick)
    canvas.removeEventListener('wheel', wheel)
  }
}

/** A mouse's wheel turns in large steps, straight up or down; a trackpad's fingers do not. */
function isNotched(event: WheelEvent): boolean {
  return event.deltaX === 0 && (event.deltaMode !== WheelEvent.DOM_DELTA_PIXEL || Math.abs(event.deltaY) >= 60)
}

const distance = (a: { x: number; y: number }, b: { x: number; y: number }) => Math.hypot(a.x - b.x, a.y - b.y)
