import { useWords } from '../i18n/words.tsx'
import styles from './histogram.module.css'

interface HistogramProps {
  label: string
  min: number
  max: number
  /** Bins of equal width from min to max. */
  counts: readonly number[]
}

const HEIGHT = 48

/** How often values occur. */
export function Histogram({ label, min, max, counts }: HistogramProps) {
  const { t, number, integer } = useWords()
  const highest = Math.max(...counts)
  const edge = (bin: number) => number(min + ((max - min) * bin) / counts.length)
  return (
    <figure className={styles.histogram}>
      <svg
        role="img"
        aria-label={label}
        viewBox={`0 0 ${counts.length} ${HEIGHT}`}
        preserveAspectRatio="none"
        className={styles.bars}
      >
        {counts.map((count, bin) => {
          const height = count === 0 ? 0 : Math.max(1, (count / highest) * HEIGHT)
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: a bin is its index
            <rect key={bin} x={bin + 0.05} y={HEIGHT - height} width={0.9} height={height}>
              <title>{t.inspect.tensor.bin(edge(bin), edge(bin + 1), integer(count))}</title>
            </rect>
          )
        })}
      </svg>
      <figcaption className={styles.scale}>
        <span>{number(min)}</span>
        <span>{number(max)}</span>
      </figcaption>
    </figure>
  )
}
