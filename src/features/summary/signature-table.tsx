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
  const hasValues = entries.some(({ values }) => values !== null)
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
            ...(hasValues ? [{ title: t.summary.values }] : []),
          ]}
          rows={entries.map(({ name, type, columns, values }) => ({
            key: name,
            cells: [
              name,
              type,
              ...(hasColumns ? [columns && <ColumnNames key="columns" names={columns} />] : []),
              ...(hasValues ? [values && <ColumnNames key="values" names={values} />] : []),
            ],
          }))}
        />
      )}
    </Section>
  )
}
