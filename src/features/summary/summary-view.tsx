import { DiagnosticList } from '../../components/diagnostic-list.tsx'
import { Facts } from '../../components/facts.tsx'
import { Panel, Section } from '../../components/panel.tsx'
import { PickleSafety } from '../../components/pickle-safety.tsx'
import { useWords } from '../../i18n/words.tsx'
import type { ModelSummary, SignatureView } from '../../worker/model-service.ts'
import { OperatorCounts } from './operator-counts.tsx'
import { SignatureTable } from './signature-table.tsx'

interface SummaryViewProps {
  summary: ModelSummary
  /** What the model answers, where lowering found out more than the file says. */
  answers: readonly SignatureView[] | null
  /** The model that it was converted from. */
  convertedFrom: string | null
  onShow: (nodes: readonly string[]) => void
}

/** "What is it?" */
export function SummaryView({ summary, answers, convertedFrom, onShow }: SummaryViewProps) {
  const { t, bytes, integer } = useWords()
  const { formatName, versions, producer, size, parameterCount, facts, inputs, outputs, diagnostics, safety, graph } =
    summary
  const told = answers === null || outputs.some(({ type }) => type !== '')
  const known = [
    { name: t.summary.format, value: formatName },
    ...versions.map(({ name, value }) => ({ name, value })),
    ...(producer ? [{ name: t.summary.producer, value: producer }] : []),
    { name: t.summary.size, value: bytes(size) },
    { name: t.summary.parameters, value: integer(parameterCount) },
    { name: t.summary.operators, value: t.summary.operatorCount(graph.nodes.length) },
    ...facts,
  ]
  return (
    <Panel title={t.summary.title} lead={convertedFrom && t.open.convertedFrom(convertedFrom)}>
      <Facts facts={known.filter(({ name }, i) => known.findIndex((other) => other.name === name) === i)} />
      {safety && <PickleSafety report={safety} />}
      {diagnostics.length > 0 && (
        <Section title={t.summary.warnings}>
          <DiagnosticList diagnostics={diagnostics} onShow={onShow} />
        </Section>
      )}
      <SignatureTable title={t.summary.inputs} entries={inputs} nothing={t.summary.noInputs} />
      <SignatureTable title={t.summary.outputs} entries={told ? outputs : answers} nothing={t.summary.noOutputs} />
      <OperatorCounts nodes={graph.nodes} onShow={onShow} />
    </Panel>
  )
}
