import type { Arguments } from './arguments.ts'
import { OPTIONS, type OptionName, optionUsage } from './options.ts'

/** The exit codes of the contract: 0 yes, 2 no (blocked, or answers differ), 1 could not read or wrong usage. */
export type ExitCode = 0 | 1 | 2

export interface Command {
  readonly name: string
  readonly summary: string
  /** How many files it takes. */
  readonly files: 0 | 1
  /** Options that must be given. */
  readonly required: readonly OptionName[]
  readonly optional: readonly OptionName[]
  run(args: Arguments, io: Io): Promise<ExitCode>
}

export interface Io {
  out(text: string): void
  error(text: string): void
}

/** The options that a command takes, in the order of the table of options. */
export function optionsOf({ required, optional }: Command): OptionName[] {
  const taken = new Set<OptionName>([...required, ...optional])
  return (Object.keys(OPTIONS) as OptionName[]).filter((name) => taken.has(name))
}

/** How a command is called: `portolan convert FILE --to onnx|pmml [options]`. */
export function commandUsage(command: Command): string {
  const file = command.files === 1 ? ['FILE'] : []
  const rest = command.optional.length > 0 ? ['[options]'] : []
  return ['portolan', command.name, ...file, ...command.required.map(optionUsage), ...rest].join(' ')
}
