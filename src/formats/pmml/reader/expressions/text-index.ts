import type { ValueName } from '../../../../core/ir/builder.ts'
import { translatePattern } from '../../../../core/ops/ml/regular-expression.ts'
import { analyze } from '../../../../core/ops/ml/token-counts.ts'
import type { XmlElement } from '../../../../encodings/xml/parse-xml.ts'
import { inlineRows } from '../arrays.ts'
import { block } from '../blocked.ts'
import type { ColumnSource, Tokenization } from '../columns/formula.ts'
import { attribute, childNamed, childrenNamed, isTrue, localName, numberAttribute } from '../elements.ts'

/** How often a term occurs in a text (PMML 4.4, TextIndex), as a column that is counted together with other terms. */
export function termSource(element: XmlElement, text: ValueName, term: string): ColumnSource {
  if ((numberAttribute(element, 'maxLevenshteinDistance') ?? 0) > 0) {
    return block(element, 'terms that are merely similar can not be counted', 'Set maxLevenshteinDistance to 0.')
  }
  if (attribute(element, 'tokenize') === 'false')
    return block(element, 'texts that are tokenized already have no hub form')
  const tokenization = tokenizationOf(element)
  const words = analyze({ ...tokenization, vocabulary: [], ngramRange: [1, 1], stopWords: [] }, term)
  return { kind: 'term', text, tokenization, term: words.join(' ') }
}

const cache = new WeakMap<XmlElement, Tokenization>()

function tokenizationOf(element: XmlElement): Tokenization {
  const known = cache.get(element)
  if (known) return known
  const stopWords = childrenNamed(element, 'TextIndexNormalization').flatMap((each) => stopWordsOf(element, each))
  const tokenization: Tokenization = {
    lowercase: !isTrue(attribute(element, 'isCaseSensitive')),
    ...wordPattern(element),
    analyzer: 'word',
    binary: attribute(element, 'localTermWeights') === 'binary',
    ...(stopWords.length > 0 ? { stopWords } : {}),
  }
  cache.set(element, tokenization)
  return tokenization
}

/** JPMML's extension `x-wordRE` matches words; PMML's own attribute what stands between them and their punctuation. */
function wordPattern(element: XmlElement): Pick<Tokenization, 'pattern' | 'patternMatches' | 'trimPunctuation'> {
  const word = attribute(element, 'x-wordRE') ?? attribute(element, 'wordRE')
  if (word !== undefined) return { pattern: word, patternMatches: 'tokens' }
  // Java's flag for Unicode classes, which the hub's patterns have anyway.
  const separator = (attribute(element, 'wordSeparatorCharacterRE') ?? '\\s+').replace(/^\(\?[uU]\)/, '')
  return { pattern: separator, patternMatches: 'separators', trimPunctuation: true }
}

/** `\b(the|a|an)\b` → a blank: stop words. */
const ALTERNATIVES = /^(?:\\b|\(\^\|\\s\+\))\(((?:[\p{L}\p{N}_']+\|)*[\p{L}\p{N}_']+)\)\\b$/u

/** Normalizations that take words out of the text; others would need the text rewritten before it is cut. */
function stopWordsOf(textIndex: XmlElement, normalization: XmlElement): readonly string[] {
  const table = childNamed(normalization, 'InlineTable')
  if (!table) return block(textIndex, 'its normalization table is not in the file')
  const [input, output, regex] = ['inField', 'outField', 'regexField'].map((name, i) =>
    localName(attribute(normalization, name) ?? (['string', 'stem', 'regex'][i] as string)),
  ) as [string, string, string]
  const wholeWords = attribute(textIndex, 'x-wordRE') ?? attribute(textIndex, 'wordRE')
  return inlineRows(table).flatMap((row) => {
    const words = row[regex] === 'true' ? ALTERNATIVES.exec(row[input] ?? '')?.[1] : undefined
    if (words === undefined || row[output]?.trim() !== '' || !wholeWords || !matchesWholeWords(wholeWords)) {
      return block(textIndex, `it rewrites "${(row[input] ?? '').slice(0, 40)}" before it counts terms`)
    }
    return words.split('|')
  })
}

/** Whether a token is all word characters, so that a word to be removed is always a token of its own. */
function matchesWholeWords(pattern: string): boolean {
  const found = translatePattern(pattern, 'gu')
  return [..."a-b c'd e.f".matchAll(found)].every(([token]) => /^[\p{L}\p{N}_]+$/u.test(token))
}
