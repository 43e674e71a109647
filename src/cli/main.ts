import { version } from '../../package.json' with { type: 'json' }
import { serializeError } from '../core/errors.ts'
import { type Arguments, parseArguments, usageError } from './arguments.ts'
import { type Command, commandUsage, type ExitCode, type Io, optionsOf } from './command.ts'
import { COMMANDS } from './commands/all-commands.ts'
import { commandHelp, programHelp } from './help.ts'

async function run(words: readonly string[], io: Io): Promise<ExitCode> {
  const args = parseArguments(words)
  const [name, ...files] = args.positionals
  const command = COMMANDS.find((c) => c.name === name)
  if (args.flag('version') || args.flag('help') || name === undefined) {
    io.out(args.flag('version') ? `${version}\n` : command ? commandHelp(command) : programHelp(COMMANDS))
    return 0
  }
  if (!command) throw usageError(`there is no command ${name}`, `Commands: ${COMMANDS.map((c) => c.name).join(', ')}.`)
  checkUsage(command, files, args)
  return command.run(args, io)
}

/** Throws PortolanError('usage') for files and options that a command does not take. */
function checkUsage(command: Command, files: readonly string[], args: Arguments): void {
  const usage = commandUsage(command)
  if (files.length !== command.files) {
    const wanted = command.files === 1 ? 'one file' : 'no file'
    throw usageError(`portolan ${command.name} takes ${wanted}, not ${files.length}`, usage)
  }
  const known = optionsOf(command)
  const unknown = args.given.find((name) => !known.includes(name))
  if (unknown) throw usageError(`portolan ${command.name} has no option --${unknown}`, usage)
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
