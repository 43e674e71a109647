import { type ReactNode, useMemo, useState } from 'react'
import { useWords } from '../../i18n/words.tsx'
import type { GraphView as Graph } from '../../worker/graph-view.ts'
import { Changes } from './changes.tsx'
import styles from './compare-view.module.css'
import { LinkedNodes } from './linked-nodes.tsx'
import { provenance } from './provenance.ts'

/** One side: a graph, and the file that it stands in. */
export interface Side {
  readonly graph: Graph
  readonly name: string
  /** Bytes; null where there is no file. */
  readonly size: number | null
}

export interface GraphMarks {
  readonly selected: readonly string[]
  readonly highlighted: readonly string[]
  readonly isListOpen: boolean
  onSelect(nodes: readonly string[]): void
}

interface CompareViewProps {
  source: Side
  target: Side
  /** Ids of the source nodes that are selected. */
  selected: readonly string[]
  onSelect(sourceNodes: readonly string[]): void
  /** Draws a graph: given, since features do not know each other. */
  renderGraph(graph: Graph, marks: GraphMarks): ReactNode
}

const none: readonly string[] = []

/** Source and converted graph side by side: what is selected on one side lights up on the other. */
export function CompareView({ source, target, selected, onSelect, renderGraph }: CompareViewProps) {
  const { t } = useWords()
  const links = useMemo(() => provenance(source.graph, target.graph), [source.graph, target.graph])
  const [picked, setPicked] = useState<{ targets: readonly string[]; sources: readonly string[] } | null>(null)
  // What was picked on the right holds until something else is selected on the left.
  const isPicked = picked !== null && same(picked.sources, selected)
  const targets = isPicked ? picked.targets : none
  const linked = useMemo(() => links.targetsOf(selected), [links, selected])

  const selectSource = (ids: readonly string[]) => {
    setPicked(null)
    onSelect(ids)
  }
  const selectTarget = (ids: readonly string[]) => {
    const sources = links.sourcesOf(ids)
    setPicked({ targets: ids, sources })
    onSelect(sources)
  }
  return (
    <div className={styles.view}>
      <Changes source={source} target={target} />
      <LinkedNodes source={source.graph} target={target.graph} selected={selected} linked={linked} picked={targets} />
      <div className={styles.sides}>
        <section className={styles.side} aria-label={t.compare.source}>
          <h2 className={styles.title}>
            {t.compare.source} <span className={styles.name}>{source.name}</span>
          </h2>
          <div className={styles.graph}>
            {renderGraph(source.graph, {
              selected: isPicked ? none : selected,
              highlighted: isPicked ? selected : none,
              isListOpen: false,
              onSelect: selectSource,
            })}
          </div>
        </section>
        <section className={styles.side} aria-label={t.compare.target}>
          <h2 className={styles.title}>
            {t.compare.target} <span className={styles.name}>{target.name}</span>
          </h2>
          <div className={styles.graph}>
            {renderGraph(target.graph, {
              selected: targets,
              highlighted: isPicked ? none : linked,
              isListOpen: false,
              onSelect: selectTarget,
            })}
          </div>
        </section>
      </div>
    </div>
  )
}

const same = (a: readonly string[], b: readonly string[]) => a.length === b.length && a.every((id, i) => id === b[i])
