import { describe, expect, it } from 'vitest'
import { newDraft, pictureShape, requestOf, runsAtOnce, testModes } from './test-draft.ts'
import type { FormInput } from './test-state.ts'

const table: FormInput[] = [
  {
    name: 'age',
    features: [{ name: 'age', kind: 'continuous', dataType: 'integer', range: [17, 90] }],
    dtype: 'float64',
    shape: ['N', 1],
  },
  {
    name: 'job',
    features: [{ name: 'job', kind: 'categorical', dataType: 'string', values: ['clerk', 'smith'] }],
    dtype: 'string',
    shape: ['N', 1],
  },
]
const image: FormInput[] = [{ name: 'x', features: null, dtype: 'float32', shape: ['N', 8, 8, 3] }]

describe('testModes', () => {
  it('offers a form for a table and tensors for a network', () => {
    expect(testModes(table)).toEqual(['row', 'table'])
    expect(testModes(image)).toEqual(['tensors'])
    expect(testModes([{ name: 'x', features: null, dtype: 'float32', shape: ['N', 4] }])).toEqual(['tensors', 'table'])
  })
})

describe('runsAtOnce', () => {
  it('is for one row or small made-up tensors, and for small models', () => {
    expect(runsAtOnce(newDraft(table), 1000)).toBe(true)
    expect(runsAtOnce(newDraft(table), 1e9)).toBe(false)
    expect(runsAtOnce({ ...newDraft(table), mode: 'table' }, 1000)).toBe(false)
    expect(runsAtOnce(newDraft(image), 1000)).toBe(true)
    const photo: FormInput = { name: 'x', features: null, dtype: 'float32', shape: [1, 3, 224, 224] }
    expect(runsAtOnce(newDraft([photo]), 1000)).toBe(false)
  })
})

describe('requestOf', () => {
  it('makes one row of a new form: the middle of a range, the first category', () => {
    expect(requestOf(newDraft(table), table)).toEqual({
      kind: 'table',
      table: { columns: ['age', 'job'], rows: [['54', 'clerk']] },
    })
  })

  it('makes random tensors of one row', () => {
    expect(requestOf(newDraft(image), image)).toEqual({
      kind: 'tensors',
      fills: [{ kind: 'random', shape: [1, 8, 8, 3], seed: 1 }],
    })
  })

  it('says what is missing', () => {
    const draft = newDraft(image)
    const fills = draft.fills.map((fill) => ({ ...fill, kind: 'npy' as const }))
    expect(() => requestOf({ ...draft, fills }, image)).toThrow('no file has been chosen for the input x')
    expect(() => requestOf({ ...draft, mode: 'table' }, table)).toThrow('no CSV')
  })
})

describe('pictureShape', () => {
  it('gives free sides a usual size, channels first or last', () => {
    expect(pictureShape([1, 3, 1, 1], ['N', 3, 'H', 'W'])).toEqual([1, 3, 224, 224])
    expect(pictureShape([1, 1, 1, 3], ['N', null, null, 3])).toEqual([1, 224, 224, 3])
    expect(pictureShape([2, 8, 8, 1], ['N', 8, 8, 1])).toEqual([2, 8, 8, 1])
    expect(pictureShape([1, 3, 64, 1], ['N', 3, 'H', 'W'])).toEqual([1, 3, 64, 224])
  })
})
