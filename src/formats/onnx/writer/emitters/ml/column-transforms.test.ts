import { describe, expect, it } from 'vitest'
import { differences, numbers, random, texts } from './testing/emitted.ts'

const next = random(7)
const matrix = (rows: number, columns: number, spread = 4) =>
  Array.from({ length: rows }, () => Array.from({ length: columns }, () => (next() - 0.5) * spread))
const vector = (n: number) => Float64Array.from({ length: n }, () => next() + 0.1)

const holed = [...matrix(20, 3), [Number.NaN, 1, 2], [1, Number.NaN, Number.NaN], [Infinity, -Infinity, 0]]
const words = [
  ['a', 'x'],
  ['', 'y'],
  ['b', ''],
  ['é', 'unknown'],
  ['?', '?'],
]

describe('column transforms as ONNX', () => {
  it('scales', async () => {
    const table = [numbers(holed)]
    const [center, divisor, factor, shift] = [vector(3), vector(3), vector(3), vector(3)]
    expect(await differences({ op: 'ml.scale', attributes: { center, divisor }, table })).toEqual([])
    expect(await differences({ op: 'ml.scale', attributes: { factor, shift, clip: [-0.5, 0.5] }, table })).toEqual([])
    expect(await differences({ op: 'ml.scale', attributes: {}, table })).toEqual([])
  })

  it('scales whole numbers as numbers', async () => {
    const table = [numbers([[1], [2], [-3]], 'int64')]
    expect(await differences({ op: 'ml.scale', attributes: { divisor: vector(1) }, table })).toEqual([])
  })

  it('imputes numbers', async () => {
    const table = [numbers([...holed, [-1, -1, 5]])]
    const replacements = [9, 0.5, Number.NaN]
    expect(await differences({ op: 'ml.impute', attributes: { replacements }, table })).toEqual([])
    expect(await differences({ op: 'ml.impute', attributes: { replacements, missingValue: -1 }, table })).toEqual([])
  })

  it('imputes text', async () => {
    const replacements = ['none', 'nada']
    const table = [texts(words)]
    expect(await differences({ op: 'ml.impute', attributes: { replacements }, table })).toEqual([])
    expect(await differences({ op: 'ml.impute', attributes: { replacements, missingValue: '?' }, table })).toEqual([])
  })

  it('encodes categories of text and of numbers: unknown, missing, dropped and shared ones', async () => {
    const text = { keys: ['a', 'b', 'é'], slots: [0, 1, 1], size: 2, unknownSlot: -1, missingSlot: -1 }
    const dropped = { keys: ['x', 'y', ''], slots: [-1, 0, 1], size: 3, unknownSlot: 2, missingSlot: -1 }
    const number = { keys: [1, 0.1, 3], slots: [0, 1, 2], size: 4, unknownSlot: -1, missingSlot: 3 }
    const values = [[1], [0.1], [Math.fround(0.1)], [Number.NaN], [3]]
    expect(
      await differences({
        op: 'ml.oneHot',
        attributes: { encodings: [text, dropped, number] },
        table: [texts(words), numbers(values)],
      }),
    ).toEqual([])
    expect(
      await differences({ op: 'ml.oneHot', attributes: { encodings: [number] }, table: [numbers(values)] }),
    ).toEqual([])
  })

  it('multiplies', async () => {
    const table = [numbers(matrix(30, 5)), numbers([...matrix(30, 2)])]
    const attributes = { coefficients: Float64Array.from(matrix(3, 7).flat()), intercepts: vector(3) }
    expect(await differences({ op: 'ml.linear', attributes, table })).toEqual([])
  })
})
