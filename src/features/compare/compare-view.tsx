import type { ReactNode } from 'react'
import type { GraphView as Graph } from '../../worker/graph-view.ts'
import styles from './compare-view.module.css'

interface CompareViewProps {
  source: Graph
  target: Graph
  /** Ids of the source nodes that are selected. */
  selected: readonly string[]
  onSelect: (sourceNodes: readonly string[]) => void
  /** Draws a graph: given, since features do not know each other. */
  renderGraph: (
    graph: Graph,
    marks: {
      selected: readonly string[]
      highlighted: readonly string[]
      onSelect: (nodes: readonly string[]) => void
    },
  ) => ReactNode
}

/** Source and converted graph side by side, linked by provenance. */
export function CompareView({ source, target, selected, onSelect, renderGraph }: CompareViewProps) {
  const linked = target.nodes.filter(({ origin }) => origin.some((node) => selected.includes(node)))
  const originsOf = (ids: readonly string[]) => [
    ...new Set(target.nodes.filter(({ id }) => ids.includes(id)).flatMap(({ origin }) => origin)),
  ]
  return (
    <div className={styles.view}>
      {renderGraph(source, { selected, highlighted: [], onSelect })}
      {renderGraph(target, {
        selected: [],
        highlighted: linked.map(({ id }) => id),
        onSelect: (ids) => onSelect(originsOf(ids)),
      })}
    </div>
  )
}
