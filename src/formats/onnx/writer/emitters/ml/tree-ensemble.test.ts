import { describe, expect, it } from 'vitest'
import type { Category } from '../../../../../core/ir/model.ts'
import { SPLIT, type SplitMode, type TreeEnsemble } from '../../../../../core/ops/ml/tree-ensemble.ts'
import { TreeEnsembleBuilder } from '../../../../../core/ops/ml/tree-ensemble-builder.ts'
import { differences, evaluated, numbers, random, run, texts } from './testing/emitted.ts'

const MODES = Object.values(SPLIT).filter((mode) => mode !== SPLIT.leaf) as Exclude<SplitMode, 0>[]
const THRESHOLDS = [0.1, 0.5, 1, 2, 1 / 3, -1]
const WORDS = ['a', 'b', 'é', 'd d']

interface Shape {
  readonly trees: number
  readonly depth: number
  readonly targets: number
  readonly modes: readonly Exclude<SplitMode, 0>[]
  readonly aggregate?: TreeEnsemble['aggregate']
  /** Columns 0–2 are numbers, 3 is text. */
  readonly text?: boolean
  readonly oneTargetPerTree?: boolean
}

function grow(shape: Shape, seed: number): TreeEnsemble {
  const next = random(seed)
  const pick = <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)] as T
  const builder = new TreeEnsembleBuilder(shape.targets)
  for (let t = 0; t < shape.trees; t++) {
    builder.tree('1', (id: string) => {
      if (id.length > shape.depth || (id.length > 1 && next() < 0.2)) {
        const values = Array.from({ length: shape.targets }, (_, k) =>
          shape.oneTargetPerTree && k !== t % shape.targets ? 0 : next() - 0.3,
        )
        return { values }
      }
      const children = { whenTrue: `${id}1`, whenFalse: `${id}0`, missingTrue: next() < 0.5 }
      if (shape.text && next() < 0.4) {
        const mode = pick([SPLIT.in, SPLIT.equal, SPLIT.notEqual])
        const set: Category[] = mode === SPLIT.in ? WORDS.filter(() => next() < 0.5) : [pick(WORDS)]
        return { mode, column: 3, set, ...children }
      }
      const mode = pick(shape.modes)
      const column = Math.floor(next() * 3)
      if (mode === SPLIT.in) return { mode, column, set: THRESHOLDS.filter(() => next() < 0.5), ...children }
      return { mode, column, threshold: pick(THRESHOLDS), ...children }
    })
  }
  return builder.build({
    aggregate: shape.aggregate ?? 'sum',
    base: Array.from({ length: shape.targets }, () => next()),
  })
}

const special = [...THRESHOLDS, Number.NaN, Infinity, -Infinity, Math.fround(1 / 3), Math.fround(0.1)]
const next = random(5)
const pickValue = (): number =>
  next() < 0.8 ? (special[Math.floor(next() * special.length)] as number) : next() * 3 - 1
const rows = Array.from({ length: 120 }, () => [pickValue(), pickValue(), pickValue()])
const words = rows.map(() => [['a', 'b', 'é', 'd d', '', 'unknown'][Math.floor(next() * 6)] as string])

describe('ml.treeEnsemble as ONNX', () => {
  for (const mode of MODES) {
    it(`sends every value to the right side in mode ${mode}, missing ones too`, async () => {
      for (const missingTrue of [true, false]) {
        const builder = new TreeEnsembleBuilder(1)
        const test = mode === SPLIT.in ? { set: [0.1, -1, 1, 70] } : { threshold: 0.1 }
        builder.tree('root', (id: string) =>
          id === 'root'
            ? { mode, column: 0, whenTrue: 'yes', whenFalse: 'no', missingTrue, ...test }
            : { values: id === 'yes' ? 1 : 0 },
        )
        expect(
          await differences({
            op: 'ml.treeEnsemble',
            attributes: { ensemble: builder.build({ aggregate: 'sum' }) },
            table: [
              numbers(
                [0.1, Math.fround(0.1), 0.2, 0, -0, -1, 1, 2, 70, Number.NaN, Infinity, -Infinity].map((x) => [x]),
              ),
            ],
          }),
        ).toEqual([])
      }
    })
  }

  it('sends a missing value where the node says, though the set names it', async () => {
    for (const missingTrue of [true, false]) {
      const builder = new TreeEnsembleBuilder(1)
      builder.tree('root', (id: string) =>
        id === 'root'
          ? {
              mode: SPLIT.in,
              column: 0,
              set: [1, Number.NaN],
              whenTrue: 'yes',
              whenFalse: 'no',
              missingTrue,
            }
          : { values: id === 'yes' ? 1 : 0 },
      )
      const ensemble = builder.build({ aggregate: 'sum' })
      expect(
        await differences({
          op: 'ml.treeEnsemble',
          attributes: { ensemble },
          table: [numbers([[1], [2], [Number.NaN]])],
        }),
      ).toEqual([])
    }
  })

  it('agrees on forests of mixed tests', async () => {
    for (let seed = 1; seed <= 4; seed++) {
      const ensemble = grow({ trees: 7, depth: 5, targets: 1, modes: MODES }, seed)
      expect(await differences({ op: 'ml.treeEnsemble', attributes: { ensemble }, table: [numbers(rows)] })).toEqual([])
    }
  })

  it('agrees on text columns between numeric ones', async () => {
    for (const targets of [1, 3]) {
      const ensemble = grow({ trees: 5, depth: 5, targets, modes: [SPLIT.less, SPLIT.in], text: true }, 11)
      expect(
        await differences({ op: 'ml.treeEnsemble', attributes: { ensemble }, table: [numbers(rows), texts(words)] }),
      ).toEqual([])
    }
  })

  for (const aggregate of ['sum', 'average', 'min', 'max'] as const) {
    for (const targets of [1, 4]) {
      it(`aggregates by ${aggregate}, ${targets} targets`, async () => {
        const ensemble = grow({ trees: 9, depth: 4, targets, modes: [SPLIT.lessOrEqual], aggregate }, 21)
        expect(await differences({ op: 'ml.treeEnsemble', attributes: { ensemble }, table: [numbers(rows)] })).toEqual(
          [],
        )
      })
    }
  }

  it('keeps one tree per class as it is', async () => {
    const ensemble = grow({ trees: 9, depth: 4, targets: 3, modes: [SPLIT.less], oneTargetPerTree: true }, 31)
    expect(await differences({ op: 'ml.treeEnsemble', attributes: { ensemble }, table: [numbers(rows)] })).toEqual([])
  })

  it('takes trees that are a single leaf', async () => {
    for (const values of [[2.5], [1, 2]]) {
      const builder = new TreeEnsembleBuilder(values.length)
      for (let t = 0; t < 3; t++) builder.tree('leaf', () => ({ values }))
      const ensemble = builder.build({ aggregate: 'sum' })
      expect(await differences({ op: 'ml.treeEnsemble', attributes: { ensemble }, table: [numbers(rows)] })).toEqual([])
    }
  })

  it('aggregates in portions when trees times targets are many', async () => {
    const ensemble = grow({ trees: 60, depth: 3, targets: 100, modes: [SPLIT.lessOrEqual], aggregate: 'average' }, 41)
    expect(await differences({ op: 'ml.treeEnsemble', attributes: { ensemble }, table: [numbers(rows)] })).toEqual([])
  })

  it('adds up in the order of the trees, to the last bit: votes that are equal stay equal', async () => {
    const ensemble = grow({ trees: 250, depth: 2, targets: 3, modes: [SPLIT.lessOrEqual], aggregate: 'average' }, 71)
    const test = { op: 'ml.treeEnsemble' as const, attributes: { ensemble }, table: [numbers(rows)] }
    const { outputs, seen } = await run(test, 'double')
    expect(outputs[0]?.data).toEqual([...(evaluated(test, seen)[0]?.data ?? [])])
  })

  it('compares what a Cast rounded to float32 with float64 thresholds', async () => {
    const ensemble = grow({ trees: 5, depth: 5, targets: 1, modes: [SPLIT.lessOrEqual] }, 51)
    const rounded = numbers(
      rows.map((row) => row.map(Math.fround)),
      'float32',
    )
    expect(await differences({ op: 'ml.treeEnsemble', attributes: { ensemble }, table: [rounded] })).toEqual([])
  })

  it('keeps float64 inputs where rounding could flip a test', async () => {
    const ensemble = grow({ trees: 2, depth: 3, targets: 1, modes: [SPLIT.less] }, 61)
    const { seen } = await run({ op: 'ml.treeEnsemble', attributes: { ensemble }, table: [numbers(rows)] }, 'float')
    expect(seen[0]?.data[0]).toBe(rows[0]?.[0])
  })
})
