import { useState } from 'react'
import { Button } from '../../components/button.tsx'
import { ClassBars } from '../../components/class-bars.tsx'
import { DataTable } from '../../components/data-table.tsx'
import { DownloadIcon } from '../../components/icons.tsx'
import { Panel, Section } from '../../components/panel.tsx'
import { saveFile } from '../../components/save-file.ts'
import { useObjectUrl } from '../../components/use-object-url.ts'
import { useWords } from '../../i18n/words.tsx'
import { useDocument } from '../../store/hooks.ts'
import { answersFile } from '../../store/test-actions.ts'
import type { OutputView, RunView } from '../../worker/run-view.ts'
import styles from './output-panel.module.css'

/** Columns that a table of outputs shows. */
const SHOWN_COLUMNS = 40

/** The answers: as a table, class probabilities as bars, an image as an image. */
export function OutputPanel({ id, run }: { id: string; run: RunView }) {
  const { t, milliseconds, integer } = useWords()
  const name = useDocument(id, (document) => document.name) ?? 'outputs'
  const [row, setRow] = useState(0)
  const { preview, rowCount, outputs, time } = run
  const columns = preview.columns.slice(0, SHOWN_COLUMNS)
  return (
    <Panel
      title={t.test.results}
      lead={t.test.tookOnnx(milliseconds(time))}
      actions={
        <Button look="quiet" onClick={() => void save(id, `${name}.outputs.csv`)}>
          <DownloadIcon /> {t.test.downloadCsv}
        </Button>
      }
    >
      {columns.length > 0 && (
        <DataTable
          label={t.test.results}
          limited
          columns={[{ title: t.test.rowLabel }, ...columns.map((title) => ({ title, kind: 'value' as const }))]}
          rows={preview.rows.map((cells, i) => ({
            key: String(i),
            cells: [
              <button key="row" type="button" className={styles.row} aria-pressed={i === row} onClick={() => setRow(i)}>
                {integer(i + 1)}
              </button>,
              ...cells.slice(0, SHOWN_COLUMNS),
            ],
          }))}
        />
      )}
      {preview.rows.length < rowCount && (
        <p className={styles.cut}>{t.test.firstRows(integer(preview.rows.length), integer(rowCount))}</p>
      )}
      {columns.length < preview.columns.length && (
        <p className={styles.cut}>{t.test.firstColumns(integer(columns.length), integer(preview.columns.length))}</p>
      )}
      {outputs.map((output) => (
        <OutputPicture key={output.name} output={output} row={row} />
      ))}
    </Panel>
  )
}

function OutputPicture({ output: { name, type, scores, image }, row }: { output: OutputView; row: number }) {
  const { t, integer } = useWords()
  const values = scores?.rows[row]
  const address = useObjectUrl(image)
  if (!values && !image) return null
  return (
    <Section title={name} aside={<code>{type}</code>}>
      {values && (
        <>
          <p className={styles.cut}>
            {t.test.rowLabel} {integer(row + 1)}
          </p>
          <ClassBars label={name} classes={scores.labels} values={values} />
        </>
      )}
      {address && <img className={styles.image} src={address} alt={`${name}, ${t.test.asImage}`} />}
    </Section>
  )
}

async function save(id: string, fileName: string): Promise<void> {
  const file = await answersFile(id)
  if (file) saveFile(file, fileName)
}
