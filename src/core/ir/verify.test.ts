import { describe, expect, it } from 'vitest'
import { hubOps } from '../ops/hub-ops.ts'
import { GraphBuilder } from './builder.ts'
import type { Graph, Node } from './graph.ts'
import { float32 } from './tensor.ts'
import { verifyGraph } from './verify.ts'

function sound(): Graph {
  const b = new GraphBuilder('sound', hubOps)
  const x = b.input('x', { dtype: 'float32', shape: ['N', 4] })
  const y = b.op('Relu', [b.op('MatMul', [x, b.constant(float32([1, 2, 3, 4], [4, 1]), 'w')])], {}, { names: ['y'] })
  return b.build([y])
}

const node = (graph: Graph, index: number, change: Partial<Node>): Graph => ({
  ...graph,
  nodes: graph.nodes.map((n, i) => (i === index ? { ...n, ...change } : n)),
})

describe('verifyGraph', () => {
  it('finds nothing in a sound graph', () => {
    expect(verifyGraph(sound(), hubOps)).toEqual([])
  })

  it.each<[string, (g: Graph) => Graph]>([
    ['unique-node-ids', (g) => node(g, 1, { id: 'MatMul' })],
    ['one-producer', (g) => node(g, 1, { outputs: ['x'] })],
    ['defined-before-use', (g) => ({ ...g, nodes: g.nodes.toReversed() })],
    ['outputs-exist', (g) => ({ ...g, outputs: ['nowhere'] })],
    ['known-operators', (g) => node(g, 1, { op: 'Swish' })],
    ['operator-schema', (g) => node(g, 1, { attributes: { alpha: 1 } })],
    ['operator-schema', (g) => node(g, 1, { inputs: ['MatMul_out', 'x'] })],
    ['constants-fit-their-shape', (g) => ({ ...g, constants: new Map([['w', { ...float32([1]), shape: [4, 1] }]]) })],
    [
      'constants-have-their-type',
      (g) => ({ ...g, types: new Map([...g.types, ['w', { dtype: 'float64', shape: [4, 1] }]]) }),
    ],
    [
      'types-as-inferred',
      (g) => ({ ...g, types: new Map([...g.types, ['y', { dtype: 'float32', shape: ['N', 2] }]]) }),
    ],
    [
      'types-as-inferred',
      (g) => ({ ...g, types: new Map([...g.types, ['x', { dtype: 'float32', shape: ['N', 3] }]]) }),
    ],
  ])('finds what breaks %s', (invariant, damage) => {
    expect(verifyGraph(damage(sound()), hubOps).map((p) => p.invariant)).toContain(invariant)
  })

  it('looks into bodies, which see the values around them', () => {
    const b = new GraphBuilder('outer', hubOps)
    const x = b.input('x', { dtype: 'float32', shape: [2] })
    const branch = (value: string) => {
      const body = b.child('body')
      return { ...body.build([body.op('Neg', [x])]), outputs: [value] }
    }
    const outputs = b.child('body').op('Neg', [x])
    const condition = b.op('Greater', [b.op('ReduceSum', [x], { keepdims: 0 }), b.float32([0], [])])
    const y = b.op('If', [condition], { then_branch: branch(outputs), else_branch: branch('lost') })
    expect(verifyGraph(b.build([y]), hubOps).map((p) => p.message)).toContain('nothing makes the output lost')
  })
})
