import { type SupportMatrix, supportMatrix } from '../../core/support-matrix.ts'
import { formats } from '../../formats/registry.ts'
import type { Command } from '../command.ts'

export const formatsCommand: Command = {
  name: 'formats',
  summary: 'The computed matrix: readers × writers, operator counts.',
  files: 0,
  required: [],
  optional: ['json'],
  async run(args, io) {
    const matrix = await supportMatrix(formats)
    io.out(args.flag('json') ? `${JSON.stringify(matrix, null, 2)}\n` : matrixText(matrix))
    return 0
  },
}

function matrixText({ formats: rows, targets }: SupportMatrix): string {
  const header = ['format', 'reads', 'operators', ...targets.map((t) => `→ ${t}`)]
  const body = rows.map((row) => [
    row.id,
    row.reads ? 'yes' : 'recognised',
    row.reads ? String(row.operators.length) : '',
    ...targets.map((t) => (row.reads ? `${row.operators.filter((o) => o.targets.includes(t)).length}` : '')),
  ])
  const widths = header.map((h, i) => Math.max(h.length, ...body.map((r) => (r[i] ?? '').length)))
  return [header, ...body]
    .map(
      (r) =>
        `${r
          .map((cell, i) => cell.padEnd(widths[i] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('')
}
