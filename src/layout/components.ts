import { GAP } from './level.ts'

/** The connected component of each vertex, numbered in the order of their first vertices. */
export function components(count: number, from: Int32Array, to: Int32Array): { of: Int32Array; count: number } {
  const leader = Int32Array.from({ length: count }, (_, v) => v)
  const find = (v: number): number => {
    let top = v
    while (leader[top] !== top) top = leader[top]!
    for (let at = v; at !== top; ) {
      const next = leader[at]!
      leader[at] = top
      at = next
    }
    return top
  }
  for (let edge = 0; edge < from.length; edge++) {
    const a = find(from[edge]!)
    const b = find(to[edge]!)
    if (a !== b) leader[Math.max(a, b)] = Math.min(a, b)
  }
  const of = new Int32Array(count)
  let next = 0
  for (let v = 0; v < count; v++) {
    const top = find(v)
    of[v] = top === v ? next++ : of[top]!
  }
  return { of, count: next }
}

interface Box {
  readonly width: number
  readonly height: number
}

/** Upper left corners of boxes set in rows, in their order, and the size of the whole. */
export function packRows(boxes: readonly Box[]): Box & { readonly corners: readonly { x: number; y: number }[] } {
  const area = boxes.reduce((sum, { width, height }) => sum + (width + GAP.components) * (height + GAP.components), 0)
  const widest = boxes.reduce((most, { width }) => Math.max(most, width), 0)
  const limit = Math.max(widest, Math.sqrt(area) * 1.3)
  const corners: { x: number; y: number }[] = []
  let x = 0
  let y = 0
  let rowHeight = 0
  let width = 0
  for (const box of boxes) {
    if (x > 0 && x + box.width > limit) {
      x = 0
      y += rowHeight + GAP.components
      rowHeight = 0
    }
    corners.push({ x, y })
    x += box.width + GAP.components
    width = Math.max(width, x - GAP.components)
    rowHeight = Math.max(rowHeight, box.height)
  }
  return { width, height: y + rowHeight, corners }
}
