import styles from './opening-page.module.css'

const WINDS = 32
/** Longer than any screen is wide. */
const REACH = 4000
/** Lines that start outside the rose that they come from. */
const ROSE = 40

/** The rhumb lines of a portolan chart: 32 winds from a rose. Decoration only. */
export function RhumbLines() {
  return (
    <svg className={styles.winds} aria-hidden="true" focusable="false">
      <g className={styles.windRose}>
        {Array.from({ length: WINDS }, (_, wind) => {
          const angle = (wind / WINDS) * 2 * Math.PI
          const [x, y] = [Math.cos(angle), Math.sin(angle)]
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: a wind is its index
            <line key={wind} x1={x * ROSE} y1={y * ROSE} x2={x * REACH} y2={y * REACH} />
          )
        })}
      </g>
    </svg>
  )
}
