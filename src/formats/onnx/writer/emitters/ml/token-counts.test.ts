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

  it('counts n-grams', async () => {
    const vocabulary = ['the cat', 'cat', 'sat', 'cat sat', 'the mat the', 'dog dog', 'nobody says this', 'mat']
    expect(await check({ vocabulary, ngramRange: [1, 3] })).toEqual([])
    expect(await check({ vocabulary, ngramRange: [2, 2] })).toEqual([])
  })

  it('leaves stop words out before it makes n-grams', async () => {
    const vocabulary = ['cat sat', 'cat mat', 'sat mat', 'the', 'mat end']
    expect(await check({ vocabulary, ngramRange: [1, 2], stopWords: ['the', 'on'] })).toEqual([])
  })

  it('takes a table without any token', async () => {
    const empty = [texts([[''], ['!']])]
    expect(await differences({ op: 'ml.tokenCounts', attributes, table: empty })).toEqual([])
  })

  it('says what it can not do', async () => {
    for (const change of [
      { analyzer: 'char' },
      { stripAccents: 'unicode' },
      { pattern: '(?<=a)b' },
      { pattern: 'a\\b.' },
    ] as const) {
      const test = { op: 'ml.tokenCounts' as const, attributes: { ...attributes, ...change }, table }
      const { bytes, diagnostics } = await written(test, 'float')
      expect(bytes).toBeUndefined()
      expect(diagnostics.map(({ severity }) => severity)).toContain('blocked')
    }
  })
})
