import { describe, expect, it } from 'vitest'
import type { Graph, Node } from '../core/ir/graph.ts'
import { float32 } from '../core/ir/tensor.ts'
import { nestBodies } from './nested-bodies.ts'

const node = (id: string, op: string, inputs: string[], outputs: string[], attributes = {}): Node => ({
  id,
  op: `onnx.${op}`,
  inputs,
  outputs,
  attributes,
  origin: [],
})

const graphOf = (nodes: Node[], rest: Partial<Graph> = {}): Graph => ({
  name: 'g',
  dialect: 'onnx',
  inputs: [],
  outputs: [],
  constants: new Map(),
  types: new Map(),
  nodes,
  ...rest,
})

const brief = ({ graph }: { graph: Graph }) =>
  graph.nodes.map(({ id, parent, inputs, outputs }) => ({ id, parent, inputs, outputs }))

describe('nestBodies', () => {
  it('leaves a graph without bodies as it is', () => {
    const graph = graphOf([node('r', 'Relu', ['x'], ['y'])], { inputs: ['x'], outputs: ['y'] })
    expect(nestBodies(graph).graph).toBe(graph)
  })

  it('puts the body of a loop inside it, its values by position and its weights by a name of their own', () => {
    const body = graphOf([node('mul', 'Mul', ['acc', 'w'], ['next'])], {
      inputs: ['i', 'go', 'acc'],
      outputs: ['go', 'next'],
      constants: new Map([['w', float32([2])]]),
    })
    const outer = graphOf([node('repeat', 'Loop', ['trips', '', 'x'], ['y'], { body })], { inputs: ['x'] })
    const nested = nestBodies(outer)
    expect(brief(nested)).toEqual([
      { id: 'repeat', parent: undefined, inputs: ['trips', '', 'x'], outputs: ['y'] },
      { id: 'repeat/mul', parent: 'repeat', inputs: ['x', 'repeat:w'], outputs: ['repeat:next'] },
    ])
    expect([...nested.graph.constants.keys()]).toEqual(['repeat:w'])
    expect(nested.results.get('repeat')).toEqual(['repeat:go', 'repeat:next'])
  })

  it('gives each branch of an If a container, and calls of one function values of their own', () => {
    const branch = graphOf([node('n', 'Neg', ['x'], ['t'])], { outputs: ['t'] })
    const call = graphOf([node('s', 'Sigmoid', ['a'], ['b'])], { inputs: ['a'], outputs: ['b'] })
    const nested = nestBodies(
      graphOf([
        node('choose', 'If', ['flag'], ['y'], { then_branch: branch, else_branch: branch }),
        node('f', 'local.F', ['y'], ['z'], { body: call }),
        node('g', 'local.F', ['z'], ['o'], { body: call }),
      ]),
    )
    expect(nested.graph.nodes.map(({ id, parent }) => `${id} in ${parent}`)).toEqual([
      'choose in undefined',
      'choose/then_branch/n in choose/then_branch',
      'choose/then_branch in choose',
      'choose/else_branch/n in choose/else_branch',
      'choose/else_branch in choose',
      'f in undefined',
      'f/s in f',
      'g in undefined',
      'g/s in g',
    ])
    expect(nested.graph.nodes.at(-1)).toMatchObject({ inputs: ['z'], outputs: ['g:b'] })
    expect(nested.results.get('choose')).toEqual(['choose/then_branch:out[0]', 'choose/else_branch:out[0]'])
  })
})
