import { describe, expect, it } from 'vitest'
import type { MlAttributes } from '../../../../../core/ops/ml/attributes.ts'
import { differences, texts, written } from './testing/emitted.ts'

const attributes: MlAttributes['ml.tokenCounts'] = {
  vocabulary: ['the', 'cat', 'sat', 'naïve', 'x_1', 'été', 'dog', 'mat', '42', '東京', 'στο'],
  lowercase: true,
  pattern: '(?u)\\b\\w\\w+\\b',
  patternMatches: 'tokens',
  analyzer: 'word',
  ngramRange: [1, 1],
  binary: false,
}

const sentences = [
  'The cat sat on the mat. The END',
  'a naïve-cat; x_1,x_1! (été) ÉTÉ',
  '',
  '!!! ? a b c',
  'cat\tcat\ncat\u00a0dog—dog…dog',
  '東京 42 42.42 4 2',
  "don't the_cat cat's DOG",
  '  leading and trailing cat  ',
  '😀cat😀dog 😀',
  'ΣΑΣ στο cat',
]
const table = [texts(sentences.map((sentence) => [sentence]))]
const check = (changes: Partial<MlAttributes['ml.tokenCounts']>) =>
  differences({ op: 'ml.tokenCounts', attributes: { ...attributes, ...changes }, table })

describe('ml.tokenCounts as ONNX', () => {
  it("finds scikit-learn's default tokens in any text", async () => {
    expect(await check({})).toEqual([])
    expect(await check({ binary: true, lowercase: false })).toEqual([])
  })

  it('takes other patterns', async () => {
    expect(await check({ pattern: '\\w+' })).toEqual([])
    expect(await check({ pattern: '(?u)\\b\\w+\\b' })).toEqual([])
    expect(await check({ pattern: '[a-z]{2,}' })).toEqual([])
    expect(await check({ pattern: '\\s+', patternMatches: 'separators' })).toEqual([])
    expect(await check({ pattern: '[\\s.,;]', patternMatches: 'separators' })).toEqual([])
  })

  it('takes words between boundaries, whatever else they must be', async () => {
    for (const pattern of ['\\b[a-z]+\\b', '\\b[^\\W\\d_]{2,}\\b', '(?u)\\b(?:cat|the|x_\\d)s?\\b', '\\b\\d+\\b'])
      expect(
        await check({ pattern, vocabulary: ['cat', 'x', 'x_1', '42', 'naïve', 'dog', 'cat dog', 'the end'] }),
      ).toEqual([])
    expect(await check({ pattern: '\\b[a-z]{3}\\b', vocabulary: ['the cat', 'cat the'], ngramRange: [1, 2] })).toEqual(
      [],
    )
  })

  it('takes what stands between words without its punctuation', async () => {
    const vocabulary = [
      'the',
      'cat',
      "cat's",
      '42.42',
      'x_1,x_1',
      'été',
      'dog—dog…dog',
      'don',
      'cat sat',
      'on the',
      '2',
    ]
    for (const pattern of [
      '\\s+',
      '\\s',
      '(?:\\W|\\b\\w\\b)+',
      '(?:\\W|\\b[a-z]\\b|\\b4\\b)+',
      '\\W+',
      '[\\s;]+',
      '[\\W_]+',
    ])
      for (const ngramRange of [
        [1, 1],
        [1, 2],
      ] as const)
        expect(
          await check({ pattern, patternMatches: 'separators', trimPunctuation: true, vocabulary, ngramRange }),
        ).toEqual([])
    const empty = [texts([[''], ['!'], ['… —']])]
    const changed = { ...attributes, pattern: '\\s+', patternMatches: 'separators', trimPunctuation: true } as const
    expect(await differences({ op: 'ml.tokenCounts', attributes: changed, table: empty })).toEqual([])
  })

  it('counts n-grams', async () => {
    const vocabulary = ['the cat', 'cat', 'sat', 'cat sat', 'the mat the', 'dog dog', 'nobody says this', 'mat']
    expect(await check({ vocabulary, ngramRange: [1, 3] })).toEqual([])
    expect(await check({ vocabulary, ngramRange: [2, 2] })).toEqual([])
  })

  it('leaves stop words out before it makes n-grams', async () => {
    const vocabulary = ['cat sat', 'cat mat', 'sat mat', 'the', 'mat end']
    expect(await check({ vocabulary, ngramRange: [1, 2], stopWords: ['the', 'on'] })).toEqual([])
  })

  it('strips accents, of letters and as marks of their own', async () => {
    const vocabulary = ['naive', 'ete', 'cat', 'στο', 'ﬁn', 'fin', '東京', '한', 'strae', 'straße', 'cafe']
    const accented = [...sentences, 'cafe\u0301 ﬁn Straße', '한국 한 ½', 'e\u0301te\u0301', 'ÅNGSTRÖM']
    const texted = [texts(accented.map((sentence) => [sentence]))]
    for (const stripAccents of ['unicode', 'ascii'] as const) {
      const changed = { ...attributes, vocabulary, stripAccents }
      expect(await differences({ op: 'ml.tokenCounts', attributes: changed, table: texted })).toEqual([])
    }
  })

  it('counts n-grams of characters', async () => {
    const vocabulary = ['c', 'ca', 'cat', ' th', 'the', 't t', 't\n', 'ï', '東京', '😀d', 'g  ', ' ', '!!']
    expect(await check({ vocabulary, analyzer: 'char', ngramRange: [1, 3] })).toEqual([])
    expect(await check({ vocabulary: ['cat', ' ca', 't d'], analyzer: 'char', ngramRange: [3, 3] })).toEqual([])
  })

  it('counts n-grams of characters within words, short words once', async () => {
    const vocabulary = [' cat', 'cat ', ' a ', ' 4 ', ' 42 ', 'the ', ' mat', 'mat.', ' 😀 ', 'cats', 't ca']
    expect(await check({ vocabulary, analyzer: 'char_wb', ngramRange: [4, 5] })).toEqual([])
    expect(await check({ vocabulary: ['c', ' c', 'at ', ' a '], analyzer: 'char_wb', ngramRange: [1, 3] })).toEqual([])
    const empty = [texts([[''], ['  ']])]
    const bounded = { ...attributes, vocabulary, analyzer: 'char_wb', ngramRange: [4, 5] } as const
    expect(await differences({ op: 'ml.tokenCounts', attributes: bounded, table: empty })).toEqual([])
    for (const changed of [
      { ...bounded, analyzer: 'char' } as const,
      { ...attributes, stripAccents: 'unicode' } as const,
    ])
      expect(await differences({ op: 'ml.tokenCounts', attributes: changed, table: empty })).toEqual([])
  })

  it('takes a table without any token', async () => {
    const empty = [texts([[''], ['!']])]
    expect(await differences({ op: 'ml.tokenCounts', attributes, table: empty })).toEqual([])
  })

  it('says what it can not do', async () => {
    for (const change of [{ pattern: '(?<=a)b' }, { pattern: 'a\\b.' }, { pattern: '\\w+?' }] as const) {
      const test = { op: 'ml.tokenCounts' as const, attributes: { ...attributes, ...change }, table }
      const { bytes, diagnostics } = await written(test, 'float')
      expect(bytes).toBeUndefined()
      expect(diagnostics.map(({ severity }) => severity)).toContain('blocked')
    }
  })
})
