import type { SafetyReport } from '../core/source-model.ts'
import { useWords } from '../i18n/words.tsx'
import { DataTable } from './data-table.tsx'
import { Notice } from './notice.tsx'
import { Section } from './panel.tsx'
import styles from './pickle-safety.module.css'
import { VerdictMark } from './verdict-mark.tsx'

const ORDER = ['dangerous', 'unknown', 'safe']
const TONES = { safe: 'good', unknown: 'warning', dangerous: 'error' } as const

/** What a pickle would have imported and called, had anybody run it. */
export function PickleSafety({ report: { verdict, entries } }: { report: SafetyReport }) {
  const { t, integer } = useWords()
  const sorted = [...entries].sort((a, b) => ORDER.indexOf(a.classification) - ORDER.indexOf(b.classification))
  return (
    <Section title={t.safety.title}>
      <Notice tone={TONES[verdict]} message={t.safety[verdict]} />
      <details className={styles.details} open={verdict === 'dangerous'}>
        <summary>{t.safety.names(entries.length)}</summary>
        <p className={styles.lead}>{t.safety.lead}</p>
        <DataTable
          label={t.safety.title}
          limited
          columns={[
            { title: t.safety.name },
            { title: t.safety.verdict },
            { title: t.safety.called },
            { title: t.safety.count, kind: 'number' },
          ]}
          rows={sorted.map(({ name, classification, called, count }) => ({
            key: name,
            cells: [
              name,
              <VerdictMark key="mark" verdict={classification}>
                {t.safety.classification[classification]}
              </VerdictMark>,
              called ? t.safety.yes : t.safety.no,
              integer(count),
            ],
          }))}
        />
      </details>
    </Section>
  )
}
