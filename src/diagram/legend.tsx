import { useMemo } from 'react'
import { useWords } from '../i18n/words.tsx'
import styles from './diagram.module.css'
import { families } from './families.ts'
import type { Scene } from './scene.ts'

/** What the colours of this drawing mean. */
export function Legend({ scene }: { scene: Scene }) {
  const { t } = useWords()
  const present = useMemo(() => {
    const used = new Set(
      scene.graph.nodes.filter(({ node }) => node && node.title === undefined).map(({ family }) => family),
    )
    return families.filter((family) => used.has(family))
  }, [scene])
  if (present.length < 2) return null
  return (
    <details className={styles.legend}>
      <summary>{t.diagram.legend}</summary>
      <ul>
        {present.map((family) => (
          <li key={family}>
            <span className={styles.swatch} data-family={family} />
            {t.diagram.family[family]}
          </li>
        ))}
      </ul>
    </details>
  )
}
