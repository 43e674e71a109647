import type { Command } from '../../src/cli/command.ts'

/** docs/command-line.md: the commands as the program itself knows them. */
export function commandLinePage(commands: readonly Command[]): string {
  const sections = commands.flatMap(({ name, synopsis, summary }) => [
    '',
    `## portolan ${name}`,
    '',
    summary,
    '',
    `    portolan ${name} ${synopsis}`,
  ])
  return [
    '# The command line',
    '',
    'Made by `npm run docs` from the table of commands; a test fails when it is stale.',
    '',
    'Formats are recognised by content. Tabular input is CSV with a header, tensors are `.npz` or JSON with one entry per',
    'input. An error is one line on stderr, with a hint. Exit codes: 0 yes, 2 no (blocked, or the answers differ), 1 the file',
    'could not be read or the usage is wrong. Nothing of a file is ever executed.',
    ...sections,
    '',
  ].join('\n')
}
