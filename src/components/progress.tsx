import { useWords } from '../i18n/words.tsx'
import { Button } from './button.tsx'
import { classes } from './classes.ts'
import styles from './progress.module.css'

interface ProgressProps {
  label: string
  /** 0–1; null while nobody knows how far it is. */
  fraction: number | null
  cancelLabel?: string
  onCancel?: () => void
}

/** Something under way, with what stops it. */
export function Progress({ label, fraction, cancelLabel, onCancel }: ProgressProps) {
  const { t } = useWords()
  return (
    <div className={styles.progress}>
      <p role="status">{label}</p>
      <div className={styles.row}>
        <div
          className={styles.track}
          role="progressbar"
          aria-label={label}
          aria-valuemin={0}
          aria-valuemax={1}
          aria-valuenow={fraction ?? undefined}
        >
          <div
            className={classes(styles.bar, fraction === null && styles.unknown)}
            style={fraction === null ? undefined : { width: `${fraction * 100}%` }}
          />
        </div>
        {onCancel && <Button onClick={onCancel}>{cancelLabel ?? t.app.cancel}</Button>}
      </div>
    </div>
  )
}
