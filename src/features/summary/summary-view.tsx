import { DiagnosticList } from '../../components/diagnostic-list.tsx'
import { Facts } from '../../components/facts.tsx'
import { Panel, Section } from '../../components/panel.tsx'
import { PickleSafety } from '../../components/pickle-safety.tsx'
import type { Fact } from '../../core/source-model.ts'
import { useWords } from '../../i18n/words.tsx'
import type { LoweredView, ModelSummary, SignatureView } from '../../worker/model-service.ts'
import { OperatorCounts } from './operator-counts.tsx'
import { SignatureTable } from './signature-table.tsx'

interface SummaryViewProps {
  summary: ModelSummary
  /** What lowering has found out; null while nothing is known. */
  lowered: LoweredView | null
  /** The model that it was converted from. */
  convertedFrom: string | null
  onShow: (nodes: readonly string[]) => void
}

/** A type without its elements, or without anything. */
const isOpen = ({ type }: SignatureView) => type === '' || type.startsWith('[')

/** What the file says, or where it leaves a type open what lowering found. */
const sharper = (told: readonly SignatureView[], found: readonly SignatureView[] | undefined) =>
  found && told.some(isOpen) ? found : told

/** "What is it?" */
export function SummaryView({ summary, lowered, convertedFrom, onShow }: SummaryViewProps) {
  const { t, bytes, integer } = useWords()
  const { formatName, versions, producer, size, parameterCount, facts, inputs, outputs, diagnostics, safety, graph } =
    summary
  const told = ({ name, value }: Fact) => ({ name: t.factName(name), value })
  const known = [
    { name: t.summary.format, value: formatName },
    ...versions.map(told),
    ...(producer ? [{ name: t.summary.producer, value: producer }] : []),
    { name: t.summary.size, value: bytes(size) },
    { name: t.summary.parameters, value: integer(parameterCount) },
    { name: t.summary.operators, value: t.summary.operatorCount(graph.nodes.length) },
    ...facts.map(told),
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
      <SignatureTable
        title={t.summary.inputs}
        entries={sharper(inputs, lowered?.inputs)}
        nothing={t.summary.noInputs}
      />
      <SignatureTable
        title={t.summary.outputs}
        entries={sharper(outputs, lowered?.outputs)}
        nothing={t.summary.noOutputs}
      />
      <OperatorCounts nodes={graph.nodes} onShow={onShow} />
    </Panel>
  )
}
