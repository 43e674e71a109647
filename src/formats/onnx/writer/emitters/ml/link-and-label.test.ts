import { describe, expect, it } from 'vitest'
import type { LinkFunction } from '../../../../../core/ops/ml/attributes.ts'
import { differences, evaluated, numbers, run } from './testing/emitted.ts'

const LINKS: readonly LinkFunction[] = [
  'identity',
  'logit',
  'probit',
  'cloglog',
  'loglog',
  'cauchit',
  'exp',
  'inverse',
  'softmax',
  'simplemax',
]
const values = [0.5, -0.5, 1e-9, -1e-9, 3, -3, 8, -8, 20, -20, 0.25, 1.5, -1.5, 2.4, 2.6, -36]

describe('ml.link as ONNX', () => {
  for (const name of LINKS) {
    it(`computes ${name}`, async () => {
      const column = values.map((x) => [x])
      const matrix = values.map((x, i) => [x, values[(i + 3) % values.length] as number, 0.75])
      for (const rows of [column, matrix]) {
        expect(await differences({ op: 'ml.link', attributes: { function: name }, table: [numbers(rows)] })).toEqual([])
      }
      if (name === 'softmax' || name === 'simplemax') return
      const attributes = { function: name, complement: true }
      expect(await differences({ op: 'ml.link', attributes, table: [numbers(column)] })).toEqual([])
    })
  }

  it('keeps the digits of small probabilities', async () => {
    const link = { op: 'ml.link', attributes: { function: 'logit' }, table: [numbers([[-30, -190, -700]])] } as const
    const { outputs } = await run(link, 'double')
    const [expected] = evaluated(link, link.table)
    for (const [i, p] of (outputs[0]?.data ?? []).entries()) {
      expect(Number(p) / Number(expected?.data[i])).toBeCloseTo(1, 13)
    }
  })

  it('does not overflow in softmax', async () => {
    const table = [
      numbers([
        [1000, 1001, -1000],
        [-1e4, -1e4, -1e4],
        [800, 0, 0],
      ]),
    ]
    expect(await differences({ op: 'ml.link', attributes: { function: 'softmax' }, table })).toEqual([])
  })
})

describe('ml.label as ONNX', () => {
  const table = [
    numbers([
      [1, 2, 3],
      [3, 3, 1],
      [2, 5, 5],
      [0, 0, 0],
      [-1, -2, -2],
    ]),
  ]
  for (const labels of [
    ['a', 'é', ''],
    [0, 5, -2],
    [0.5, 1, 2],
  ]) {
    for (const rule of ['argmax', 'argmin'] as const) {
      it(`takes the first of equals by ${rule} (${labels})`, async () => {
        expect(await differences({ op: 'ml.label', attributes: { labels, rule }, table })).toEqual([])
      })
    }
  }

  it('compares with a threshold', async () => {
    const attributes = { labels: ['no', 'yes'], rule: 'threshold' as const, threshold: 0.5 }
    expect(await differences({ op: 'ml.label', attributes, table: [numbers([[0.5], [0.75], [0.25]])] })).toEqual([])
  })
})
