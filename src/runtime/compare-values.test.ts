import { describe, expect, it } from 'vitest'
import { compareValues } from './compare-values.ts'

const numbers = (data: number[], shape = [data.length, 1]) => ({
  dtype: 'float64' as const,
  shape,
  data: Float64Array.from(data),
})
const labels = (data: string[]) => ({ dtype: 'string' as const, shape: [data.length], data })

const side = (label: string[], probability: number[], suffix = '') => ({
  outputs: [
    { value: `label${suffix}`, role: 'label' as const, columns: ['y'] },
    { value: `p${suffix}`, role: 'probability' as const, columns: ['probability(a)', 'probability(b)'] },
  ],
  values: { [`label${suffix}`]: labels(label), [`p${suffix}`]: numbers(probability, [label.length, 2]) },
})

describe('compareValues', () => {
  it('finds flipped labels and the worst rows, whatever the outputs are called', () => {
    const actual = side(['a', 'b', 'b'], [0.9, 0.1, 0.4, 0.6, 0.5, 0.5], '_onnx')
    const reference = side(['a', 'b', 'a'], [0.9, 0.1, 0.40001, 0.6, 0.7, 0.3])
    const [label, probability] = compareValues(actual, reference, 1e-6)
    expect(label).toMatchObject({ kind: 'label', different: 1, worst: [{ row: 3, actual: 'b', reference: 'a' }] })
    expect(probability?.maxAbsolute).toBeCloseTo(0.2, 12)
    expect(probability?.maxRelative).toBeCloseTo(0.2 / 0.3, 12)
    expect(probability?.different).toBe(3)
    expect(probability?.worst.map(({ row, column }) => `${row} ${column}`)).toEqual([
      '3 probability(b)',
      '3 probability(a)',
      '2 probability(a)',
    ])
  })

  it('takes NaN for equal to NaN, and for different from any number', () => {
    const outputs = [{ value: 'y', role: 'value' as const }]
    const agreement = compareValues(
      { outputs, values: { y: numbers([Number.NaN, 1]) } },
      { outputs, values: { y: numbers([Number.NaN, Number.NaN]) } },
      1e-6,
    )[0]
    expect(agreement).toMatchObject({ different: 1, maxAbsolute: Infinity })
  })

  it('judges a network’s output against its scale', () => {
    const outputs = [{ value: 'y', role: 'other' as const }]
    const small = 1e-7
    const [agreement] = compareValues(
      { outputs, values: { y: numbers([1 + 5e-7, small * 1.5]) } },
      { outputs, values: { y: numbers([1, small]) } },
      1e-6,
    )
    expect(agreement).toMatchObject({ different: 0, scale: 1 })
  })
})
