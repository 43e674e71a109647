import { useCallback, useEffect, useId, useMemo, useRef, useState } from 'react'
import { useWords } from '../i18n/words.tsx'
import type { GraphView } from '../worker/graph-view.ts'
import styles from './diagram.module.css'
import { DiagramCanvas } from './diagram-canvas.tsx'
import { Legend } from './legend.tsx'
import { Minimap } from './minimap.tsx'
import { NodePanel } from './node-panel.tsx'
import { searchNodes } from './search.ts'
import type { Stage } from './stage.ts'
import { Tools } from './tools.tsx'
import { usePalette } from './use-palette.ts'
import { type Arrange, useScene } from './use-scene.ts'
import { closedAtFirst, containerIds } from './visible-graph.ts'

interface DiagramProps {
  graph: GraphView
  /** What it is called, for screen readers. */
  name: string
  arrange: Arrange
  /** Ids of nodes; what is selected from outside is brought into view. */
  selected: readonly string[]
  /** Ids of nodes that belong to what is selected elsewhere. */
  highlighted: readonly string[]
  onSelect(ids: readonly string[]): void
  /** Whether the list of nodes stands beside the drawing at first, where there is room. */
  isListOpen?: boolean
  /** Puts back what was left out below a folded node. */
  onUnfold?(id: string): void
}

/** Pixels of width below which the list would cover the drawing. */
const ROOMY = 900

/** A graph: drawn, listed and searchable. */
export function Diagram(props: DiagramProps) {
  const { graph, name, arrange, selected, highlighted, onSelect, isListOpen = true, onUnfold } = props
  const { t } = useWords()
  const searchId = useId()
  const root = useRef<HTMLDivElement>(null)
  const [stage, setStage] = useState<Stage | null>(null)
  const { closed, toggle, open, setClosed } = useClosed(graph)
  const { scene, error } = useScene(graph, closed, arrange, root)
  const palette = usePalette(root)
  const [hasList, setHasList] = useState(() => isListOpen && innerWidth >= ROOMY)
  const [query, setQuery] = useState('')
  const found = useMemo(() => (query.trim() === '' ? null : searchNodes(graph, query)), [graph, query])
  const containers = useMemo(() => containerIds(graph), [graph])
  const reveals = useReveal(stage, scene, selected, highlighted)

  const selectElsewhere = (id: string) => {
    open(graph, [id])
    onSelect([id])
  }
  useEffect(() => open(graph, [...selected, ...highlighted]), [open, graph, selected, highlighted])

  const focusSearch = () => {
    setHasList(true)
    requestAnimationFrame(() => document.getElementById(searchId)?.focus())
  }
  useSearchKeys(root, focusSearch)

  return (
    <div ref={root} className={styles.diagram} data-diagram>
      {hasList && (
        <NodePanel
          graph={graph}
          closed={closed}
          selected={selected}
          highlighted={highlighted}
          query={query}
          found={found}
          searchId={searchId}
          onQuery={setQuery}
          onSelect={selectElsewhere}
          onToggle={toggle}
          onHide={() => setHasList(false)}
        />
      )}
      <div className={styles.stage}>
        {palette && (
          <DiagramCanvas
            name={name}
            scene={scene}
            palette={palette}
            selected={selected}
            highlighted={highlighted}
            found={found}
            onStage={setStage}
            onSelect={(ids) => {
              reveals.skip(ids)
              onSelect(ids)
            }}
            onToggle={(id) => (isFolded(graph, id) ? onUnfold?.(id) : toggle(id))}
          />
        )}
        {stage && (
          <Tools
            stage={stage}
            hasList={hasList}
            onList={focusSearch}
            hasContainers={containers.length > 0}
            onOpenAll={() => setClosed(new Set())}
            onCloseAll={() => setClosed(new Set(containers))}
          />
        )}
        {scene && <Legend scene={scene} />}
        {stage && scene && palette && scene.layout.width > 0 && (
          <div className={styles.corner}>
            <Minimap stage={stage} scene={scene} palette={palette} />
          </div>
        )}
        <p className={styles.message} role="status">
          {error
            ? String(error instanceof Error ? error.message : error)
            : !scene
              ? t.diagram.arranging
              : scene.graph.nodes.length === 0
                ? t.diagram.empty
                : ''}
        </p>
      </div>
    </div>
  )
}

const isFolded = (graph: GraphView, id: string) => graph.nodes.some((node) => node.id === id && node.folded)

/** / and ctrl-F or ⌘F search in the diagram that has the focus, or else in the page's first one. */
function useSearchKeys(root: React.RefObject<HTMLElement | null>, search: () => void) {
  const latest = useRef(search)
  latest.current = search
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const target = event.target instanceof Element ? event.target : document.body
      const isFind = event.key === 'f' && (event.ctrlKey || event.metaKey)
      const isSlash = event.key === '/' && !target.matches('input, textarea, select')
      const meant = target.closest('[data-diagram]') ?? document.querySelector('[data-diagram]')
      if ((!isFind && !isSlash) || meant !== root.current) return
      event.preventDefault()
      latest.current()
    }
    document.addEventListener('keydown', onKeyDown)
    return () => document.removeEventListener('keydown', onKeyDown)
  }, [root])
}

/** Which containers are closed. */
function useClosed(graph: GraphView) {
  const first = useMemo(() => closedAtFirst(graph), [graph])
  const [state, setState] = useState({ graph, closed: first })
  const closed = state.graph === graph ? state.closed : first
  const setClosed = useCallback((next: ReadonlySet<string>) => setState({ graph, closed: next }), [graph])
  const toggle = (id: string) => {
    const next = new Set(closed)
    if (!next.delete(id)) next.add(id)
    setClosed(next)
  }
  const open = useCallback((of: GraphView, ids: readonly string[]) => {
    setState((before) => {
      const now = before.graph === of ? before.closed : closedAtFirst(of)
      const parents = new Map(of.nodes.map(({ id, parent }) => [id, parent]))
      const next = new Set(now)
      for (const id of ids) {
        for (let at = parents.get(id), steps = 0; at !== undefined && steps < 100; at = parents.get(at), steps++)
          next.delete(at)
      }
      return next.size === now.size ? before : { graph: of, closed: next }
    })
  }, [])
  return { closed, setClosed, toggle, open }
}

/** Brings what is selected or lit up from outside into view, once it is drawn. */
function useReveal(
  stage: Stage | null,
  scene: ReturnType<typeof useScene>['scene'],
  selected: readonly string[],
  highlighted: readonly string[],
) {
  const done = useRef('')
  const key = JSON.stringify([selected, highlighted])
  useEffect(() => {
    if (!stage || !scene || done.current === key) return
    done.current = key
    const ids = highlighted.length > 0 ? highlighted : selected
    stage.reveal(ids.flatMap((id) => scene.graph.indexOf.get(id) ?? []))
  }, [stage, scene, key, selected, highlighted])
  return {
    /** What was selected in the drawing itself is in view. */
    skip: (ids: readonly string[]) => {
      done.current = JSON.stringify([ids, highlighted])
    },
  }
}
