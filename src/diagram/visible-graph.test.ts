import { describe, expect, it } from 'vitest'
import { pipelineView, text, viewOf } from './testing/views.ts'
import { closedAtFirst, containerIds, type VisibleGraph, visibleGraph } from './visible-graph.ts'

const none: ReadonlySet<string> = new Set()

const named = ({ nodes, edges }: VisibleGraph) =>
  edges.map(({ from, to }) => `${nodes[from]?.id} → ${nodes[to]?.id}`).sort()

describe('visibleGraph', () => {
  it('draws the nodes, and the inputs and outputs of the graph', () => {
    const graph = visibleGraph(pipelineView, none)
    expect(named(graph)).toEqual(
      [
        'input:X → scaler',
        'scaler → tree-1',
        'scaler → tree-2',
        'tree-1 → forest',
        'tree-2 → forest',
        'forest → pipe',
        'pipe → output:y',
      ].sort(),
    )
    expect(graph.edges.find(({ type }) => type)?.type).toBe('float64[N, 4]')
  })

  it('lets nodes stand in their open containers', () => {
    const { nodes } = visibleGraph(pipelineView, none)
    const parentOf = (id: string) => nodes[nodes.find((node) => node.id === id)?.parent ?? -1]?.id
    expect(parentOf('tree-1')).toBe('forest')
    expect(parentOf('forest')).toBe('pipe')
    expect(parentOf('pipe')).toBeUndefined()
    expect(nodes.find(({ id }) => id === 'forest')).toMatchObject({ kind: 'open', hidden: 2, family: 'trees' })
  })

  it('lets a closed container stand for what it holds', () => {
    const graph = visibleGraph(pipelineView, new Set(['forest']))
    expect(named(graph)).toEqual(['input:X → scaler', 'scaler → forest', 'forest → pipe', 'pipe → output:y'].sort())
    expect(graph.nodes[graph.indexOf.get('tree-2') ?? -1]?.id).toBe('forest')
    expect(named(visibleGraph(pipelineView, new Set(['pipe', 'forest'])))).toEqual([
      'input:X → pipe',
      'pipe → output:y',
    ])
  })

  it('says what a node is about: telling attributes, else the shape of its weights', () => {
    const view = viewOf(
      [
        {
          id: 'node_Conv_3',
          op: 'onnx.Conv',
          inputs: ['X', 'w'],
          outputs: ['h'],
          attributes: [text('group', '1'), text('strides', '[2, 2]'), text('kernel_shape', '[3, 3]')],
        },
        { id: 'm', op: 'onnx.ai.onnx.ml.Scaler', label: 'scale inputs', inputs: ['h', 'w'], outputs: ['y'] },
      ],
      { dialect: 'onnx', constants: { w: { dtype: 'float32', shape: [8, 1, 3, 3], elements: 72 } } },
    )
    const { nodes } = visibleGraph(view, none)
    expect(nodes[1]).toMatchObject({ op: 'Conv', label: '', detail: 'kernel_shape [3, 3] · strides [2, 2]' })
    expect(nodes[2]).toMatchObject({ op: 'Scaler', label: 'scale inputs', detail: '8 × 1 × 3 × 3', family: 'columns' })
  })

  it('takes a parent that is not there, or a ring of parents, for none', () => {
    const view = viewOf([
      { id: 'a', op: 'sklearn.PCA', inputs: ['X'], outputs: ['h'], parent: 'missing' },
      { id: 'b', op: 'sklearn.PCA', inputs: ['h'], outputs: ['y'], parent: 'b' },
    ])
    expect(visibleGraph(view, none).nodes.map(({ parent }) => parent)).toEqual([-1, -1, -1, -1])
  })
})

describe('containers', () => {
  it('are the nodes that others stand in', () => {
    expect(containerIds(pipelineView)).toEqual(['pipe', 'forest'])
  })

  it('are closed at first where they are crowded', () => {
    expect(closedAtFirst(pipelineView).size).toBe(0)
    const trees = Array.from({ length: 40 }, (_, i) => ({
      id: `t${i}`,
      op: 'sklearn.T',
      inputs: ['X'],
      outputs: [`o${i}`],
    }))
    const crowded = viewOf([
      ...trees.map((tree) => ({ ...tree, parent: 'forest' })),
      { id: 'forest', op: 'sklearn.F', inputs: trees.flatMap(({ outputs }) => outputs), outputs: ['y'] },
    ])
    expect([...closedAtFirst(crowded)]).toEqual(['forest'])
  })

  it('are closed at first around members of an ensemble, not around layers in a row', () => {
    const members = ['a', 'b', 'c', 'd'].map((id) => ({ id, op: 'sklearn.T', outputs: [id], parent: 'all' }))
    const all = { id: 'all', op: 'sklearn.F', inputs: ['a', 'b', 'c', 'd'], outputs: ['y'] }
    const ensemble = viewOf([...members.map((member) => ({ ...member, inputs: ['X'] })), all])
    expect([...closedAtFirst(ensemble)]).toEqual(['all'])
    const chain = viewOf([...members.map((member, i) => ({ ...member, inputs: [members[i - 1]?.id ?? 'X'] })), all])
    expect(closedAtFirst(chain).size).toBe(0)
  })
})
