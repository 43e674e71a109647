import { describe, expect, it } from 'vitest'
import { SPLIT } from './tree-ensemble.ts'
import { TreeEnsembleBuilder } from './tree-ensemble-builder.ts'

const split = (whenTrue: string, whenFalse: string, set?: readonly string[]) => ({
  mode: set ? SPLIT.in : SPLIT.less,
  column: 1,
  threshold: 2.5,
  whenTrue,
  whenFalse,
  missingTrue: true,
  ...(set ? { set } : {}),
})

describe('TreeEnsembleBuilder', () => {
  it('puts children after their parent, whatever order the source has', () => {
    const builder = new TreeEnsembleBuilder(2)
    const source = {
      leafB: [3, 4],
      leafA: [1, 2],
      root: ['leafA', 'inner'],
      inner: ['leafB', 'leafC'],
      leafC: [5, 6],
    } as const
    for (let tree = 0; tree < 2; tree++) {
      builder.tree<keyof typeof source>('root', (id) => {
        const [a, b] = source[id]
        return typeof a === 'number'
          ? { values: [a, b as number] }
          : { ...split('', ''), whenTrue: a, whenFalse: b as 'inner' }
      })
    }
    const ensemble = builder.build({ aggregate: 'sum', base: [0, 1] })
    expect([...ensemble.roots]).toEqual([0, 5])
    expect([...ensemble.mode]).toEqual([2, 0, 2, 0, 0, 2, 0, 2, 0, 0])
    expect([...ensemble.whenTrue]).toEqual([1, 0, 3, 1, 2, 6, 3, 8, 4, 5])
    expect([...ensemble.whenFalse]).toEqual([2, 0, 4, 0, 0, 7, 0, 9, 0, 0])
    expect([...ensemble.leafValues]).toEqual([1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6])
    expect(ensemble.counts).toBeUndefined()
  })

  it('shares equal sets between nodes', () => {
    const builder = new TreeEnsembleBuilder(1)
    for (const set of [['a'], ['b', 'c'], ['a']]) {
      builder.tree('root', (id) => (id === 'root' ? split('l', 'r', set) : { values: 1, count: 3 }))
    }
    const ensemble = builder.build({ aggregate: 'average' })
    expect(ensemble.sets).toEqual([['a'], ['b', 'c']])
    expect([...ensemble.roots].map((root) => ensemble.threshold[root])).toEqual([0, 1, 0])
    expect([...ensemble.base]).toEqual([0])
  })

  it('refuses a cycle and a leaf of the wrong width', () => {
    expect(() => new TreeEnsembleBuilder(1).tree('a', () => split('a', 'b'))).toThrow(/twice/)
    expect(() => new TreeEnsembleBuilder(2).tree('a', () => ({ values: 1 }))).toThrow(/2 targets/)
  })
})
