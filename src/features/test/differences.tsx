import { DataTable } from '../../components/data-table.tsx'
import { Section } from '../../components/panel.tsx'
import { useWords } from '../../i18n/words.tsx'

/** How far a column or an output is off. */
export interface Difference {
  readonly name: string
  readonly kind: 'number' | 'label'
  readonly maxAbsolute: number
  readonly maxRelative: number
  readonly different: number
}

export interface WorstCell {
  readonly row: number
  readonly column: string
  readonly here: string
  readonly there: string
  readonly difference: number
}

interface DifferencesProps {
  label: string
  /** What a row of the table is: a column, an output. */
  what: string
  /** Whose answers these are held against. */
  there: string
  differences: readonly Difference[]
  worst: readonly WorstCell[]
}

/** The largest differences, and the cells where they are. */
export function Differences({ label, what, there, differences, worst }: DifferencesProps) {
  const { t, number, integer } = useWords()
  return (
    <>
      <DataTable
        label={label}
        columns={[
          { title: what },
          { title: t.test.maxAbsolute, kind: 'number' },
          { title: t.test.maxRelative, kind: 'number' },
          { title: t.test.flipped, kind: 'number' },
          { title: t.test.different, kind: 'number' },
        ]}
        rows={differences.map(({ name, kind, maxAbsolute, maxRelative, different }) => ({
          key: name,
          cells: [
            name,
            kind === 'label' ? '–' : number(maxAbsolute),
            kind === 'label' ? '–' : number(maxRelative),
            kind === 'label' ? integer(different) : '–',
            integer(different),
          ],
        }))}
      />
      {worst.length > 0 && (
        <Section title={t.test.worst}>
          <DataTable
            label={t.test.worst}
            columns={[
              { title: t.test.rowLabel },
              { title: t.test.column, kind: 'code' },
              { title: t.test.actual, kind: 'value' },
              { title: there, kind: 'value' },
              { title: t.test.difference, kind: 'number' },
            ]}
            rows={worst.map(({ row, column, here, there: other, difference }) => ({
              key: `${row} ${column}`,
              cells: [integer(row), column, here, other, number(difference)],
            }))}
          />
        </Section>
      )}
    </>
  )
}
