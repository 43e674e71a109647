import { useWords } from '../i18n/words.tsx'
import styles from './class-bars.module.css'

interface ClassBarsProps {
  label: string
  classes: readonly string[]
  /** Probabilities, in the order of the classes. */
  values: readonly number[]
}

/** Bars drawn; the rest are too small to matter. */
const SHOWN = 10

/** Class probabilities, the largest first. */
export function ClassBars({ label, classes, values }: ClassBarsProps) {
  const { number } = useWords()
  const order = values
    .map((value, i) => ({ name: classes[i] ?? String(i), value }))
    .sort((a, b) => b.value - a.value)
    .slice(0, SHOWN)
  return (
    <ul className={styles.bars} aria-label={label}>
      {order.map(({ name, value }) => (
        <li key={name} className={styles.bar}>
          <span className={styles.name}>{name}</span>
          <span className={styles.track} aria-hidden="true">
            <span className={styles.fill} style={{ width: `${Math.max(0, Math.min(1, value)) * 100}%` }} />
          </span>
          <span className={styles.value}>{number(value)}</span>
        </li>
      ))}
    </ul>
  )
}
