import { describe, expect, it } from 'vitest'
import { evaluate } from './testing/evaluate.ts'
import { SPLIT } from './tree-ensemble.ts'
import { TreeEnsembleBuilder } from './tree-ensemble-builder.ts'
import { treeEnsemble } from './tree-ensemble-op.ts'

describe('ml.treeEnsemble', () => {
  it('tests text and sets, and sends missing values where the node says', () => {
    const builder = new TreeEnsembleBuilder(1)
    builder.tree('root', (id: string) => {
      if (id === 'root') {
        return { mode: SPLIT.in, column: 1, set: ['a', 'b'], whenTrue: 'number', whenFalse: 'no', missingTrue: false }
      }
      if (id !== 'number') return { values: id === 'no' ? -1 : id === 'low' ? 1 : 2 }
      return {
        mode: SPLIT.lessOrEqual,
        column: 0,
        threshold: 0.5,
        whenTrue: 'low',
        whenFalse: 'high',
        missingTrue: true,
      }
    })
    const ensemble = builder.build({ aggregate: 'sum', base: [10] })
    const numbers = [[0.5], [0.6], [Number.NaN], [0], [0]]
    const words = [['a'], ['b'], ['a'], ['c'], ['']]
    expect([...(evaluate('ml.treeEnsemble', { ensemble }, numbers, words)[0]?.data ?? [])]).toEqual([11, 12, 11, 9, 9])
  })

  it('is fast enough: 100,000 rows through 100 trees', () => {
    const builder = new TreeEnsembleBuilder(1)
    for (let t = 0; t < 100; t++) {
      builder.tree(1, (id: number) =>
        id >= 256
          ? { values: id }
          : {
              mode: SPLIT.less,
              column: (id + t) % 10,
              threshold: 0.5,
              whenTrue: 2 * id,
              whenFalse: 2 * id + 1,
              missingTrue: false,
            },
      )
    }
    const data = Float64Array.from({ length: 1_000_000 }, (_, i) => Math.abs(Math.sin(i)))
    const attributes = { ensemble: builder.build({ aggregate: 'average' }) }
    const start = performance.now()
    const run = () => []
    const [y] = treeEnsemble.evaluate([{ dtype: 'float64', shape: [100_000, 10], data }], {
      op: 'ml.treeEnsemble',
      attributes,
      outputCount: 1,
      run,
    })
    expect(y?.shape).toEqual([100_000, 1])
    expect(performance.now() - start).toBeLessThan(10_000)
  })
})
