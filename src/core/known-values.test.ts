import { describe, expect, it } from 'vitest'
import type { Graph, Node } from './ir/graph.ts'
import type { ModelInput } from './ir/model.ts'
import { int64 } from './ir/tensor.ts'
import { withKnownValues } from './known-values.ts'
import { SPLIT } from './ops/ml/tree-ensemble.ts'
import { TreeEnsembleBuilder } from './ops/ml/tree-ensemble-builder.ts'

const node = (op: string, inputs: string[], output: string, attributes = {}): Node => ({
  id: output,
  op,
  inputs,
  outputs: [output],
  attributes,
  origin: [],
})
const encoding = (...keys: string[]) => ({ keys, slots: [], size: keys.length, unknownSlot: -1, missingSlot: -1 })

const graphOf = (nodes: Node[]): Graph => ({
  name: 'g',
  dialect: 'hub',
  inputs: ['job', 'town'],
  outputs: [],
  nodes,
  constants: new Map([['second', int64([1])]]),
  types: new Map(),
})

const inputs: ModelInput[] = ['job', 'town'].map((name) => ({
  value: name,
  features: [{ name, kind: 'categorical', dataType: 'string' }],
}))
const valuesOf = (nodes: Node[]) => withKnownValues(graphOf(nodes), inputs).map(({ features }) => features?.[0]?.values)

describe('withKnownValues', () => {
  it('finds the keys of an encoding behind an imputation, column by column', () => {
    const nodes = [
      node('Concat', ['job', 'town'], 'both', { axis: 1 }),
      node('ml.impute', ['both'], 'full', { replacements: ['?', '?'] }),
      node('ml.oneHot', ['full'], 'hot', { encodings: [encoding('clerk', 'smith'), encoding('', 'Ávila')] }),
    ]
    expect(valuesOf(nodes)).toEqual([['clerk', 'smith'], ['Ávila']])
  })

  it('follows a chosen column', () => {
    const nodes = [
      node('Concat', ['job', 'town'], 'both', { axis: 1 }),
      node('Gather', ['both', 'second'], 'one', { axis: 1 }),
      node('ml.oneHot', ['one'], 'hot', { encodings: [encoding('Ávila')] }),
    ]
    expect(valuesOf(nodes)).toEqual([undefined, ['Ávila']])
  })

  it('leaves a column alone that is computed with before', () => {
    const nodes = [
      node('StringNormalizer', ['job'], 'lower'),
      node('ml.oneHot', ['lower'], 'hot', { encodings: [encoding('clerk')] }),
    ]
    expect(valuesOf(nodes)).toEqual([undefined, undefined])
  })

  it('finds ranges in what columns are scaled by, and in the thresholds of trees', () => {
    const age: ModelInput[] = [{ value: 'age', features: [{ name: 'age', kind: 'continuous', dataType: 'double' }] }]
    const rangeOf = (nodes: Node[]) =>
      withKnownValues({ ...graphOf(nodes), inputs: ['age'] }, age)[0]?.features?.[0]?.range
    const scale = { center: Float64Array.of(40), divisor: Float64Array.of(10) }
    expect(rangeOf([node('ml.scale', ['age'], 'scaled', scale)])).toEqual([20, 60])
    const trees = new TreeEnsembleBuilder(1)
    for (const threshold of [30, 18, 65]) {
      const split = { mode: SPLIT.less, column: 0, threshold, whenTrue: 1, whenFalse: 2, missingTrue: false }
      trees.tree(0, (id: number) => (id === 0 ? split : { values: id }))
    }
    const ensemble = trees.build({ aggregate: 'sum' })
    expect(rangeOf([node('Cast', ['age'], 'x'), node('ml.treeEnsemble', ['x'], 'y', { ensemble })])).toEqual([18, 65])
    expect(rangeOf([])).toBeUndefined()
  })
})
