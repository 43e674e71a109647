import { describe, expect, it } from 'vitest'
import { between, type Camera, firstLook, fitAll, MAX_SCALE, pan, reveal, zoomAt } from './camera.ts'

const view = { width: 800, height: 600 }
const toScreen = ({ x, y, scale }: Camera, px: number, py: number) => [(px - x) * scale, (py - y) * scale]

describe('the camera', () => {
  it('keeps the point under the pointer when it zooms', () => {
    const camera = { x: 120, y: -40, scale: 0.8 }
    const zoomed = zoomAt(camera, 1.7, 300, 200)
    const point = [camera.x + 300 / 0.8, camera.y + 200 / 0.8] as const
    const [x, y] = toScreen(zoomed, ...point)
    expect(x).toBeCloseTo(300)
    expect(y).toBeCloseTo(200)
    expect(zoomAt(camera, 1000, 0, 0).scale).toBe(MAX_SCALE)
  })

  it('moves with the hand', () => {
    expect(pan({ x: 0, y: 0, scale: 2 }, 10, -6)).toEqual({ x: -5, y: 3, scale: 2 })
  })

  it('shows a small drawing whole, without enlarging it, and a large one from its beginning', () => {
    expect(firstLook({ width: 200, height: 300 }, view)).toEqual(fitAll({ width: 200, height: 300 }, view))
    expect(fitAll({ width: 200, height: 300 }, view).scale).toBe(1)
    const long = firstLook({ width: 300, height: 90_000 }, view)
    expect(long.scale).toBe(1)
    expect(toScreen(long, 150, 0)).toEqual([400, expect.closeTo(54)])
  })

  it('moves only as far as it has to', () => {
    const camera = { x: 0, y: 0, scale: 1 }
    expect(reveal(camera, { x: 100, y: 100, width: 50, height: 50 }, view)).toEqual(camera)
    const moved = reveal(camera, { x: 100, y: 2000, width: 50, height: 50 }, view)
    expect(moved.x).toBe(0)
    expect(toScreen(moved, 0, 2025)[1]).toBeCloseTo(300)
  })

  it('zooms out for what does not fit, and in for what could not be read', () => {
    expect(reveal({ x: 0, y: 0, scale: 1 }, { x: 0, y: 0, width: 4000, height: 10 }, view).scale).toBeLessThan(0.2)
    expect(reveal({ x: 0, y: 0, scale: 0.05 }, { x: 0, y: 0, width: 40, height: 10 }, view).scale).toBeGreaterThan(0.5)
  })

  it('arrives where it flies to', () => {
    const [a, b] = [
      { x: 0, y: 10, scale: 1 },
      { x: 50, y: 20, scale: 0.25 },
    ]
    expect(between(a, b, 0)).toEqual(a)
    expect(between(a, b, 1)).toEqual({ x: 50, y: 20, scale: 0.25 })
    expect(between(a, b, 0.5).scale).toBeCloseTo(0.5)
  })
})
