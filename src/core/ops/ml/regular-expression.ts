import { LimitExceededError, UnsupportedError } from '../../errors.ts'

/** Lists of stop words come as one pattern of thousands of characters; a longer one is refused before the engine sees it. */
const MAX_PATTERN_LENGTH = 2 ** 16

/** A quantified group that itself ends in a quantifier: (a+)+, (a*)*, (a|b+){2,} backtrack exponentially. */
const NESTED_QUANTIFIER = /[+*}]\)(?:[+*]|\{\d+,\d*\})/

const cache = new Map<string, RegExp>()

/** Word characters as Python's re sees them in text patterns: str.isalnum() or underscore. */
const WORD = '\\p{L}\\p{N}_'
/** What Python's str.isspace says; `\\s` of JavaScript has U+FEFF and lacks the separators of ASCII. */
const SPACE = '\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000'
const BOUNDARY = `(?:(?<=[${WORD}])(?![${WORD}])|(?<![${WORD}])(?=[${WORD}]))`
const NO_BOUNDARY = `(?:(?<=[${WORD}])(?=[${WORD}])|(?<![${WORD}])(?![${WORD}]))`

/** Escapes whose meaning differs between Python's (Unicode) re and JavaScript's `u` flag, outside and inside a class. */
const ESCAPES: Readonly<Record<string, { outside: string; inside?: string }>> = {
  w: { outside: `[${WORD}]`, inside: WORD },
  W: { outside: `[^${WORD}]` },
  d: { outside: '\\p{Nd}', inside: '\\p{Nd}' },
  D: { outside: '\\P{Nd}', inside: '\\P{Nd}' },
  s: { outside: `[${SPACE}]`, inside: SPACE },
  S: { outside: `[^${SPACE}]` },
  b: { outside: BOUNDARY, inside: '\\b' },
  B: { outside: NO_BOUNDARY },
  A: { outside: '(?<![\\s\\S])' },
  Z: { outside: '(?![\\s\\S])' },
  a: { outside: '\\x07', inside: '\\x07' },
}

/** Escapes that JavaScript's `u` flag knows with the same meaning. */
const SHARED = new Set([...'tnrfvux0123456789^$\\.*+?()[]{}|/'])

const INLINE_FLAGS = /^\(\?([aimsuxL]+)\)/

/**
 * A pattern of Python's re (text, not bytes) as a RegExp with the same matches: Unicode word characters and
 * boundaries, `(?P<name>…)`, `\A`, `\Z`, leading inline flags i, m, s, u. Throws UnsupportedError for what JavaScript can not express,
 * LimitExceededError for a pattern that is too long or that backtracks exponentially.
 */
export function translatePattern(pattern: string, flags: string): RegExp {
  const key = `${flags}/${pattern}`
  const known = cache.get(key)
  if (known) {
    known.lastIndex = 0
    return known
  }
  if (pattern.length > MAX_PATTERN_LENGTH) {
    throw new LimitExceededError(`A regular expression of ${pattern.length} characters is refused`)
  }
  if (NESTED_QUANTIFIER.test(pattern)) {
    throw new LimitExceededError(`The regular expression ${pattern} nests quantifiers, which can take for ever`)
  }
  const inline = INLINE_FLAGS.exec(pattern)?.[1] ?? ''
  if (/[axL]/.test(inline))
    throw new UnsupportedError(`The flags of the regular expression ${pattern} are not supported`)
  const source = translate(pattern.replace(INLINE_FLAGS, ''), pattern)
  const all = new Set([...flags, 'u', ...[...inline].filter((flag) => 'ims'.includes(flag))])
  let translated: RegExp
  try {
    translated = new RegExp(source, [...all].join(''))
  } catch (cause) {
    throw new UnsupportedError(`The regular expression ${pattern} can not be used here`, { cause })
  }
  if (cache.size > 256) cache.clear()
  cache.set(key, translated)
  return translated
}

/** `[^\W\d_]`: word characters but for digits, `_` or both; `[\W_]`: all others. */
const WORD_CLASS = /\[(\^?)((?:\\W|\\d|_)+)\]/y

/** A class with \W in it, which neither JavaScript nor RE2 takes with Unicode's words, by what it has; undefined when none begins there. */
export function wordClassAt(source: string, at: number): { replacement: string; length: number } | undefined {
  WORD_CLASS.lastIndex = at
  const [whole, negation, left] = WORD_CLASS.exec(source) ?? []
  if (whole === undefined || !left?.includes('\\W')) return undefined
  const numbers = left.includes('\\d') ? '\\p{Nl}\\p{No}' : '\\p{N}'
  return {
    replacement: `[${negation === '' ? '^' : ''}\\p{L}${numbers}${left.includes('_') ? '' : '_'}]`,
    length: whole.length,
  }
}

function translate(source: string, pattern: string): string {
  let out = ''
  let inside = false
  for (let i = 0; i < source.length; i++) {
    const c = source[i] as string
    if (c === '\\') {
      out += escapeOf(source[++i] ?? '', inside, pattern)
      continue
    }
    if (inside) {
      if (c === ']') inside = false
      // Python takes these literally in a class.
      out += c === '[' ? '\\[' : c
      continue
    }
    const word = c === '[' ? wordClassAt(source, i) : undefined
    if (word) {
      out += word.replacement
      i += word.length - 1
    } else if (c === '[') {
      inside = true
      const head = /^\[\^?\]?/.exec(source.slice(i))?.[0] as string
      out += head.replace(']', '\\]')
      i += head.length - 1
    } else if (source.startsWith('(?P<', i)) {
      out += '(?<'
      i += 3
    } else if (c === '{' && !/^\{\d*,?\d*\}/.test(source.slice(i))) out += '\\{'
    else if (c === '}' && !/\{\d*,?\d*$/.test(source.slice(0, i))) out += '\\}'
    else if (c === ']') out += '\\]'
    else if (c === '$') out += '(?=\\n?(?![\\s\\S]))'
    else out += c
  }
  return out
}

function escapeOf(c: string, inside: boolean, pattern: string): string {
  const known = ESCAPES[c]
  if (known) {
    const text = inside ? known.inside : known.outside
    if (text === undefined)
      throw new UnsupportedError(`\\${c} in a class of the regular expression ${pattern} is not supported`)
    return text
  }
  if (c === '-') return inside ? '\\-' : '-'
  if (SHARED.has(c)) return `\\${c}`
  if (/[a-zA-Z]/.test(c)) throw new UnsupportedError(`\\${c} in the regular expression ${pattern} is not supported`)
  return c
}
