import { Button } from '../../components/button.tsx'
import { ChevronIcon } from '../../components/icons.tsx'
import { useWords } from '../../i18n/words.tsx'
import styles from './trees-view.module.css'

interface TreeStepperProps {
  /** From 0. */
  index: number
  count: number
  onStep(index: number): void
}

/** Chooses one of many trees by its number. */
export function TreeStepper({ index, count, onStep }: TreeStepperProps) {
  const { t, integer } = useWords()
  const go = (to: number) => onStep(Math.max(0, Math.min(count - 1, to)))
  return (
    <div className={styles.stepper}>
      <Button look="icon" aria-label={t.trees.previous} disabled={index === 0} onClick={() => go(index - 1)}>
        <span className={styles.previous}>
          <ChevronIcon />
        </span>
      </Button>
      <label>
        {t.trees.tree}{' '}
        <input
          className={styles.number}
          type="number"
          min={1}
          max={count}
          value={index + 1}
          onChange={(event) => event.target.value !== '' && go(Math.trunc(Number(event.target.value)) - 1)}
        />
      </label>{' '}
      {t.trees.of(integer(count))}
      <Button look="icon" aria-label={t.trees.next} disabled={index === count - 1} onClick={() => go(index + 1)}>
        <ChevronIcon />
      </Button>
    </div>
  )
}
