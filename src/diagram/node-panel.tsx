import { Button } from '../components/button.tsx'
import { ChevronIcon, CloseIcon } from '../components/icons.tsx'
import { useWords } from '../i18n/words.tsx'
import type { GraphView } from '../worker/graph-view.ts'
import { NodeList } from './node-list.tsx'
import styles from './node-panel.module.css'

interface NodePanelProps {
  graph: GraphView
  closed: ReadonlySet<string>
  selected: readonly string[]
  highlighted: readonly string[]
  query: string
  /** What a search has found; null while there is none. */
  found: readonly string[] | null
  searchId: string
  onQuery(query: string): void
  onSelect(id: string): void
  onToggle(id: string): void
  onHide(): void
}

/** Search and list of nodes. */
export function NodePanel(props: NodePanelProps) {
  const { t } = useWords()
  const { graph, query, found, selected, onQuery, onSelect } = props
  const at = found ? found.indexOf(selected[0] ?? '') : -1
  const go = (by: 1 | -1) => {
    if (!found || found.length === 0) return
    const next = at < 0 ? (by === 1 ? 0 : found.length - 1) : (at + by + found.length) % found.length
    onSelect(found[next]!)
  }
  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.key === 'Enter') go(event.shiftKey ? -1 : 1)
    else if (event.key === 'Escape' && query !== '') onQuery('')
    else return
    event.preventDefault()
  }
  return (
    <aside className={styles.panel} aria-label={t.diagram.showList}>
      <div className={styles.search}>
        <input
          id={props.searchId}
          className={styles.input}
          type="search"
          value={query}
          placeholder={t.diagram.searchPlaceholder}
          aria-label={t.diagram.search}
          onChange={(event) => onQuery(event.target.value)}
          onKeyDown={onKeyDown}
        />
        <Button look="icon" aria-label={t.app.close} title={t.app.close} onClick={props.onHide}>
          <CloseIcon />
        </Button>
      </div>
      <div className={styles.count}>
        <span role="status">
          {found
            ? found.length === 0
              ? t.diagram.noMatch
              : t.diagram.matches(found.length)
            : t.graph.nodeCount(graph.nodes.length)}
        </span>
        {found && found.length > 0 && (
          <span className={styles.steps}>
            <Button look="icon" className={styles.previous} aria-label={t.diagram.previous} onClick={() => go(-1)}>
              <ChevronIcon />
            </Button>
            {at >= 0 && `${at + 1}/${found.length}`}
            <Button look="icon" className={styles.next} aria-label={t.diagram.next} onClick={() => go(1)}>
              <ChevronIcon />
            </Button>
          </span>
        )}
      </div>
      <NodeList {...props} />
    </aside>
  )
}
