import { Button, LinkButton } from '../../components/button.tsx'
import { DataTable } from '../../components/data-table.tsx'
import { DiagnosticList } from '../../components/diagnostic-list.tsx'
import { DownloadIcon } from '../../components/icons.tsx'
import { Panel, Section } from '../../components/panel.tsx'
import { useObjectUrl } from '../../components/use-object-url.ts'
import { useWords } from '../../i18n/words.tsx'
import { openConverted } from '../../store/convert-actions.ts'
import type { Conversion } from '../../store/documents-state.ts'
import { showView } from '../../store/open-actions.ts'
import styles from './convert-view.module.css'

interface ConversionResultProps {
  id: string
  conversion: Conversion
  /** The target's name. */
  name: string
  onShow: (nodes: readonly string[]) => void
}

/** What came of a conversion: a file to take home, or every reason why there is none. */
export function ConversionResult({ id, conversion, name, onShow }: ConversionResultProps) {
  const { t, bytes, milliseconds } = useWords()
  const { blob, companions, fileName, diagnostics, signature, time } = conversion
  const blockers = diagnostics.filter(({ severity }) => severity === 'blocked')
  if (!blob) {
    return (
      <Panel title={t.convert.blocked(name)} lead={t.convert.blockedLead(blockers.length)}>
        <DiagnosticList diagnostics={diagnostics} onShow={onShow} />
      </Panel>
    )
  }
  return (
    <Panel title={t.convert.done(name)} lead={`${bytes(sizeOf(conversion))} · ${milliseconds(time)}`}>
      <p className={styles.file}>{[fileName, ...companions.map((companion) => companion.name)].join(' + ')}</p>
      <div className={styles.actions}>
        <DownloadButton blob={blob} fileName={fileName}>
          {companions.length === 0 ? t.convert.download : t.convert.downloadFile(fileName)}
        </DownloadButton>
        {companions.map((companion) => (
          <DownloadButton key={companion.name} blob={companion.blob} fileName={companion.name}>
            {t.convert.downloadFile(companion.name)}
          </DownloadButton>
        ))}
        <Button onClick={() => void openConverted(id)}>{t.convert.openInStudio}</Button>
        <Button onClick={() => showView(id, 'compare')}>{t.convert.compare}</Button>
        <Button onClick={() => showView(id, 'test')}>{t.convert.test}</Button>
      </div>
      <Section title={t.convert.diagnostics}>
        {diagnostics.length === 0 ? (
          <p>{t.convert.clean}</p>
        ) : (
          <DiagnosticList diagnostics={diagnostics} onShow={onShow} />
        )}
      </Section>
      {signature && (
        <Section title={t.convert.signature}>
          <DataTable
            label={t.convert.signature}
            limited
            columns={[
              { title: t.summary.name },
              { title: t.convert.direction },
              { title: t.summary.columns, kind: 'code' },
            ]}
            rows={[
              ...signature.inputs.map(({ value, features }) => ({
                key: `in ${value}`,
                cells: [value, t.convert.input, features?.map((feature) => feature.name).join(', ')],
              })),
              ...signature.outputs.map(({ value, columns }) => ({
                key: `out ${value}`,
                cells: [value, t.convert.output, columns?.join(', ')],
              })),
            ]}
          />
        </Section>
      )}
    </Panel>
  )
}

/** Bytes of the file and of those beside it. */
const sizeOf = ({ blob, companions }: Conversion): number =>
  companions.reduce((sum, companion) => sum + companion.blob.size, blob?.size ?? 0)

function DownloadButton({ blob, fileName, children }: { blob: Blob; fileName: string; children: string }) {
  const address = useObjectUrl(blob)
  return (
    <LinkButton look="primary" href={address} download={fileName}>
      <DownloadIcon /> {children}
    </LinkButton>
  )
}
