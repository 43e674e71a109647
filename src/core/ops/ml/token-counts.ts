import type { MlAttributes } from './attributes.ts'
import { translatePattern } from './regular-expression.ts'
import { mlSpec, result, rowsBy } from './table.ts'

type TokenCounts = MlAttributes['ml.tokenCounts']

/** How often each n-gram of the vocabulary occurs in the text: scikit-learn's CountVectorizer (feature_extraction/text.py). */
export const tokenCounts = mlSpec('ml.tokenCounts', {
  infer: ({ vocabulary }, ctx) => [rowsBy(ctx, vocabulary.length)],
  evaluate: (attributes, inputs) => {
    const texts = (inputs[0]?.data ?? []) as readonly string[]
    const width = attributes.vocabulary.length
    const slots = new Map(attributes.vocabulary.map((term, i) => [term, i]))
    const y = result(texts.length, width)
    for (const [row, text] of texts.entries()) {
      for (const term of analyze(attributes, text)) {
        const slot = slots.get(term)
        if (slot === undefined) continue
        const i = row * width + slot
        y.data[i] = attributes.binary ? 1 : (y.data[i] as number) + 1
      }
    }
    return [y]
  },
})

/** The n-grams of a text, in order. */
export function analyze(attributes: TokenCounts, text: string): string[] {
  const plain = normalize(attributes, text)
  if (attributes.analyzer === 'char')
    return characterNgrams([...plain.replace(translatePattern('\\s\\s+', 'gu'), ' ')], attributes.ngramRange)
  if (attributes.analyzer === 'char_wb') {
    return words(plain).flatMap((word) => boundedNgrams([...` ${word} `], attributes.ngramRange))
  }
  const stop = new Set(attributes.stopWords)
  return wordNgrams(
    tokenize(attributes, plain).filter((token) => !stop.has(token)),
    attributes.ngramRange,
  )
}

const normalize = ({ lowercase, stripAccents: kind }: TokenCounts, text: string): string =>
  stripAccents(lowercase ? text.toLowerCase() : text, kind)

/** strip_accents_unicode and strip_accents_ascii of scikit-learn; each character goes its own way. */
export function stripAccents(text: string, kind: TokenCounts['stripAccents']): string {
  if (kind === undefined) return text
  const decomposed = text.normalize('NFKD')
  return kind === 'ascii'
    ? decomposed.replace(/[^\0-\x7f]/gu, '')
    : [...decomposed].filter((c) => !isCombining(c)).join('')
}

/** Whether a decomposed character has a combining class other than 0: only such ones change places when normalised. */
const isCombining = (c: string): boolean =>
  /\p{M}/u.test(c) && [`\u0345${c}`, `${c}\u0334`].some((pair) => pair.normalize('NFD') !== pair)

const words = (text: string): string[] => text.split(translatePattern('\\s+', 'u')).filter((word) => word !== '')

function tokenize(attributes: TokenCounts, text: string): string[] {
  const found = cut(attributes, text)
  if (!attributes.trimPunctuation) return found
  return found.map((token) => token.replace(/^\p{P}+|\p{P}+$/gu, '')).filter((token) => token !== '')
}

function cut({ pattern, patternMatches }: TokenCounts, text: string): string[] {
  if (patternMatches === 'separators') return text.split(translatePattern(pattern, 'u')).filter((token) => token !== '')
  // As re.findall does: the group, where the pattern has one.
  return Array.from(text.matchAll(translatePattern(pattern, 'gu')), (match) => match[1] ?? match[0])
}

function ngrams(parts: readonly string[], [min, max]: readonly [number, number], joint: string): string[] {
  const all: string[] = []
  for (let n = min; n <= Math.min(max, parts.length); n++) {
    for (let i = 0; i + n <= parts.length; i++) all.push(parts.slice(i, i + n).join(joint))
  }
  return all
}

const wordNgrams = (tokens: readonly string[], range: readonly [number, number]) => ngrams(tokens, range, ' ')
const characterNgrams = (characters: readonly string[], range: readonly [number, number]) =>
  ngrams(characters, range, '')

/** A word shorter than n is counted once, whole, and not again for longer n. */
function boundedNgrams(word: readonly string[], [min, max]: readonly [number, number]): string[] {
  const all: string[] = []
  for (let n = min; n <= max; n++) {
    all.push(word.slice(0, n).join(''))
    for (let i = 1; i + n <= word.length; i++) all.push(word.slice(i, i + n).join(''))
    if (n >= word.length) break
  }
  return all
}
