import { type Command, commandUsage, optionsOf } from '../../src/cli/command.ts'
import { OPTIONS, optionUsage } from '../../src/cli/options.ts'

/** docs/command-line.md: the commands as the program itself knows them. */
export function commandLinePage(commands: readonly Command[]): string {
  return [
    '# The command line',
    '',
    'Made by `npm run docs` from the tables of commands and options; a test fails when it is stale.',
    '',
    'Formats are recognised by content. Tabular input is CSV with a header, tensors are `.npz` or JSON with one entry per',
    'input. An error is one line on stderr, with a hint. Exit codes: 0 yes, 2 no (blocked, or the answers differ), 1 the file',
    'could not be read or the usage is wrong. Nothing of a file is ever executed.',
    ...commands.flatMap(section),
    '',
  ].join('\n')
}

function section(command: Command): string[] {
  const rows = optionsOf(command).map(
    (name) => `| \`${optionUsage(name).replaceAll('|', '\\|')}\` | ${OPTIONS[name].about} |`,
  )
  return [
    '',
    `## portolan ${command.name}`,
    '',
    command.summary,
    '',
    `    ${commandUsage(command)}`,
    '',
    '| option | |',
    '|---|---|',
    ...rows,
  ]
}
