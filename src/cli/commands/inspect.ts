import { PortolanError } from '../../core/errors.ts'
import type { Feature } from '../../core/ir/model.ts'
import { formatType } from '../../core/ir/types.ts'
import type { OpenedModel } from '../../core/pipeline.ts'
import { completeSignature, type ModelSignature } from '../../core/signature.ts'
import type { SafetyReport, SignatureEntry } from '../../core/source-model.ts'
import type { Command, Io } from '../command.ts'
import { formatDiagnostic } from '../diagnostic-text.ts'
import { openFile } from '../open.ts'

export const inspect: Command = {
  name: 'inspect',
  summary: 'What is it: format, versions, producer, inputs, outputs, operators, parameters, warnings.',
  files: 1,
  required: [],
  optional: ['json'],
  async run(args, io) {
    const asJson = args.flag('json')
    const opened = await openFile(args.positionals[1] ?? '').catch((error) => reported(error, asJson, io))
    const summary = summarise(opened, await completeSignature(opened.source))
    io.out(asJson ? `${JSON.stringify(summary, null, 2)}\n` : summaryText(summary))
    return 0
  },
}

/** A file without a model may still have a safety report: it is printed before the error goes on. */
function reported(error: unknown, asJson: boolean, io: Io): never {
  if (error instanceof PortolanError && error.safety) {
    const { safety } = error
    io.out(asJson ? `${JSON.stringify({ safety }, null, 2)}\n` : `${safetyLines(safety).join('\n')}\n`)
  }
  throw error
}

type Summary = ReturnType<typeof summarise>

function summarise({ detection, source }: OpenedModel, { inputs, outputs }: ModelSignature) {
  const counts = new Map<string, number>()
  for (const node of source.graph.nodes) counts.set(node.op, (counts.get(node.op) ?? 0) + 1)
  const entry = ({ name, type, columns, features }: SignatureEntry) => ({
    name,
    type: formatType(type),
    ...(columns ? { columns } : {}),
    ...(features ? { features } : {}),
  })
  return {
    format: source.format,
    variant: detection.variant,
    versions: source.versions,
    producer: source.producer ?? null,
    facts: source.facts,
    inputs: inputs.map(entry),
    outputs: outputs.map(entry),
    operators: [...counts].map(([operator, count]) => ({ operator, count })),
    parameters: source.parameterCount,
    safety: source.safety ?? null,
    warnings: source.diagnostics,
  }
}

function summaryText(s: Summary): string {
  const lines = [`${s.variant}`, ...s.versions.map((v) => `${v.name}: ${v.value}`)]
  if (s.producer) lines.push(`producer: ${s.producer}`)
  lines.push(...s.facts.map((f) => `${f.name}: ${f.value}`), `parameters: ${s.parameters}`)
  const entries = (title: string, list: Summary['inputs']) => {
    lines.push(`${title}:`)
    for (const { name, type, columns, features } of list) {
      const [only] = features?.length === 1 ? features : []
      lines.push(
        `  ${name}: ${type}${columns ? ` (${columns.join(', ')})` : ''}${only ? `, ${featureText(only)}` : ''}`,
      )
    }
  }
  entries('inputs', s.inputs)
  entries('outputs', s.outputs)
  lines.push('operators:', ...s.operators.map(({ operator, count }) => `  ${operator} × ${count}`))
  if (s.safety) lines.push(...safetyLines(s.safety))
  lines.push(...s.warnings.map(formatDiagnostic))
  return `${lines.join('\n')}\n`
}

function safetyLines({ verdict, entries }: SafetyReport): string[] {
  return [
    `safety: ${verdict} (nothing was executed)`,
    ...entries.flatMap(({ name, classification, called, count }) =>
      classification === 'safe' ? [] : [`  ${classification}: ${called ? 'calls' : 'imports'} ${name} × ${count}`],
    ),
  ]
}

/** Categories that a line shows. */
const MAX_VALUES = 12

/** `categorical: Private, Consultant, …`; a type that says more than the tensor's is named. */
function featureText({ kind, dataType, values = [] }: Feature): string {
  const type = dataType === 'string' || dataType === 'double' ? kind : `${kind} ${dataType}`
  if (values.length === 0) return type
  return `${type}: ${values.slice(0, MAX_VALUES).join(', ')}${values.length > MAX_VALUES ? ', …' : ''}`
}
