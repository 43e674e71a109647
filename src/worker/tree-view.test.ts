import { describe, expect, it } from 'vitest'
import type { Graph, Node } from '../core/ir/graph.ts'
import type { Model, ModelInput } from '../core/ir/model.ts'
import { apply, column, number, text } from '../core/ops/ml/expression.ts'
import { SPLIT } from '../core/ops/ml/tree-ensemble.ts'
import { TreeEnsembleBuilder } from '../core/ops/ml/tree-ensemble-builder.ts'
import { ensembleViews, treeView } from './tree-view.ts'

const node = (op: string, inputs: string[], output: string, attributes = {}): Node => ({
  id: output,
  op,
  inputs,
  outputs: [output],
  attributes,
  origin: ['forest'],
})

/** One split on a column; to the left class 0, to the right class 1. */
function stump(column: number, threshold: number, targets: 1 | 2) {
  const builder = new TreeEnsembleBuilder(targets)
  for (let tree = 0; tree < targets; tree++) {
    builder.tree(0, (id: number) =>
      id === 0
        ? { mode: SPLIT.lessOrEqual, column, threshold, whenTrue: 1, whenFalse: 2, missingTrue: true, count: 9 }
        : { values: targets === 1 ? id : [2 - id, id - 1], count: id },
    )
  }
  return builder.build({ aggregate: 'average' })
}

const inputs: ModelInput[] = [
  { value: 'age', features: [{ name: 'age', kind: 'continuous', dataType: 'double' }] },
  { value: 'job', features: [{ name: 'job', kind: 'categorical', dataType: 'string' }] },
]
const encoding = { keys: ['cook', 'smith'], slots: [0, 1], size: 2, unknownSlot: -1, missingSlot: -1 }

function modelOf(column: number, threshold: number, targets: 1 | 2): Model {
  const nodes = [
    node('ml.scale', ['age'], 'scaled', { center: Float64Array.of(40), divisor: Float64Array.of(10) }),
    node('ml.oneHot', ['job'], 'dummies', { encodings: [encoding] }),
    node('ml.treeEnsemble', ['scaled', 'dummies'], 'coarse', { ensemble: stump(column, threshold, 1) }),
    node('ml.treeEnsemble', ['scaled', 'dummies'], 'trees', { ensemble: stump(column, threshold, targets) }),
  ]
  const graph: Graph = {
    name: 'g',
    dialect: 'hub',
    inputs: ['age', 'job'],
    outputs: ['trees'],
    nodes,
    constants: new Map(),
    types: new Map(),
  }
  return { graph, inputs, outputs: [{ value: 'trees', role: 'probability', classes: ['poor', 'rich'] }], metadata: {} }
}

const titles = (column: number, threshold: number, targets: 1 | 2) =>
  treeView(modelOf(column, threshold, targets), 'trees', 0)?.graph.nodes.map(({ title }) => title)

describe('treeView', () => {
  it('tells thresholds in the units of the input, and the classes of the leaves', () => {
    expect(titles(0, 0.5, 2)).toEqual(['age ≤ 45', 'poor', 'rich'])
  })

  it('tells a test of a one-hot column as one of the category', () => {
    expect(titles(2, 0.5, 1)).toEqual(['job ≠ smith', '1', '2'])
  })

  it('tells the value of a leaf that is about one class of several', () => {
    const builder = new TreeEnsembleBuilder(2)
    const split = { mode: SPLIT.in, set: [], column: 0, whenTrue: 1, whenFalse: 2, missingTrue: true }
    builder.tree(0, (id: number) => (id === 0 ? split : { values: [0, id / 8] }))
    const model = modelOf(0, 0, 2)
    const trees = node('ml.treeEnsemble', ['scaled', 'dummies'], 'trees', {
      ensemble: builder.build({ aggregate: 'sum' }),
    })
    const nodes = [...model.graph.nodes.slice(0, 2), trees]
    const view = treeView({ ...model, graph: { ...model.graph, nodes } }, 'trees', 0)
    expect(view?.graph.nodes.map(({ title }) => title)).toEqual(['age = missing', '0.125', '0.25'])
    expect(view?.graph.nodes[1]?.attributes).toEqual([{ name: 'rich', kind: 'text', text: '0.125' }])
  })

  it('tells a split on a computed truth as its condition, and a looked-up number as its label', () => {
    const model = modelOf(0, 0.5, 1)
    const isOldSmith = apply(
      'and',
      apply('greaterThan', column(0), number(60)),
      apply('equal', column(1), text('smith')),
    )
    const lookup = { kind: 'lookup', arg: column(0), keys: [0, 1, 2], values: ['none', 'poor', 'rich'], type: 'string' }
    const nodes = [
      node('ml.expression', ['age', 'job'], 'test', { expressions: [isOldSmith], type: 'number' }),
      node('ml.treeEnsemble', ['test'], 'trees', { ensemble: stump(0, 0.5, 1) }),
      node('ml.expression', ['trees'], 'class', { expressions: [lookup], type: 'string' }),
    ]
    const view = treeView({ ...model, graph: { ...model.graph, nodes } }, 'trees', 0)
    expect(view?.graph.nodes.map(({ title }) => title)).toEqual(['not (age > 60 and job = smith)', 'poor', 'rich'])
    expect(view?.otherwise).toEqual({ 0: 'age > 60 and job = smith' })
  })

  it('says how deep and how large a tree is, and nothing of one that is not there', () => {
    const view = treeView(modelOf(0, 0, 2), 'trees', 1)
    expect(view).toMatchObject({ depth: 1, leaves: 2, omitted: 0 })
    expect(view?.graph.nodes[0]?.attributes).toContainEqual({ name: 'samples', kind: 'text', text: '9' })
    expect(treeView(modelOf(0, 0, 2), 'trees', 2)).toBeUndefined()
    expect(treeView(modelOf(0, 0, 2), 'scaled', 0)).toBeUndefined()
  })
})

describe('ensembleViews', () => {
  it('keeps, of those with one origin, the ensemble that says most', () => {
    expect(ensembleViews(modelOf(0, 0, 2))).toEqual([{ node: 'trees', origin: ['forest'], trees: 2, nodes: 6 }])
  })
})
