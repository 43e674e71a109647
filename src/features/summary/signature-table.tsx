import { DataTable } from '../../components/data-table.tsx'
import { Section } from '../../components/panel.tsx'
import { useWords } from '../../i18n/words.tsx'
import type { SignatureView } from '../../worker/model-service.ts'
import { ColumnNames } from './column-names.tsx'

interface SignatureTableProps {
  title: string
  entries: readonly SignatureView[]
  nothing: string
}

/** Inputs or outputs with their types, shapes and columns. */
export function SignatureTable({ title, entries, nothing }: SignatureTableProps) {
  const { t } = useWords()
  const hasColumns = entries.some(({ columns }) => columns !== null)
  return (
    <Section title={title} aside={entries.length > 1 ? entries.length : undefined}>
      {entries.length === 0 ? (
        <p>{nothing}</p>
      ) : (
        <DataTable
          label={title}
          limited
          columns={[
            { title: t.summary.name },
            { title: t.summary.type, kind: 'value' },
            ...(hasColumns ? [{ title: t.summary.columns }] : []),
          ]}
          rows={entries.map(({ name, type, columns }) => ({
            key: name,
            cells: [name, type, ...(hasColumns ? [columns && <ColumnNames key="columns" names={columns} />] : [])],
          }))}
        />
      )}
    </Section>
  )
}
