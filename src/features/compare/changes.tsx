import { useMemo } from 'react'
import { useWords } from '../../i18n/words.tsx'
import { type Account, accountOf } from './account.ts'
import styles from './changes.module.css'
import type { Side } from './compare-view.tsx'

/** A short account of what a conversion changed. */
export function Changes({ source, target }: { source: Side; target: Side }) {
  const { t, integer, bytes } = useWords()
  const before = useMemo(() => accountOf(source.graph), [source.graph])
  const after = useMemo(() => accountOf(target.graph), [target.graph])
  const size = (side: Side) => (side.size === null ? t.app.unknown : bytes(side.size))
  const precision = ({ precisions }: Account) => precisions.join(', ') || '–'
  const elements = ({ elements: count }: Account) => (count === 0 ? '–' : integer(count))
  return (
    <details className={styles.changes}>
      <summary className={styles.summary}>
        <span className={styles.facts}>
          <Change name={t.compare.nodes} before={integer(before.nodes)} after={integer(after.nodes)} />
          <Change
            name={t.compare.kinds}
            before={integer(before.operators.length)}
            after={integer(after.operators.length)}
          />
          <Change name={t.compare.elements} before={elements(before)} after={elements(after)} />
          <Change name={t.compare.precision} before={precision(before)} after={precision(after)} />
          <Change name={t.compare.size} before={size(source)} after={size(target)} />
        </span>
        <span className={styles.more}>{t.compare.operators}</span>
      </summary>
      <div className={styles.operators}>
        <Operators title={t.compare.source} account={before} />
        <Operators title={t.compare.target} account={after} />
      </div>
    </details>
  )
}

function Change({ name, before, after }: { name: string; before: string; after: string }) {
  const { t } = useWords()
  return (
    <span className={styles.change}>
      <span className={styles.name}>{name}</span>
      <span className={styles.values}>
        {before}
        <span aria-hidden="true"> → </span>
        <span className="visually-hidden"> {t.compare.to} </span>
        <strong>{after}</strong>
      </span>
    </span>
  )
}

function Operators({ title, account }: { title: string; account: Account }) {
  const { integer } = useWords()
  return (
    <ul aria-label={title}>
      {account.operators.map(([op, count]) => (
        <li key={op} className={styles.operator}>
          <span>{op}</span> <span className={styles.count}>× {integer(count)}</span>
        </li>
      ))}
    </ul>
  )
}
