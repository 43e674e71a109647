import type { Arguments, OptionName } from './arguments.ts'

/** The exit codes of the contract: 0 yes, 2 no (blocked, or answers differ), 1 could not read or wrong usage. */
export type ExitCode = 0 | 1 | 2

export interface Command {
  readonly name: string
  /** The words behind the name, for the help. */
  readonly synopsis: string
  readonly summary: string
  readonly options: readonly OptionName[]
  /** How many files it takes. */
  readonly files: 0 | 1
  run(args: Arguments, io: Io): Promise<ExitCode>
}

export interface Io {
  out(text: string): void
  error(text: string): void
}
