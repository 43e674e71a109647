import { describe, expect, it } from 'vitest'
import type { MlAttributes } from '../../../../core/ops/ml/attributes.ts'
import { proven, value } from '../testing/proven.ts'
import { tableModel, text, writeText } from '../testing/write-hub.ts'

const COUNTS: MlAttributes['ml.tokenCounts'] = {
  vocabulary: ['good', 'film'],
  lowercase: true,
  pattern: '(?u)\\b\\w\\w+\\b',
  patternMatches: 'tokens',
  analyzer: 'word',
  ngramRange: [1, 1],
  binary: false,
}

const TEXTS = ['A good film', 'Good, GOOD!', 'the film was the good', '_good film_ of "good"', '']

function counting(changed: Partial<MlAttributes['ml.tokenCounts']>) {
  const attributes = { ...COUNTS, ...changed }
  return tableModel([text('t')], (hub, inputs) => {
    const counts = hub.ml('ml.tokenCounts', inputs, attributes)
    const coefficients = Float64Array.from(attributes.vocabulary, (_, i) => 10 ** i)
    return [value(hub.ml('ml.linear', [counts], { coefficients, intercepts: Float64Array.of(0) }))]
  })
}

const rows = TEXTS.map((each) => [each])

describe('counts of words in PMML', () => {
  it('counts the words of a text by one function', async () => {
    const document = (await proven(counting({}), ['t'], rows)).text
    expect(document.match(/<TextIndex /g)).toHaveLength(1)
  })

  it('skips stop words inside n-grams', async () => {
    const model = counting({ vocabulary: ['film good', 'good'], ngramRange: [1, 2], stopWords: ['the', 'was'] })
    expect((await proven(model, ['t'], rows)).text).toContain('\\b(?:\\w|_\\w*|\\w*_|the|was)\\b')
  })

  it('counts words once, as they are written', async () => {
    await proven(counting({ binary: true, lowercase: false }), ['t'], rows)
  })

  it.each([
    { changed: { stripAccents: 'unicode' as const } },
    { changed: { analyzer: 'char_wb' as const } },
    { changed: { pattern: '(?<=a)b+' } },
    { changed: { pattern: '[a-z]+', stopWords: ['the'], ngramRange: [1, 2] as const } },
  ])('refuses $changed with a hint', async ({ changed }) => {
    const { parts, diagnostics } = await writeText(counting(changed))
    expect(parts).toBeUndefined()
    expect(diagnostics[0]?.hint).toContain('token_pattern')
  })

  it('counts no term that punctuation comes off, and says so', async () => {
    const { diagnostics, text: document } = await writeText(counting({ vocabulary: ['good', '_film'] }))
    expect(diagnostics.map(({ message }) => message)).toEqual([expect.stringContaining('does not count _film')])
    expect(document).not.toContain('_film')
  })

  it('says that punctuation comes off words where the pattern keeps it', async () => {
    const { diagnostics } = await writeText(counting({ pattern: "[a-z']+" }))
    expect(diagnostics.map(({ code }) => code)).toEqual(['trimmed-words'])
  })
})
