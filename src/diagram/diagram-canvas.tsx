import { useEffect, useId, useRef, useState } from 'react'
import { useWords } from '../i18n/words.tsx'
import styles from './diagram.module.css'
import { handleGestures } from './gestures.ts'
import type { Marks } from './painter.ts'
import type { Palette } from './palette.ts'
import { nodeAt, type Scene } from './scene.ts'
import { Stage } from './stage.ts'
import type { DiagramNode } from './visible-graph.ts'
import { type Direction, step } from './walk.ts'

interface DiagramCanvasProps {
  name: string
  scene: Scene | undefined
  palette: Palette
  selected: readonly string[]
  highlighted: readonly string[]
  found: readonly string[] | null
  onStage(stage: Stage | null): void
  onSelect(ids: readonly string[]): void
  onToggle(id: string): void
}

const ARROWS: Readonly<Record<string, Direction>> = {
  ArrowUp: 'up',
  ArrowDown: 'down',
  ArrowLeft: 'left',
  ArrowRight: 'right',
}
const PAN_STEP = 80
const ZOOM_STEP = 1.3

/** The drawing itself: mouse, touch and keys. */
export function DiagramCanvas(props: DiagramCanvasProps) {
  const { t } = useWords()
  const helpId = useId()
  const canvas = useRef<HTMLCanvasElement>(null)
  const [stage, setStage] = useState<Stage | null>(null)
  const [current, setCurrent] = useState<string | null>(null)
  const latest = useRef({ ...props, setCurrent })
  latest.current = { ...props, setCurrent }
  const toggled = useRef<string | undefined>(undefined)

  const toggle = (id: string) => {
    toggled.current = id
    latest.current.onToggle(id)
  }
  useStage(canvas, latest, toggle, setStage)
  useEffect(() => stage?.setPalette(props.palette), [stage, props.palette])
  useEffect(() => {
    if (props.scene) stage?.setScene(props.scene, anchorOf(stage.scene, props.scene, toggled.current))
    toggled.current = undefined
  }, [stage, props.scene])
  useMarks(stage, props, current)

  const select = (index: number) => {
    const node = props.scene?.graph.nodes[index]
    if (!node || !stage) return
    setCurrent(node.id)
    stage.reveal([index])
    props.onSelect(node.node ? [node.id] : [])
  }
  const onKeyDown = (event: React.KeyboardEvent) => {
    const { scene } = props
    if (!stage || !scene || event.ctrlKey || event.metaKey || event.altKey) return
    const at = indexOf(scene, current) ?? indexOf(scene, props.selected[0]) ?? -1
    const direction = ARROWS[event.key]
    if (direction && event.shiftKey) {
      const [dx, dy] = { up: [0, 1], down: [0, -1], left: [1, 0], right: [-1, 0] }[direction] as [number, number]
      stage.panBy(dx * PAN_STEP, dy * PAN_STEP)
    } else if (direction) select(step(scene, at, direction) ?? at)
    else if (event.key === '+' || event.key === '=') stage.zoomBy(ZOOM_STEP)
    else if (event.key === '-') stage.zoomBy(1 / ZOOM_STEP)
    else if (event.key === '0') stage.fit()
    else if (event.key === 'Escape') props.onSelect([])
    else if (event.key === 'Enter' && (scene.graph.nodes[at]?.hidden ?? 0) > 0) toggle(scene.graph.nodes[at]!.id)
    else return
    event.preventDefault()
  }

  const spoken = props.scene?.graph.nodes[indexOf(props.scene, current) ?? -1]
  return (
    <>
      <div
        className={styles.surface}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: an application has keys of its own, described by the text below
        tabIndex={0}
        role="application"
        aria-roledescription={t.graph.title}
        aria-label={t.diagram.canvas(props.name)}
        aria-describedby={helpId}
        onKeyDown={onKeyDown}
        onBlur={() => setCurrent(null)}
      >
        <canvas ref={canvas} className={styles.canvas} />
      </div>
      <p id={helpId} hidden>
        {t.diagram.keys}
      </p>
      <p className="visually-hidden" aria-live="polite">
        {spoken && <Spoken node={spoken} />}
      </p>
    </>
  )
}

function Spoken({ node }: { node: DiagramNode }) {
  const { t } = useWords()
  const kind = node.kind === 'input' ? t.diagram.input : node.kind === 'output' ? t.diagram.output : ''
  const holds = node.hidden > 0 ? t.diagram.inside(node.hidden) : ''
  return [kind, node.op, node.label, node.detail, holds].filter(Boolean).join(', ')
}

type Latest = React.RefObject<DiagramCanvasProps & { setCurrent(id: string | null): void }>

function useStage(
  canvas: React.RefObject<HTMLCanvasElement | null>,
  latest: Latest,
  toggle: (id: string) => void,
  setStage: (stage: Stage | null) => void,
) {
  const latestToggle = useRef(toggle)
  latestToggle.current = toggle
  useEffect(() => {
    const element = canvas.current
    if (!element) return
    const stage = new Stage(element, latest.current.palette)
    const nodeUnder = (x: number, y: number) => {
      const index = stage.scene ? nodeAt(stage.scene, x, y) : -1
      return { index, node: stage.scene?.graph.nodes[index] }
    }
    const end = handleGestures(stage, {
      click(x, y, event) {
        const { index, node } = nodeUnder(x, y)
        latest.current.setCurrent(null)
        if (node && node.hidden > 0 && stage.scene && isOnToggle(stage.scene, index, x, y))
          latestToggle.current(node.id)
        else if (!node?.node) latest.current.onSelect([])
        else latest.current.onSelect(chosen(node.id, latest.current.selected, event))
      },
      doubleClick(x, y) {
        const { node } = nodeUnder(x, y)
        if (node && node.hidden > 0) latestToggle.current(node.id)
      },
      hover(at) {
        const index = at ? nodeUnder(at.x, at.y).index : -1
        const hovered = stage.scene?.graph.nodes[index]?.kind === 'open' ? -1 : index
        if (hovered === stage.marks.hovered) return
        element.dataset.over = String(hovered >= 0)
        stage.setMarks({ ...stage.marks, hovered })
      },
    })
    setStage(stage)
    latest.current.onStage(stage)
    return () => {
      end()
      stage.destroy()
      setStage(null)
    }
  }, [canvas, latest, setStage])
}

/** A click selects; with shift, ctrl or ⌘ it adds or takes away. */
function chosen(id: string, selected: readonly string[], event: PointerEvent): readonly string[] {
  if (!event.shiftKey && !event.ctrlKey && !event.metaKey) return [id]
  return selected.includes(id) ? selected.filter((other) => other !== id) : [...selected, id]
}

function isOnToggle({ layout }: Scene, index: number, x: number, y: number): boolean {
  return x - layout.x[index]! < 26 && y - layout.y[index]! < 30
}

const indexOf = (scene: Scene, id: string | null | undefined): number | undefined => {
  if (!id) return undefined
  const index = scene.graph.indexOf.get(id)
  if (index !== undefined) return index
  const terminal = scene.graph.nodes.findIndex((node) => node.id === id)
  return terminal < 0 ? undefined : terminal
}

/** Another picture of the same graph keeps the place of what was opened or closed, else of its first node. */
function anchorOf(before: Scene | undefined, after: Scene, toggled: string | undefined): string | undefined {
  const first = before?.graph.nodes.find(({ kind }) => kind !== 'input' && kind !== 'output')?.id
  return [toggled, first].find((id) => id !== undefined && after.graph.indexOf.has(id))
}

function useMarks(
  stage: Stage | null,
  { scene, selected, highlighted, found }: DiagramCanvasProps,
  current: string | null,
) {
  useEffect(() => {
    if (!stage || !scene) return
    const indices = (ids: readonly string[]) => new Set(ids.flatMap((id) => indexOf(scene, id) ?? []))
    const marks: Marks = {
      selected: indices(selected),
      highlighted: indices(highlighted),
      found: indices(found ?? []),
      hovered: -1,
      current: indexOf(scene, current) ?? -1,
    }
    stage.setMarks(marks)
  }, [stage, scene, selected, highlighted, found, current])
}
