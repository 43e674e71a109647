import type { MlAttributes } from '../../../../core/ops/ml/attributes.ts'

/** What stands between tokens, for an evaluator that then takes the punctuation off the ends of what it finds. */
export interface Separator {
  /** A regular expression of Java. */
  readonly pattern: string
  /** No token that is left begins or ends with punctuation. */
  readonly takesPunctuation: boolean
}

/** Token patterns of word characters, with the words that they leave out. */
const WORDS: ReadonlyMap<string, readonly string[]> = new Map([
  ['\\b\\w\\w+\\b', ['\\w']],
  ['\\b\\w{2,}\\b', ['\\w']],
  ['\\b\\w+\\b', []],
  ['\\w+', []],
])

/** An underscore is a word character and punctuation: words that begin or end with one are none of the vocabulary's. */
const UNDERSCORED = ['_\\w*', '\\w*_']

/**
 * The complement of a token pattern: of one of whole words, or of a run of one class of characters; undefined for others.
 * Stop words that n-grams skip are a part of what stands between words. `(?U)` is Java's Unicode-aware \w and \b.
 */
export function separatorOf(attributes: MlAttributes['ml.tokenCounts']): Separator | undefined {
  const { patternMatches, ngramRange } = attributes
  // single stop words are simply not in the vocabulary
  const stopWords = ngramRange[1] > 1 ? (attributes.stopWords ?? []) : []
  const pattern = attributes.pattern.replace(/^\(\?u\)/, '')
  if (patternMatches === 'separators') {
    return stopWords.length > 0 ? undefined : { pattern: attributes.pattern, takesPunctuation: false }
  }
  const left = WORDS.get(pattern)
  if (left) {
    const words = [...left, ...UNDERSCORED, ...stopWords.filter(isWord)].join('|')
    return { pattern: `(?U)(?:\\W|\\b(?:${words})\\b)+`, takesPunctuation: true }
  }
  const characters = /^\[([^\\[\]^]+)\]\+$/.exec(pattern)?.[1]
  if (characters === undefined || stopWords.length > 0) return undefined
  return { pattern: `[^${characters}]+`, takesPunctuation: !/\p{P}/u.test(characters.replace(/(?<=.)-(?=.)/g, '')) }
}

/** Others can not be told from what stands between words, nor occur. */
const isWord = (word: string) => /^[\p{L}\p{N}_]+$/u.test(word)
