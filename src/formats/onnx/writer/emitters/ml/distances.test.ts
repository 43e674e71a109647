import { describe, expect, it } from 'vitest'
import { differences, numbers, random } from './testing/emitted.ts'

const next = random(27)
const matrix = (rows: number, columns: number, spread = 4) =>
  Array.from({ length: rows }, () => Array.from({ length: columns }, () => (next() - 0.5) * spread))
const flat = (rows: readonly (readonly number[])[]) => Float64Array.from(rows.flat())

describe('ml.distance as ONNX', () => {
  const points = matrix(12, 4)
  const table = [numbers([...matrix(20, 4), ...points, [0, 0, 0, 0], [Number.NaN, 0, 0, 0]])]
  for (const metric of ['euclidean', 'squaredEuclidean', 'cityBlock', 'chebychev', 'minkowski', 'cosine'] as const) {
    it(`measures by ${metric}, weighted or not`, async () => {
      for (const weights of [undefined, Float64Array.of(1, 0.5, 2, 3)]) {
        const attributes = { points: flat(points), metric, p: 3, ...(weights ? { weights } : {}) }
        expect(await differences({ op: 'ml.distance', attributes, table })).toEqual([])
      }
    })
  }

  it('adds columns up in portions when there are many points', async () => {
    const attributes = { points: flat(matrix(3000, 7)), metric: 'euclidean' as const }
    expect(await differences({ op: 'ml.distance', attributes, table: [numbers(matrix(5, 7))] })).toEqual([])
  })
})

describe('ml.nearest as ONNX', () => {
  it('takes the lower index of equally near points', async () => {
    const rows = Array.from({ length: 30 }, () => Array.from({ length: 200 }, () => Math.floor(next() * 6)))
    for (const k of [1, 5, 60, 200]) {
      expect(await differences({ op: 'ml.nearest', attributes: { k }, table: [numbers(rows)], outputs: 2 })).toEqual([])
    }
  })
})

describe('ml.gaussianNaiveBayes as ONNX', () => {
  it('computes joint log likelihoods', async () => {
    const attributes = {
      means: flat(matrix(3, 5)),
      variances: flat(matrix(3, 5)).map((x) => Math.abs(x) + 1e-3),
      logPriors: Float64Array.of(-1, -0.5, -2),
    }
    expect(await differences({ op: 'ml.gaussianNaiveBayes', attributes, table: [numbers(matrix(30, 5))] })).toEqual([])
  })
})
