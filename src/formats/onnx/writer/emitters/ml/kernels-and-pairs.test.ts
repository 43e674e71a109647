import { describe, expect, it } from 'vitest'
import { differences, numbers, random } from './testing/emitted.ts'

const next = random(17)
const matrix = (rows: number, columns: number, spread = 4, offset = 0) =>
  Array.from({ length: rows }, () => Array.from({ length: columns }, () => (next() - 0.5) * spread + offset))
const flat = (rows: readonly (readonly number[])[]) => Float64Array.from(rows.flat())

describe('ml.kernelMachine as ONNX', () => {
  for (const kernel of ['linear', 'poly', 'rbf', 'sigmoid', 'laplacian', 'cosine'] as const) {
    it(`computes the ${kernel} kernel`, async () => {
      const attributes = {
        kernel,
        gamma: 0.3,
        coef0: 0.5,
        degree: 3,
        supportVectors: flat(matrix(20, 4)),
        coefficients: flat(matrix(3, 20)),
        intercepts: flat(matrix(1, 3)),
      }
      const table = [numbers([...matrix(25, 4), [0, 0, 0, 0]])]
      expect(await differences({ op: 'ml.kernelMachine', attributes, table }, { double: 1e-12, float: 1e-6 })).toEqual(
        [],
      )
    })
  }

  it('does not lose digits far from the origin', async () => {
    const attributes = {
      kernel: 'rbf' as const,
      gamma: 0.5,
      coef0: 0,
      degree: 3,
      supportVectors: flat(matrix(10, 3, 2, 1e6)),
      coefficients: flat(matrix(1, 10)),
      intercepts: Float64Array.of(0.1),
    }
    expect(await differences({ op: 'ml.kernelMachine', attributes, table: [numbers(matrix(20, 3, 2, 1e6))] })).toEqual(
      [],
    )
  })
})

describe('pairs of classes as ONNX', () => {
  for (const classes of [2, 3, 5]) {
    const pairs = (classes * (classes - 1)) / 2
    const decisions = [
      ...matrix(40, pairs, 3),
      ...matrix(10, pairs, 300),
      new Array(pairs).fill(0),
      Array.from({ length: pairs }, (_, i) => (i % 2 === 0 ? 1 : -1)),
    ]

    it(`counts votes of ${classes} classes`, async () => {
      for (const confidence of [true, false]) {
        const attributes = { classes, confidence }
        expect(await differences({ op: 'ml.pairwiseVote', attributes, table: [numbers(decisions)] })).toEqual([])
      }
    })

    it(`couples probabilities of ${classes} classes`, async () => {
      const attributes = { classes, a: flat(matrix(1, pairs, 2, -1.5)), b: flat(matrix(1, pairs, 0.5)) }
      expect(
        await differences(
          { op: 'ml.pairwiseProbability', attributes, table: [numbers(decisions)] },
          { double: 1e-12, float: 1e-7 },
        ),
      ).toEqual([])
    })
  }
})

describe('ml.weightedMedian as ONNX', () => {
  const weights = Float64Array.of(0.5, 2, 1, 0.25, 1.25)
  const values = matrix(30, 5)

  it('weighs all values', async () => {
    expect(await differences({ op: 'ml.weightedMedian', attributes: { weights }, table: [numbers(values)] })).toEqual(
      [],
    )
  })

  it('weighs the values that count', async () => {
    const counts = matrix(30, 5).map((row) => row.map((x) => Number(x > 0)))
    const table = [numbers(values), numbers(counts)]
    expect(await differences({ op: 'ml.weightedMedian', attributes: { weights }, table })).toEqual([])
  })
})
