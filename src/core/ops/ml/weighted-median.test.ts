import { describe, expect, it } from 'vitest'
import { evaluate } from './testing/evaluate.ts'

const median = (weights: readonly number[], values: readonly number[], counts?: readonly number[]) => {
  const tables = counts ? [[values], [counts]] : [[values]]
  return evaluate('ml.weightedMedian', { weights: Float64Array.from(weights) }, ...tables)[0]?.data[0]
}

describe('ml.weightedMedian', () => {
  it('is the smallest value up to which half of the weight lies', () => {
    expect(median([1, 1, 1], [30, 10, 20])).toBe(20)
    expect(median([1, 1], [20, 10])).toBe(10)
    expect(median([5, 1, 1], [30, 10, 20])).toBe(30)
  })

  it('gives no weight to values that do not count', () => {
    expect(median([5, 1, 1], [30, 10, 20], [0, 1, 1])).toBe(10)
  })
})
