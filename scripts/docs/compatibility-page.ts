import type { FormatDescriptor } from '../../src/core/format.ts'
import type { FormatSupport, OperatorSupport, SupportMatrix } from '../../src/core/support-matrix.ts'

/** docs/compatibility.md: what can become what, from the registries of readers and writers. */
export function compatibilityPage(matrix: SupportMatrix, formats: readonly FormatDescriptor[]): string {
  const readable = matrix.formats.filter((format) => format.reads)
  return [
    '# What can become what',
    '',
    'Made by `npm run docs` from the readers and writers themselves; a test fails when it is stale. `portolan check FILE`',
    'gives the answer for one model, with every reason.',
    '',
    ...formatTable(matrix, formats),
    '',
    'A number counts the operators of the source whose every form the target can express; behind the plus are those that it',
    'can express in part, depending on settings and surroundings.',
    ...readable.flatMap((format) => operatorSection(format, matrix.targets)),
    '',
  ].join('\n')
}

function formatTable({ targets, formats: rows }: SupportMatrix, formats: readonly FormatDescriptor[]): string[] {
  const nameOf = (id: string) => formats.find((format) => format.id === id)?.name ?? id
  const cells = rows.map((row) => [
    row.name,
    (formats.find((format) => format.id === row.id)?.extensions ?? []).map((extension) => `\`${extension}\``).join(' '),
    row.reads ? `${row.operators.length} operators` : 'recognised only',
    ...targets.map((target) => (row.reads ? counts(row.operators, target) : '–')),
  ])
  return table(['from', 'files', 'read', ...targets.map((target) => `to ${nameOf(target)}`)], cells)
}

function counts(operators: readonly OperatorSupport[], target: string): string {
  const whole = operators.filter((operator) => operator.targets.includes(target)).length
  const part = operators.filter((operator) => operator.partial.includes(target)).length
  return part > 0 ? `${whole} + ${part}` : `${whole}`
}

function operatorSection({ name, operators }: FormatSupport, targets: readonly string[]): string[] {
  const rows = operators
    .toSorted((a, b) => (a.operator < b.operator ? -1 : 1))
    .map((entry) => [`\`${entry.operator}\``, ...targets.map((target) => mark(entry, target))])
  return ['', `## ${name}`, '', ...table(['operator', ...targets.map((target) => `to ${target}`)], rows)]
}

function mark({ targets, partial }: OperatorSupport, target: string): string {
  if (targets.includes(target)) return 'yes'
  return partial.includes(target) ? 'in part' : '–'
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(header), line(header.map(() => '---')), ...rows.map(line)]
}
