import { LimitExceededError, MalformedFileError } from '../../core/errors.ts'

/** A Python literal: lists and tuples are arrays, dicts are maps by their (string) keys. */
export type PythonLiteral = string | number | boolean | null | PythonLiteral[] | Map<string, PythonLiteral>

/** Nested brackets in an array header: records within records. */
const MAX_NESTING = 32

/**
 * Parses a Python literal of strings, integers, booleans, None, tuples, lists and dicts, as `ast.literal_eval` would.
 *
 * @throws MalformedFileError with the position in the text
 */
export function parsePythonLiteral(text: string): PythonLiteral {
  const parser = new LiteralParser(text)
  const value = parser.value(0)
  parser.end()
  return value
}

class LiteralParser {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  value(depth: number): PythonLiteral {
    if (depth > MAX_NESTING) throw new LimitExceededError(`A header is nested deeper than ${MAX_NESTING}`)
    this.#skipSpace()
    const char = this.#text[this.#at]
    if (char === '{') return this.#dict(depth)
    if (char === '(') return this.#tuple(depth)
    if (char === '[') return this.#items(']', depth).items
    return this.#match(/[uUbB]?(?=['"])/y) === undefined ? this.#word() : this.#string()
  }

  end(): void {
    this.#skipSpace()
    if (this.#at < this.#text.length) this.#fail('the end')
  }

  #fail(expected: string): never {
    throw new MalformedFileError(`${expected} expected at character ${this.#at} of an array header`)
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#text)?.[0]
    if (found !== undefined) this.#at += found.length
    return found
  }

  #skipSpace(): void {
    this.#match(/\s*/y)
  }

  #take(char: string): boolean {
    this.#skipSpace()
    if (this.#text[this.#at] !== char) return false
    this.#at++
    return true
  }

  /** Items up to a closing bracket, separated by commas, one of which may trail. */
  #items(close: string, depth: number): { items: PythonLiteral[]; commas: number } {
    this.#at++
    const items: PythonLiteral[] = []
    let commas = 0
    while (!this.#take(close)) {
      if (items.length > commas) this.#fail(`',' or '${close}'`)
      items.push(this.value(depth + 1))
      if (this.#take(',')) commas++
    }
    return { items, commas }
  }

  /** A value in brackets is the value, unless a comma makes it a tuple. */
  #tuple(depth: number): PythonLiteral {
    const { items, commas } = this.#items(')', depth)
    return items.length === 1 && commas === 0 ? (items[0] as PythonLiteral) : items
  }

  #dict(depth: number): Map<string, PythonLiteral> {
    this.#at++
    const dict = new Map<string, PythonLiteral>()
    while (!this.#take('}')) {
      const key = this.value(depth + 1)
      if (typeof key !== 'string') this.#fail('a string as a key')
      if (!this.#take(':')) this.#fail("':'")
      dict.set(key, this.value(depth + 1))
      if (!this.#take(',') && this.#text[this.#at] !== '}') this.#fail("',' or '}'")
    }
    return dict
  }

  #string(): string {
    const literal = this.#match(/'(?:[^'\\\n]|\\[\s\S])*'|"(?:[^"\\\n]|\\[\s\S])*"/y)
    if (literal === undefined) this.#fail('a string')
    return literal
      .slice(1, -1)
      .replace(
        /\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8})|([\s\S]))/gi,
        (_, x?: string, u?: string, U?: string, c = '') => {
          const hex = x ?? u ?? U
          if (hex !== undefined) return String.fromCodePoint(Math.min(Number.parseInt(hex, 16), 0x10ffff))
          return { n: '\n', r: '\r', t: '\t' }[c as string] ?? c
        },
      )
  }

  #word(): number | boolean | null {
    const word = this.#match(/-?\w+/y)
    if (word === 'True') return true
    if (word === 'False') return false
    if (word === 'None') return null
    // Python 2 wrote long integers with an L.
    if (word === undefined || !/^-?\d+L?$/.test(word)) this.#fail('a literal')
    return Number(word.replace('L', ''))
  }
}
