import { FileDrop } from '../../components/file-drop.tsx'
import { ErrorNotice, Notice } from '../../components/notice.tsx'
import { Panel } from '../../components/panel.tsx'
import { useWords } from '../../i18n/words.tsx'
import type { Comparison } from '../../runtime/compare.ts'
import type { Task } from '../../store/task.ts'
import { compareExpected } from '../../store/test-actions.ts'
import { Differences } from './differences.tsx'

interface ExpectedPanelProps {
  id: string
  /** The columns that the model gives. */
  columns: readonly string[]
  expected: Task<Comparison>
}

/** Column names that a sentence bears. */
const NAMED = 8

/** The answers against those of the original framework, from a CSV. */
export function ExpectedPanel({ id, columns, expected }: ExpectedPanelProps) {
  const { t } = useWords()
  const names = columns.length > NAMED ? `${columns.slice(0, NAMED).join(', ')} …` : columns.join(', ')
  return (
    <Panel title={t.test.expectedTitle} lead={t.test.expectedLead(names)}>
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
  const { t } = useWords()
  return (
    <>
      <Notice tone={passed ? 'good' : 'error'} message={passed ? t.test.expectedPassed : t.test.expectedFailed}>
        {absent.length > 0 && (
          <p>
            {t.test.absent}: {absent.join(', ')}
          </p>
        )}
      </Notice>
      <Differences
        label={t.test.expectedTitle}
        what={t.test.column}
        there={t.test.expected}
        differences={columns}
        worst={columns.flatMap(({ name, worst }) =>
          worst.map(({ row, actual, expected, error }) => ({
            row,
            column: name,
            here: actual,
            there: expected,
            difference: error,
          })),
        )}
      />
    </>
  )
}
