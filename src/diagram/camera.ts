/** What part of the drawing is seen: the point at the upper left corner, and pixels of screen per pixel of drawing. */
export interface Camera {
  readonly x: number
  readonly y: number
  readonly scale: number
}

export interface Size {
  readonly width: number
  readonly height: number
}

export interface Rect extends Size {
  readonly x: number
  readonly y: number
}

export const MAX_SCALE = 3
const MIN_SCALE = 0.02
/** Below this, nothing can be read. */
const READABLE = 0.55
/** Below this, one sees nothing of a whole: a large graph is shown from its beginning instead. */
const RECOGNISABLE = 0.38
const MARGIN = 28
/** Above the drawing there are buttons. */
const TOP_MARGIN = 54

export function pan({ x, y, scale }: Camera, dx: number, dy: number): Camera {
  return { x: x - dx / scale, y: y - dy / scale, scale }
}

/** Zooms by a factor; the point of the screen stays where it is. */
export function zoomAt(camera: Camera, factor: number, screenX: number, screenY: number): Camera {
  const scale = Math.min(MAX_SCALE, Math.max(Math.min(MIN_SCALE, camera.scale), camera.scale * factor))
  return {
    x: camera.x + screenX / camera.scale - screenX / scale,
    y: camera.y + screenY / camera.scale - screenY / scale,
    scale,
  }
}

/** Everything, as large as it fits but not enlarged. */
export function fitAll(drawing: Size, view: Size): Camera {
  const scale = Math.min(
    1,
    (view.width - 2 * MARGIN) / Math.max(1, drawing.width),
    (view.height - TOP_MARGIN - MARGIN) / Math.max(1, drawing.height),
  )
  return centred(drawing, view, scale)
}

/** Everything where that says something, else the beginning. */
export function firstLook(drawing: Size, view: Size): Camera {
  const all = fitAll(drawing, view)
  if (all.scale >= RECOGNISABLE) return all
  const byWidth = Math.min(1, Math.max(READABLE, (view.width - 2 * MARGIN) / Math.max(1, drawing.width)))
  const { x } = centred(drawing, view, byWidth)
  return { x, y: -TOP_MARGIN / byWidth, scale: byWidth }
}

function centred(drawing: Size, view: Size, scale: number): Camera {
  return {
    x: drawing.width / 2 - view.width / 2 / scale,
    y: drawing.height / 2 - (view.height + TOP_MARGIN - MARGIN) / 2 / scale,
    scale,
  }
}

/** Moves as little as it takes to see a part of the drawing, and zooms in where it could not be read. */
export function reveal(camera: Camera, part: Rect, view: Size): Camera {
  const fits = Math.min((view.width - 2 * MARGIN) / part.width, (view.height - 2 * MARGIN) / part.height)
  const scale = Math.min(Math.max(camera.scale, READABLE), Math.max(fits, MIN_SCALE))
  if (scale !== camera.scale) {
    return {
      x: part.x + part.width / 2 - view.width / 2 / scale,
      y: part.y + part.height / 2 - view.height / 2 / scale,
      scale,
    }
  }
  return {
    x: nearest(camera.x, part.x, part.width, view.width / scale, MARGIN / scale),
    y: nearest(camera.y, part.y, part.height, view.height / scale, MARGIN / scale),
    scale,
  }
}

/** The start of a window of `size` nearest to where it is, so that a stretch and a margin around it are inside. */
function nearest(start: number, from: number, length: number, size: number, margin: number): number {
  if (start <= from - margin && from + length + margin <= start + size) return start
  return from + length / 2 - size / 2
}

/** Part of the way from one camera to another; at equal speed of zooming. */
export function between(a: Camera, b: Camera, t: number): Camera {
  const scale = a.scale * (b.scale / a.scale) ** t
  const share = a.scale === b.scale ? t : (1 / scale - 1 / a.scale) / (1 / b.scale - 1 / a.scale)
  return { x: a.x + (b.x - a.x) * share, y: a.y + (b.y - a.y) * share, scale }
}
