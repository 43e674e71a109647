import { describe, expect, it } from 'vitest'
import type { MlAttributes } from './attributes.ts'
import { evaluate } from './testing/evaluate.ts'
import { analyze } from './token-counts.ts'

const defaults: MlAttributes['ml.tokenCounts'] = {
  vocabulary: ['dd', 'the', 'cat'],
  lowercase: true,
  pattern: '(?u)\\b\\w\\w+\\b',
  patternMatches: 'tokens',
  analyzer: 'word',
  ngramRange: [1, 1],
  binary: false,
}
const text = "The naïve cat's mat; x_1 ÀÉ été 42 ..."

/** Expected tokens: CountVectorizer.build_analyzer() of scikit-learn 1.9.1. */
describe('ml.tokenCounts', () => {
  it('finds words', () => {
    expect(analyze(defaults, text)).toEqual(['the', 'naïve', 'cat', 'mat', 'x_1', 'àé', 'été', '42'])
    expect(analyze({ ...defaults, stripAccents: 'unicode' }, text).slice(5, 7)).toEqual(['ae', 'ete'])
    expect(analyze({ ...defaults, stripAccents: 'ascii' }, text)[1]).toBe('naive')
  })

  it('trims punctuation', () => {
    const between = { ...defaults, pattern: '\\s+', patternMatches: 'separators', trimPunctuation: true } as const
    expect(analyze(between, "«The» cat's (mat)… _x_ -- 4.2!")).toEqual(['the', "cat's", 'mat', 'x', '4.2'])
  })

  it('leaves stop words out before it makes n-grams', () => {
    const attributes = { ...defaults, ngramRange: [1, 2] as const, stopWords: ['the', 'cc'] }
    expect(analyze(attributes, 'a b cc  dd\tee')).toEqual(['dd', 'ee', 'dd ee'])
  })

  it('makes n-grams of characters, over white space or within words', () => {
    const pairs = analyze({ ...defaults, analyzer: 'char', ngramRange: [2, 2] }, 'a b cc  dd\tee')
    expect(pairs).toEqual(['a ', ' b', 'b ', ' c', 'cc', 'c ', ' d', 'dd', 'd\t', '\te', 'ee'])
    const within = analyze({ ...defaults, analyzer: 'char_wb', ngramRange: [3, 4] }, 'a b cc  dd\tee')
    expect(within).toEqual([' a ', ' b ', ' cc', 'cc ', ' cc ', ' dd', 'dd ', ' dd ', ' ee', 'ee ', ' ee '])
  })

  it('counts what the vocabulary has', () => {
    const rows = [['the dd the'], ['no'], ['']]
    expect([...(evaluate('ml.tokenCounts', defaults, rows)[0]?.data ?? [])]).toEqual([1, 2, 0, 0, 0, 0, 0, 0, 0])
    const binary = evaluate('ml.tokenCounts', { ...defaults, binary: true }, rows)[0]
    expect(binary?.data[1]).toBe(1)
  })
})
