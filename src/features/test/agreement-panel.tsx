import { ErrorNotice, Notice } from '../../components/notice.tsx'
import { Panel } from '../../components/panel.tsx'
import { Progress } from '../../components/progress.tsx'
import { useWords } from '../../i18n/words.tsx'
import type { OutputAgreement } from '../../runtime/compare-values.ts'
import type { Task } from '../../store/task.ts'
import { cancelReference, REFERENCE_TOLERANCE } from '../../store/test-actions.ts'
import type { Agreement } from '../../store/test-state.ts'
import { Differences } from './differences.tsx'

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
  const { t, number } = useWords()
  const different = outputs.reduce((sum, output) => sum + output.different, 0)
  return (
    <>
      <Notice
        tone={different === 0 ? 'good' : 'warning'}
        message={different === 0 ? t.test.agreeWithin(number(REFERENCE_TOLERANCE)) : t.test.disagree(different)}
      />
      <Differences
        label={t.test.agreement}
        what={t.test.output}
        there={t.test.reference}
        differences={outputs.map(({ output, ...difference }) => ({ name: output, ...difference }))}
        worst={outputs.flatMap(({ worst }) =>
          worst.map(({ row, column, actual, reference, difference }) => ({
            row,
            column,
            here: actual,
            there: reference,
            difference,
          })),
        )}
      />
    </>
  )
}
