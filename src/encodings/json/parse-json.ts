import { LimitExceededError, MalformedFileError } from '../../core/errors.ts'

/** A JSON value. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

/** Nesting; the readers of configurations recurse. */
const MAX_DEPTH = 1000

/**
 * Parses JSON as machine-learning frameworks write it: strict, plus the NaN, Infinity and -Infinity of Python's
 * module json. Throws MalformedFileError that shows the place (line and column where the platform tells), LimitExceededError for nesting above 1000.
 */
export function parseJson(input: Uint8Array | string): Json {
  const text = (typeof input === 'string' ? input : new TextDecoder().decode(input)).replace(/^\uFEFF/, '')
  const nonFinite = scan(text)
  try {
    if (nonFinite.length === 0) return JSON.parse(text) as Json
    return JSON.parse(quoteNonFinite(text, nonFinite), restoreNonFinite) as Json
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    const position = /at position (\d+)/.exec(reason)?.[1]
    const where = position === undefined || nonFinite.length > 0 ? '' : ` (${place(text, Number(position))})`
    throw new MalformedFileError(`JSON: ${reason}${where}`, { cause: error })
  }
}

interface Token {
  at: number
  text: string
}

/** Marks a number that JSON has no spelling for; a string of a real file does not begin with this. */
const MARK = '\uE000portolan:'

const TOKENS = /"(?:[^"\\]|\\.)*"|-?Infinity|NaN|[[\]{}]/gs

/** Checks the nesting and finds non-finite numbers, which stand outside of strings. */
function scan(text: string): Token[] {
  const nonFinite: Token[] = []
  let depth = 0
  for (const match of text.matchAll(TOKENS)) {
    const [token] = match
    if (token === '[' || token === '{') {
      if (++depth > MAX_DEPTH) {
        throw new LimitExceededError(`JSON: values are nested more than ${MAX_DEPTH} deep`, {
          hint: 'No real configuration nests like this: the file is damaged or hostile.',
          context: { limit: MAX_DEPTH },
        })
      }
    } else if (token === ']' || token === '}') depth--
    else if (!token.startsWith('"')) nonFinite.push({ at: match.index, text: token })
  }
  return nonFinite
}

function quoteNonFinite(text: string, tokens: readonly Token[]): string {
  let quoted = ''
  let at = 0
  for (const token of tokens) {
    quoted += `${text.slice(at, token.at)}"${MARK}${token.text}"`
    at = token.at + token.text.length
  }
  return quoted + text.slice(at)
}

function restoreNonFinite(_key: string, value: unknown): unknown {
  return typeof value === 'string' && value.startsWith(MARK) ? Number(value.slice(MARK.length)) : value
}

function place(text: string, at: number): string {
  const before = text.slice(0, at)
  return `line ${before.split('\n').length}, column ${at - before.lastIndexOf('\n')}`
}
