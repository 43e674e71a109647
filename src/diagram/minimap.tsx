import { useEffect, useRef } from 'react'
import styles from './minimap.module.css'
import type { Palette } from './palette.ts'
import type { Scene } from './scene.ts'
import type { Stage } from './stage.ts'

const LONGEST = 150

interface MinimapProps {
  stage: Stage
  scene: Scene
  palette: Palette
}

/** The whole drawing with a frame around what is seen; dragging moves the frame. For the mouse: the keys move anyway. */
export function Minimap({ stage, scene, palette }: MinimapProps) {
  const canvas = useRef<HTMLCanvasElement>(null)
  useEffect(() => {
    const element = canvas.current
    if (!element) return
    const scale = Math.min(LONGEST / scene.layout.width, LONGEST / scene.layout.height)
    const width = Math.max(24, Math.ceil(scene.layout.width * scale))
    const height = Math.max(24, Math.ceil(scene.layout.height * scale))
    element.width = width * devicePixelRatio
    element.height = height * devicePixelRatio
    element.style.width = `${width}px`
    element.style.height = `${height}px`
    const picture = paintWhole(scene, palette, scale, element.width, element.height)
    const toDrawing = (event: PointerEvent) => {
      const box = element.getBoundingClientRect()
      stage.centreOn((event.clientX - box.left) / scale, (event.clientY - box.top) / scale)
    }
    const down = (event: PointerEvent) => {
      element.setPointerCapture(event.pointerId)
      toDrawing(event)
    }
    const move = (event: PointerEvent) => {
      if (element.hasPointerCapture(event.pointerId)) toDrawing(event)
    }
    element.addEventListener('pointerdown', down)
    element.addEventListener('pointermove', move)
    const frame = () => {
      const context = element.getContext('2d')
      if (!context) return
      const { camera, view } = stage
      context.setTransform(1, 0, 0, 1, 0, 0)
      context.drawImage(picture, 0, 0)
      context.scale(devicePixelRatio, devicePixelRatio)
      const [w, h] = [(view.width / camera.scale) * scale, (view.height / camera.scale) * scale]
      element.hidden =
        view.width / camera.scale >= scene.layout.width && view.height / camera.scale >= scene.layout.height
      context.strokeStyle = palette.lit
      context.lineWidth = 1.5
      const left = Math.max(1, camera.x * scale)
      const top = Math.max(1, camera.y * scale)
      const right = Math.min(width - 1, camera.x * scale + w)
      const bottom = Math.min(height - 1, camera.y * scale + h)
      context.strokeRect(left, top, Math.max(2, right - left), Math.max(2, bottom - top))
    }
    stage.onView = frame
    frame()
    return () => {
      stage.onView = () => {}
      element.removeEventListener('pointerdown', down)
      element.removeEventListener('pointermove', move)
    }
  }, [stage, scene, palette])
  return (
    <div aria-hidden="true">
      <canvas ref={canvas} className={styles.map} />
    </div>
  )
}

function paintWhole({ graph, layout }: Scene, palette: Palette, scale: number, width: number, height: number) {
  const picture = document.createElement('canvas')
  picture.width = width
  picture.height = height
  const context = picture.getContext('2d')
  if (!context) return picture
  context.fillStyle = palette.node
  context.fillRect(0, 0, width, height)
  context.scale(scale * devicePixelRatio, scale * devicePixelRatio)
  const least = 1 / scale
  for (const [i, { kind, family }] of graph.nodes.entries()) {
    if (kind === 'open') continue
    context.fillStyle = kind === 'input' || kind === 'output' ? palette.inkSoft : palette.family[family]
    context.fillRect(
      layout.x[i]!,
      layout.y[i]!,
      Math.max(least, layout.widths[i]!),
      Math.max(least, layout.heights[i]!),
    )
  }
  return picture
}
