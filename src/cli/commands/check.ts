import type { Diagnostic } from '../../core/diagnostics.ts'
import { type Compatibility, compatibility, formatById, lowerModel } from '../../core/pipeline.ts'
import { formats } from '../../formats/registry.ts'
import type { Command } from '../command.ts'
import { formatDiagnostic } from '../diagnostic-text.ts'
import { openFile } from '../open.ts'
import { CONVERT_OPTIONS, writeOptions } from './convert-options.ts'

export const check: Command = {
  name: 'check',
  summary: 'Can it go there? Every blocker and loss. Exit 0 yes, 2 no, 1 could not read the file.',
  files: 1,
  required: [],
  optional: ['to', 'json', ...CONVERT_OPTIONS],
  async run(args, io) {
    const target = args.text('to')
    const targets = target === undefined ? formats.filter((f) => f.writer) : [formatById(formats, target)]
    const { source } = await openFile(args.positionals[1] ?? '')
    const rows = await compatibility(targets, await lowerModel(source), writeOptions(args))
    io.out(args.flag('json') ? `${JSON.stringify({ targets: rows }, null, 2)}\n` : rows.map(rowText).join(''))
    return rows.every((row) => row.verdict !== 'blocked' && row.verdict !== 'unwritable') ? 0 : 2
  },
}

function rowText({ format, verdict, diagnostics }: Compatibility): string {
  const lines = diagnostics.map((d: Diagnostic) => `  ${formatDiagnostic(d)}\n`)
  return `${format}: ${verdict}\n${lines.join('')}`
}
