import { useEffect, useRef } from 'react'
import styles from './minimap.module.css'
import type { Palette } from './palette.ts'
import type { Scene } from './scene.ts'
import type { Stage } from './stage.ts'

const LONGEST = 150
/** A very long drawing is squeezed, so that its map can be seen and grabbed. */
const SHORTEST = 36

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
    const width = Math.max(SHORTEST, Math.ceil(scene.layout.width * scale))
    const height = Math.max(SHORTEST, Math.ceil(scene.layout.height * scale))
    const scaleX = width / scene.layout.width
    const scaleY = height / scene.layout.height
    element.width = width * devicePixelRatio
    element.height = height * devicePixelRatio
    element.style.width = `${width}px`
    element.style.height = `${height}px`
    const picture = paintWhole(scene, palette, element.width, element.height)
    const toDrawing = (event: PointerEvent) => {
      const box = element.getBoundingClientRect()
      stage.centreOn((event.clientX - box.left) / scaleX, (event.clientY - box.top) / scaleY)
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
      const [w, h] = [(view.width / camera.scale) * scaleX, (view.height / camera.scale) * scaleY]
      element.hidden =
        view.width / camera.scale >= scene.layout.width && view.height / camera.scale >= scene.layout.height
      context.strokeStyle = palette.lit
      context.lineWidth = 1.5
      const left = Math.max(1, camera.x * scaleX)
      const top = Math.max(1, camera.y * scaleY)
      const right = Math.min(width - 1, camera.x * scaleX + w)
      const bottom = Math.min(height - 1, camera.y * scaleY + h)
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

function paintWhole({ graph, layout }: Scene, palette: Palette, width: number, height: number) {
  const picture = document.createElement('canvas')
  picture.width = width
  picture.height = height
  const context = picture.getContext('2d')
  if (!context) return picture
  context.fillStyle = palette.node
  context.fillRect(0, 0, width, height)
  const scaleX = width / layout.width
  const scaleY = height / layout.height
  context.scale(scaleX, scaleY)
  for (const [i, { kind, family }] of graph.nodes.entries()) {
    if (kind === 'open') continue
    context.fillStyle = kind === 'input' || kind === 'output' ? palette.inkSoft : palette.family[family]
    context.fillRect(
      layout.x[i]!,
      layout.y[i]!,
      Math.max(1 / scaleX, layout.widths[i]!),
      Math.max(1 / scaleY, layout.heights[i]!),
    )
  }
  return picture
}
