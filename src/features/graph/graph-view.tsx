import type { GraphView as Graph } from '../../worker/graph-view.ts'
import styles from './graph-view.module.css'

interface GraphViewProps {
  graph: Graph
  selected: readonly string[]
  highlighted: readonly string[]
  onSelect: (nodes: readonly string[]) => void
}

/** A graph's nodes in topological order. */
export function GraphView({ graph, selected, highlighted, onSelect }: GraphViewProps) {
  return (
    <ol className={styles.list} aria-label={graph.name}>
      {graph.nodes.map(({ id, op, label }) => (
        <li key={id}>
          <button
            type="button"
            className={styles.node}
            aria-pressed={selected.includes(id)}
            data-highlighted={highlighted.includes(id)}
            onClick={() => onSelect([id])}
          >
            <code>{op}</code> {label}
          </button>
        </li>
      ))}
    </ol>
  )
}
