import { Section } from '../../components/panel.tsx'
import { useWords } from '../../i18n/words.tsx'
import type { NodeView } from '../../worker/graph-view.ts'
import styles from './operator-counts.module.css'

interface OperatorCountsProps {
  nodes: readonly NodeView[]
  onShow: (nodes: readonly string[]) => void
}

/** Operators with how often they occur, most frequent first; one is shown in the graph when it is clicked. */
export function OperatorCounts({ nodes, onShow }: OperatorCountsProps) {
  const { t, integer } = useWords()
  const idsByOperator = new Map<string, string[]>()
  for (const { op, id } of nodes) {
    const ids = idsByOperator.get(op)
    if (ids) ids.push(id)
    else idsByOperator.set(op, [id])
  }
  const sorted = [...idsByOperator].sort(([a, x], [b, y]) => y.length - x.length || a.localeCompare(b))
  return (
    <Section title={t.summary.operators} aside={t.summary.kinds(sorted.length)}>
      <ul className={styles.list}>
        {sorted.map(([operator, ids]) => (
          <li key={operator}>
            <button type="button" className={styles.operator} title={t.summary.showInGraph} onClick={() => onShow(ids)}>
              <code>{operator}</code>
              <span className={styles.count}>{integer(ids.length)}</span>
            </button>
          </li>
        ))}
      </ul>
    </Section>
  )
}
