import { version } from '../../package.json' with { type: 'json' }
import { PortolanError, serializeError } from '../core/errors.ts'
import { parseArguments } from './arguments.ts'
import type { ExitCode, Io } from './command.ts'
import { COMMANDS } from './commands/all-commands.ts'

function help(): string {
  const lines = COMMANDS.map((c) => `  portolan ${c.name} ${c.synopsis}\n      ${c.summary}`)
  return `portolan ${version}: reads, checks, converts and proves trained models. Nothing of a file is ever executed.

${lines.join('\n')}

  -h, --help      show this help
  -V, --version   show the version

Formats are recognised by content. Errors go to stderr in one line; exit 0 yes, 2 no, 1 could not read.
`
}

async function run(words: readonly string[], io: Io): Promise<ExitCode> {
  const args = parseArguments(words)
  if (args.flag('version')) {
    io.out(`${version}\n`)
    return 0
  }
  const [name, ...files] = args.positionals
  if (args.flag('help') || name === undefined) {
    io.out(help())
    return 0
  }
  const command = COMMANDS.find((c) => c.name === name)
  if (!command) {
    throw new PortolanError('usage', `there is no command ${name}`, {
      hint: `Commands: ${COMMANDS.map((c) => c.name).join(', ')}.`,
    })
  }
  if (files.length !== command.files) {
    throw new PortolanError(
      'usage',
      `portolan ${command.name} takes ${command.files === 1 ? 'one file' : 'no file'}, not ${files.length}`,
      {
        hint: `portolan ${command.name} ${command.synopsis}`,
      },
    )
  }
  return command.run(args, io)
}

const io: Io = {
  out: (text) => void process.stdout.write(text),
  error: (text) => void process.stderr.write(text),
}

try {
  process.exitCode = await run(process.argv.slice(2), io)
} catch (error) {
  const { message, hint } = serializeError(error)
  const oneLine = `${message}${hint ? ` — ${hint}` : ''}`.replace(/\s*\n\s*/g, ' ')
  io.error(`portolan: ${oneLine}\n`)
  process.exitCode = 1
}
