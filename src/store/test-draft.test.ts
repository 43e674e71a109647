import { describe, expect, it } from 'vitest'
import { newDraft, requestOf, testModes } from './test-draft.ts'
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
