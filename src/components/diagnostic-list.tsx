import { useState } from 'react'
import type { Diagnostic } from '../core/diagnostics.ts'
import { useWords } from '../i18n/words.tsx'
import { Button } from './button.tsx'
import styles from './diagnostic-list.module.css'
import { VerdictMark } from './verdict-mark.tsx'

interface DiagnosticListProps {
  diagnostics: readonly Diagnostic[]
  /** Shows the nodes that a finding is about. */
  onShow?: (nodes: readonly string[]) => void
}

/** Findings shown at first, and origins named of one finding. */
const SHOWN = 12
const ORIGINS = 6

/** Findings, worst first: what and where, what to do, and the nodes that they are about. */
export function DiagnosticList({ diagnostics, onShow }: DiagnosticListProps) {
  const { t } = useWords()
  const [showsAll, setShowsAll] = useState(false)
  const sorted = [...diagnostics].sort((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity))
  const shown = showsAll ? sorted : sorted.slice(0, SHOWN)
  return (
    <>
      <ul className={styles.list}>
        {shown.map((diagnostic, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: findings have no identity, and never move
          <li key={i} className={styles.item}>
            <VerdictMark verdict={diagnostic.severity}>{t.severity[diagnostic.severity]}</VerdictMark>
            <Finding diagnostic={diagnostic} onShow={onShow} />
          </li>
        ))}
      </ul>
      {sorted.length > SHOWN && (
        <Button look="quiet" aria-expanded={showsAll} onClick={() => setShowsAll(!showsAll)}>
          {showsAll ? t.app.showFewer : t.app.showAll(sorted.length)}
        </Button>
      )}
    </>
  )
}

const ORDER = ['blocked', 'lossy', 'approximate', 'info']

function Finding({
  diagnostic: { message, hint, origin, operator },
  onShow,
}: {
  diagnostic: Diagnostic
  onShow: ((nodes: readonly string[]) => void) | undefined
}) {
  const { t } = useWords()
  return (
    <div className={styles.body}>
      <p>{message}</p>
      {hint && <p className={styles.hint}>{hint}</p>}
      {(operator || origin.length > 0) && (
        <p className={styles.about}>
          {operator && <code>{operator}</code>}
          {origin.slice(0, ORIGINS).map((node) =>
            onShow ? (
              <button key={node} type="button" className={styles.node} onClick={() => onShow([node])}>
                {node}
              </button>
            ) : (
              <code key={node}>{node}</code>
            ),
          )}
          {origin.length > ORIGINS && <span>{t.compatibility.more(origin.length - ORIGINS)}</span>}
        </p>
      )}
    </div>
  )
}
