import { DataTable } from '../../components/data-table.tsx'
import { FileDrop } from '../../components/file-drop.tsx'
import { ErrorNotice, Notice } from '../../components/notice.tsx'
import { Panel, Section } from '../../components/panel.tsx'
import { useWords } from '../../i18n/words.tsx'
import type { Comparison } from '../../runtime/compare.ts'
import type { Task } from '../../store/task.ts'
import { compareExpected } from '../../store/test-actions.ts'

/** The answers against those of the original framework, from a CSV. */
export function ExpectedPanel({ id, expected }: { id: string; expected: Task<Comparison> }) {
  const { t } = useWords()
  return (
    <Panel title={t.test.expectedTitle} lead={t.test.expectedLead}>
      <FileDrop
        accept=".csv,text/csv"
        label={t.test.chooseCsv}
        words={t.test.dropCsv}
        onFile={(file) => void compareExpected(id, file)}
      />
      {expected.status === 'failed' && <ErrorNotice error={expected.error} />}
      {expected.status === 'done' && <ExpectedResult comparison={expected.value} />}
    </Panel>
  )
}

function ExpectedResult({ comparison: { passed, columns, absent } }: { comparison: Comparison }) {
  const { t, number, integer } = useWords()
  const worst = columns.flatMap((column) => column.worst.map((cell) => ({ ...cell, column: column.name })))
  return (
    <>
      <Notice tone={passed ? 'good' : 'error'} message={passed ? t.test.expectedPassed : t.test.expectedFailed}>
        {absent.length > 0 && (
          <p>
            {t.test.absent}: {absent.join(', ')}
          </p>
        )}
      </Notice>
      <DataTable
        label={t.test.expectedTitle}
        columns={[
          { title: t.test.column },
          { title: t.test.maxAbsolute, kind: 'number' },
          { title: t.test.maxRelative, kind: 'number' },
          { title: t.test.flipped, kind: 'number' },
          { title: t.test.different, kind: 'number' },
        ]}
        rows={columns.map(({ name, kind, maxAbsolute, maxRelative, different }) => ({
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
              { title: t.test.actual, kind: 'code' },
              { title: t.test.expected, kind: 'code' },
              { title: t.test.difference, kind: 'number' },
            ]}
            rows={worst.map(({ row, column, actual, expected, error }) => ({
              key: `${column} ${row}`,
              cells: [integer(row), column, actual, expected, number(error)],
            }))}
          />
        </Section>
      )}
    </>
  )
}
