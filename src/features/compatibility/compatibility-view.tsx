import { ErrorNotice } from '../../components/notice.tsx'
import { Panel } from '../../components/panel.tsx'
import { Progress } from '../../components/progress.tsx'
import { useWords } from '../../i18n/words.tsx'
import type { Task } from '../../store/task.ts'
import type { CompatibilityView as Row } from '../../worker/model-service.ts'
import styles from './compatibility-view.module.css'
import { FormatRow } from './format-row.tsx'

interface CompatibilityViewProps {
  rows: Task<readonly Row[]>
  /** The format of the file itself. */
  own: string
  onShow: (nodes: readonly string[]) => void
  onConvert: (format: string) => void
}

/** "Where can it go?" A row per format. */
export function CompatibilityView({ rows, own, onShow, onConvert }: CompatibilityViewProps) {
  const { t } = useWords()
  return (
    <Panel title={t.compatibility.title} lead={t.compatibility.lead}>
      {rows.status === 'failed' && <ErrorNotice error={rows.error} />}
      {(rows.status === 'running' || rows.status === 'idle') && (
        <Progress label={t.compatibility.computing} fraction={null} />
      )}
      {rows.status === 'done' && (
        <table className={styles.table} aria-label={t.compatibility.title}>
          <thead>
            <tr>
              <th scope="col">{t.compatibility.format}</th>
              <th scope="col">{t.compatibility.verdict}</th>
              <th scope="col">
                {t.compatibility.purpose} · {t.compatibility.audience}
              </th>
            </tr>
          </thead>
          {rows.value.map((row) => (
            <FormatRow key={row.format} row={row} isOwn={row.format === own} onShow={onShow} onConvert={onConvert} />
          ))}
        </table>
      )}
    </Panel>
  )
}
