import { DataTable } from '../../components/data-table.tsx'
import { ErrorNotice, Notice } from '../../components/notice.tsx'
import { Panel, Section } from '../../components/panel.tsx'
import { Progress } from '../../components/progress.tsx'
import { useWords } from '../../i18n/words.tsx'
import type { OutputAgreement } from '../../runtime/compare-values.ts'
import type { Task } from '../../store/task.ts'
import { cancelReference } from '../../store/test-actions.ts'
import type { Agreement } from '../../store/test-state.ts'

/** ONNX Runtime's answers against those of the float64 reference. */
export function AgreementPanel({ id, agreement }: { id: string; agreement: Task<Agreement | null> }) {
  const { t, milliseconds } = useWords()
  if (agreement.status === 'idle') return null
  const result = agreement.status === 'done' ? agreement.value : undefined
  return (
    <Panel title={t.test.agreement} lead={result && t.test.tookReference(milliseconds(result.time))}>
      {agreement.status === 'running' && (
        <Progress label={t.test.running} fraction={null} onCancel={() => cancelReference(id)} />
      )}
      {agreement.status === 'failed' && <ErrorNotice error={agreement.error} />}
      {result === null && <p>{t.test.noReference}</p>}
      {result && <Outputs outputs={result.outputs} />}
    </Panel>
  )
}

function Outputs({ outputs }: { outputs: readonly OutputAgreement[] }) {
  const { t, number, integer } = useWords()
  const different = outputs.reduce((sum, output) => sum + output.different, 0)
  const worst = outputs.flatMap((output) => output.worst.map((element) => ({ ...element, output: output.output })))
  return (
    <>
      <Notice
        tone={different === 0 ? 'good' : 'warning'}
        message={different === 0 ? t.test.agreeWithin(number(1e-5)) : t.test.disagree(different)}
      />
      <DataTable
        label={t.test.agreement}
        columns={[
          { title: t.test.output },
          { title: t.test.maxAbsolute, kind: 'number' },
          { title: t.test.maxRelative, kind: 'number' },
          { title: t.test.flipped, kind: 'number' },
          { title: t.test.different, kind: 'number' },
        ]}
        rows={outputs.map(({ output, kind, maxAbsolute, maxRelative, different: count, elements }) => ({
          key: output,
          cells: [
            output,
            kind === 'label' ? '–' : number(maxAbsolute),
            kind === 'label' ? '–' : number(maxRelative),
            kind === 'label' ? integer(count) : '–',
            `${integer(count)} / ${integer(elements)}`,
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
            rows={worst.map(({ output, row, column, actual, reference, difference }) => ({
              key: `${output} ${row} ${column}`,
              cells: [integer(row), column, actual, reference, number(difference)],
            }))}
          />
        </Section>
      )}
    </>
  )
}
