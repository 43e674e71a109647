import { version } from '../../package.json' with { type: 'json' }
import { type Command, commandUsage, optionsOf } from './command.ts'
import { OPTIONS, type OptionName, optionUsage } from './options.ts'

/** The help of the whole program. */
export function programHelp(commands: readonly Command[]): string {
  const lines = commands.map((command) => `  ${commandUsage(command)}\n      ${command.summary}`)
  return `portolan ${version}: reads, checks, converts and proves trained models. Nothing of a file is ever executed.

${lines.join('\n')}

${optionList(['help', 'version'])}

portolan COMMAND --help tells a command's options. Formats are recognised by content.
Errors go to stderr in one line; exit 0 yes, 2 no, 1 could not read.
`
}

/** The help of one command. */
export function commandHelp(command: Command): string {
  return `${commandUsage(command)}

${command.summary}

${optionList([...optionsOf(command), 'help'])}
`
}

function optionList(names: readonly OptionName[]): string {
  return names.map((name) => `  ${optionUsage(name)}\n      ${OPTIONS[name].about}`).join('\n')
}
