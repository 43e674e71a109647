import { parseArgs } from 'node:util'
import { PortolanError } from '../core/errors.ts'
import { type ChoiceOf, choicesOf, OPTIONS, type OptionName } from './options.ts'

/** The words of a command line, checked. */
export interface Arguments {
  readonly positionals: readonly string[]
  /** The options that were given. */
  readonly given: readonly OptionName[]
  flag(name: OptionName): boolean
  /** The text of an option; undefined when it was not given. */
  text(name: OptionName): string | undefined
  /** The text of an option that must be given. Throws PortolanError('usage'). */
  required(name: OptionName): string
  /** One of the option's few words. Throws PortolanError('usage') for another. */
  choice<N extends OptionName>(name: N): ChoiceOf<N> | undefined
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
  return {
    positionals,
    given: Object.keys(values) as OptionName[],
    flag: (name) => values[name] === true,
    text,
    required(name) {
      const value = text(name)
      if (value === undefined) throw usageError(`--${name} is missing`)
      return value
    },
    choice<N extends OptionName>(name: N) {
      const value = text(name)
      const choices = choicesOf(name)
      if (value !== undefined && !choices.includes(value))
        throw usageError(`--${name} ${value}: must be ${choices.join(' or ')}`)
      return value as ChoiceOf<N> | undefined
    },
    number(name, least = 0) {
      const value = text(name)
      if (value === undefined) return undefined
      const number = Number(value)
      if (value.trim() === '' || !Number.isFinite(number) || number < least)
        throw usageError(`--${name} ${value}: must be a number of at least ${least}`)
      return number
    },
    list(name) {
      const value = values[name]
      if (Array.isArray(value)) return value as string[]
      return typeof value === 'string' ? value.split(',').map((part) => part.trim()) : []
    },
  }
}

/** A command line that makes no sense. */
export const usageError = (message: string, hint = 'Run portolan --help.') =>
  new PortolanError('usage', message, { hint })

function parse(words: readonly string[]) {
  try {
    return parseArgs({ args: [...words], options: OPTIONS, allowPositionals: true })
  } catch (error) {
    const message = error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error)
    throw usageError(message.replace(/^./, (c) => c.toLowerCase()))
  }
}
