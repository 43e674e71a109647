import { useEffect, useId, useMemo, useRef, useState } from 'react'
import { useWords } from '../i18n/words.tsx'
import type { GraphView, NodeView } from '../worker/graph-view.ts'
import swatch from './diagram.module.css'
import { colourOf, titleOf } from './families.ts'
import styles from './node-list.module.css'
import { outline } from './outline.ts'

const ROW = 30
const OVERSCAN = 8

interface NodeListProps {
  graph: GraphView
  closed: ReadonlySet<string>
  selected: readonly string[]
  /** Nodes that belong to what is selected elsewhere. */
  highlighted: readonly string[]
  /** Only these, when a search is on. */
  found: readonly string[] | null
  onSelect(id: string): void
  onToggle(id: string): void
}

/**
 * The nodes as a tree for keyboard, screen reader and mouse: says what the drawing shows. Only the rows in sight are
 * in the document; their place in the whole is told by aria-setsize and aria-posinset.
 */
export function NodeList({ graph, closed, selected, highlighted, found, onSelect, onToggle }: NodeListProps) {
  const { t } = useWords()
  const id = useId()
  const box = useRef<HTMLDivElement>(null)
  const { top, height, onScroll } = useWindow(box)
  const rows = useMemo(() => {
    if (!found) return outline(graph, closed)
    const set = new Set(found)
    return outline(graph, new Set()).filter(({ node }) => set.has(node.id))
  }, [graph, closed, found])
  const [active, setActive] = useState(0)
  const at = Math.min(active, rows.length - 1)

  const first = selected[0] ?? highlighted[0]
  useEffect(() => {
    const index = rows.findIndex(({ node }) => node.id === first)
    if (index < 0) return
    setActive(index)
    scrollTo(box.current, index)
  }, [first, rows])

  const goTo = (index: number) => {
    const bounded = Math.max(0, Math.min(rows.length - 1, index))
    const row = rows[bounded]
    if (!row) return
    setActive(bounded)
    scrollTo(box.current, bounded)
    onSelect(row.node.id)
  }
  const onKeyDown = (event: React.KeyboardEvent) => {
    const row = rows[at]
    const page = Math.max(1, Math.floor(height / ROW) - 1)
    const moves: Record<string, () => void> = {
      ArrowDown: () => goTo(at + 1),
      ArrowUp: () => goTo(at - 1),
      PageDown: () => goTo(at + page),
      PageUp: () => goTo(at - page),
      Home: () => goTo(0),
      End: () => goTo(rows.length - 1),
      Enter: () => goTo(at),
      ' ': () => goTo(at),
      ArrowRight: () => row && row.holds > 0 && closed.has(row.node.id) && onToggle(row.node.id),
      ArrowLeft: () => row && row.holds > 0 && !closed.has(row.node.id) && onToggle(row.node.id),
    }
    const move = moves[event.key]
    if (!move || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    move()
  }

  const from = Math.max(0, Math.floor(top / ROW) - OVERSCAN)
  const shown = rows.slice(from, Math.ceil((top + height) / ROW) + OVERSCAN)
  const isActiveShown = at >= from && at < from + shown.length
  return (
    <div
      ref={box}
      className={styles.list}
      role="tree"
      aria-label={t.diagram.list}
      tabIndex={0}
      aria-activedescendant={isActiveShown ? `${id}-${at}` : undefined}
      onKeyDown={onKeyDown}
      onScroll={onScroll}
    >
      <svg className={styles.spacer} width="1" height={rows.length * ROW} aria-hidden="true" focusable="false" />
      {shown.map(({ node, level, holds }, i) => {
        const index = from + i
        const op = titleOf(node, graph.dialect)
        return (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the tree around it has the focus and handles the keys
          // biome-ignore lint/a11y/useFocusableInteractive: the active row is named by aria-activedescendant
          <div
            key={node.id}
            ref={(element) => {
              element?.style.setProperty('--row', String(index))
              element?.style.setProperty('--level', String(found ? 0 : level - 1))
            }}
            id={`${id}-${index}`}
            className={styles.row}
            title={node.label}
            role="treeitem"
            aria-level={level}
            aria-setsize={rows.length}
            aria-posinset={index + 1}
            aria-selected={selected.includes(node.id)}
            data-active={index === at}
            data-highlighted={highlighted.includes(node.id)}
            {...(holds > 0 && !found && { 'aria-expanded': !closed.has(node.id) })}
            onClick={() => goTo(index)}
            onDoubleClick={() => holds > 0 && onToggle(node.id)}
          >
            <span className={swatch.swatch} data-family={colourOf(node, graph.dialect, holds > 0)} />
            <span className={styles.op}>{op}</span>
            {hasName(node, op) && <span className={styles.label}>{node.label}</span>}
            {highlighted.includes(node.id) && <span className="visually-hidden">, {t.diagram.linked}</span>}
          </div>
        )
      })}
    </div>
  )
}

/** Whether a node is called anything but what it is. */
const hasName = ({ label, title }: NodeView, op: string) =>
  title === undefined && label.toLowerCase() !== op.toLowerCase()

function scrollTo(box: HTMLElement | null, index: number): void {
  if (!box) return
  const top = index * ROW
  if (top < box.scrollTop) box.scrollTop = top
  else if (top + ROW > box.scrollTop + box.clientHeight) box.scrollTop = top + ROW - box.clientHeight
}

/** What part of a scrolling box is seen. */
function useWindow(box: React.RefObject<HTMLElement | null>) {
  const [seen, setSeen] = useState({ top: 0, height: 600 })
  useEffect(() => {
    const element = box.current
    if (!element) return
    const observer = new ResizeObserver(() => setSeen({ top: element.scrollTop, height: element.clientHeight }))
    observer.observe(element)
    return () => observer.disconnect()
  }, [box])
  const onScroll = (event: React.UIEvent<HTMLElement>) => {
    const { scrollTop: top, clientHeight: height } = event.currentTarget
    setSeen({ top, height })
  }
  return { ...seen, onScroll }
}
