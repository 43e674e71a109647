import { Button } from '../../components/button.tsx'
import { FileDrop } from '../../components/file-drop.tsx'
import { useWords } from '../../i18n/words.tsx'
import { useDocument } from '../../store/hooks.ts'
import { takeRows, takeSampleRows } from '../../store/test-actions.ts'
import type { TestDraft } from '../../store/test-state.ts'
import styles from './table-choice.module.css'

/** Rows from a CSV, the sample's own where there are some. */
export function TableChoice({ id, table }: { id: string; table: TestDraft['table'] }) {
  const { t } = useWords()
  const hasSampleRows = useDocument(id, (document) => document.sampleRows !== null)
  return (
    <div className={styles.choice}>
      <FileDrop
        accept=".csv,text/csv"
        label={t.test.chooseCsv}
        words={t.test.dropCsv}
        onFile={(file) => void takeRows(id, file, file.name)}
      />
      {hasSampleRows && <Button onClick={() => void takeSampleRows(id)}>{t.test.sampleRows}</Button>}
      {table && (
        <p role="status">
          <code>{table.name}</code> · {t.test.rows(table.table.rows.length)}
        </p>
      )}
    </div>
  )
}
