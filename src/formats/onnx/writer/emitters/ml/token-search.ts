import { translatePattern } from '../../../../../core/ops/ml/regular-expression.ts'
import { alternatives, LAZY, re2Pattern } from './re2-pattern.ts'

/**
 * How tokens are found with RE2, whose word boundaries know ASCII only: by the matches of a pattern, by what stands between
 * them, or as those whole runs of word characters that match a pattern (or do not).
 */
export type TokenSearch =
  | { readonly kind: 'tokens'; readonly pattern: string }
  | { readonly kind: 'separators'; readonly pattern: string }
  | { readonly kind: 'runs'; readonly matching: string; readonly kept: boolean }

/** Runs of word characters. */
export const WORD_RUN = re2Pattern('\\w+') as string

/** A part of a pattern that takes word characters only. */
const WORD_ATOM = String.raw`\\[wd]|[\p{L}\p{N}_]|\[(?:\\[wd]|[\p{L}\p{N}_](?:-[\p{L}\p{N}])?)+\]|\[\^(?:\\[Wd]|_)+\]`
const QUANTIFIER = String.raw`[*+?]|\{\d+(?:,\d*)?\}`
const WORD_PATTERN = new RegExp(String.raw`^(?:${WORD_ATOM}|\(\?:|\)|\||${QUANTIFIER})+$`, 'u')

/** `\w+`, `\w\w+`, `\w{3,}`: longer runs match too, so that a match always ends where the word does. */
const AT_LEAST = /^(?:\\w)*\\w(?:\+|\{\d+,\})$/

/** What stands between two word boundaries, where it is word characters throughout and never nothing. */
function wholeWord(pattern: string): string | undefined {
  const word = /^\\b(.+)\\b$/s.exec(pattern)?.[1]
  if (word === undefined || !WORD_PATTERN.test(word) || alternatives(word).length > 1) return undefined
  return translatePattern(word, 'u').test('') ? undefined : word
}

/** `(?:\W|\b\w\b)+`: all that is no word, and some words; gives the words. */
function separatingWords(pattern: string): readonly string[] | undefined {
  const group = /^\(\?:(.*)\)\+$/s.exec(pattern)?.[1]
  const parts = group === undefined ? [] : alternatives(group)
  const words = parts.filter((part) => part !== '\\W' && part !== '\\W+').map(wholeWord)
  const isComplete = words.length < parts.length && words.every((word) => word !== undefined)
  return isComplete && words.length > 0 ? (words as string[]) : undefined
}

function runs(words: readonly string[], kept: boolean): TokenSearch | undefined {
  const matching = re2Pattern(words.length === 1 ? (words[0] as string) : words.map((w) => `(?:${w})`).join('|'))
  return matching === undefined ? undefined : { kind: 'runs', matching, kept }
}

/** The search for what a pattern of Python's re finds; undefined where RE2 can not find it. */
export function tokenSearch(pattern: string, patternMatches: 'tokens' | 'separators'): TokenSearch | undefined {
  const plain = pattern.replace(/^\(\?u\)/, '')
  if (patternMatches === 'separators') {
    const words = separatingWords(plain)
    if (words) return runs(words, false)
  } else {
    const word = wholeWord(plain)
    if (word !== undefined && !AT_LEAST.test(word)) return runs([word], true)
    if (word !== undefined) return { kind: 'tokens', pattern: re2Pattern(word) as string }
  }
  const translated = re2Pattern(plain)
  const isCapturing = /\((?!\?)/.test(plain)
  return translated === undefined || isCapturing || LAZY.test(plain)
    ? undefined
    : { kind: patternMatches, pattern: translated }
}
