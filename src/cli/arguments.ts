import { parseArgs } from 'node:util'
import { PortolanError } from '../core/errors.ts'

/** The options of all commands; each command says which it takes. */
const OPTIONS = {
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'V' },
  json: { type: 'boolean' },
  to: { type: 'string' },
  output: { type: 'string', short: 'o' },
  opset: { type: 'string' },
  precision: { type: 'string' },
  probabilities: { type: 'string' },
  batch: { type: 'string' },
  rename: { type: 'string', multiple: true },
  inputs: { type: 'string' },
  'invalid-values': { type: 'string' },
  verification: { type: 'string' },
  input: { type: 'string' },
  engine: { type: 'string' },
  columns: { type: 'string' },
  against: { type: 'string' },
  rtol: { type: 'string' },
  atol: { type: 'string' },
} as const

export type OptionName = keyof typeof OPTIONS

/** The words of a command line, checked. */
export interface Arguments {
  readonly positionals: readonly string[]
  flag(name: OptionName): boolean
  /** The text of an option; undefined when it was not given. */
  text(name: OptionName): string | undefined
  /** The text of an option that must be given. Throws PortolanError('usage'). */
  required(name: OptionName): string
  /** One of a few words. Throws PortolanError('usage') for another. */
  choice<T extends string>(name: OptionName, choices: readonly T[]): T | undefined
  /** A finite number, at least `least`. Throws PortolanError('usage'). */
  number(name: OptionName, least?: number): number | undefined
  list(name: OptionName): readonly string[]
}

/** Parses the words behind `portolan`. Throws PortolanError('usage') for an unknown option. */
export function parseArguments(words: readonly string[]): Arguments {
  const { values, positionals } = parse(words)
  const text = (name: OptionName) => {
    const value = values[name]
    return typeof value === 'string' ? value : undefined
  }
  const usage = (message: string) => new PortolanError('usage', message, { hint: 'Run portolan --help.' })
  return {
    positionals,
    flag: (name) => values[name] === true,
    text,
    required(name) {
      const value = text(name)
      if (value === undefined) throw usage(`--${name} is missing`)
      return value
    },
    choice(name, choices) {
      const value = text(name)
      const found = choices.find((c) => c === value)
      if (value !== undefined && found === undefined) throw usage(`--${name} ${value}: must be ${choices.join(' or ')}`)
      return found
    },
    number(name, least = 0) {
      const value = text(name)
      if (value === undefined) return undefined
      const number = Number(value)
      if (value.trim() === '' || !Number.isFinite(number) || number < least)
        throw usage(`--${name} ${value}: must be a number of at least ${least}`)
      return number
    },
    list(name) {
      const value = values[name]
      if (Array.isArray(value)) return value as string[]
      return typeof value === 'string' ? value.split(',').map((part) => part.trim()) : []
    },
  }
}

function parse(words: readonly string[]) {
  try {
    return parseArgs({ args: [...words], options: OPTIONS, allowPositionals: true })
  } catch (error) {
    const message = error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error)
    throw new PortolanError(
      'usage',
      message.replace(/^./, (c) => c.toLowerCase()),
      { hint: 'Run portolan --help.' },
    )
  }
}
