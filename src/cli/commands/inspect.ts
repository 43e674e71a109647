import { formatType } from '../../core/ir/types.ts'
import type { OpenedModel } from '../../core/pipeline.ts'
import type { SignatureEntry } from '../../core/source-model.ts'
import type { Command } from '../command.ts'
import { formatDiagnostic } from '../diagnostic-text.ts'
import { openFile } from '../open.ts'

export const inspect: Command = {
  name: 'inspect',
  summary: 'What is it: format, versions, producer, inputs, outputs, operators, parameters, warnings.',
  files: 1,
  required: [],
  optional: ['json'],
  async run(args, io) {
    const summary = summarise(await openFile(args.positionals[1] ?? ''))
    io.out(args.flag('json') ? `${JSON.stringify(summary, null, 2)}\n` : summaryText(summary))
    return 0
  },
}

type Summary = ReturnType<typeof summarise>

function summarise({ detection, source }: OpenedModel) {
  const counts = new Map<string, number>()
  for (const node of source.graph.nodes) counts.set(node.op, (counts.get(node.op) ?? 0) + 1)
  const entry = ({ name, type, columns }: SignatureEntry) => ({
    name,
    type: formatType(type),
    ...(columns ? { columns } : {}),
  })
  return {
    format: source.format,
    variant: detection.variant,
    versions: source.versions,
    producer: source.producer ?? null,
    facts: source.facts,
    inputs: source.inputs.map(entry),
    outputs: source.outputs.map(entry),
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
    for (const { name, type, columns } of list)
      lines.push(`  ${name}: ${type}${columns ? ` (${columns.join(', ')})` : ''}`)
  }
  entries('inputs', s.inputs)
  entries('outputs', s.outputs)
  lines.push('operators:', ...s.operators.map(({ operator, count }) => `  ${operator} × ${count}`))
  if (s.safety) {
    lines.push(`safety: ${s.safety.verdict} (nothing was executed)`)
    for (const { name, classification, called, count } of s.safety.entries) {
      if (classification !== 'safe')
        lines.push(`  ${classification}: ${called ? 'calls' : 'imports'} ${name} × ${count}`)
    }
  }
  lines.push(...s.warnings.map(formatDiagnostic))
  return `${lines.join('\n')}\n`
}
