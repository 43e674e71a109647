import { describe, expect, it } from 'vitest'
import { GraphBuilder } from '../ir/builder.ts'
import { hubOps } from '../ops/hub-ops.ts'
import { mergeNodes } from './merge-nodes.ts'

describe('mergeNodes', () => {
  it('keeps one of the nodes that compute the same, with the origins of all', () => {
    const g = new GraphBuilder('test', hubOps)
    const x = g.input('x', { dtype: 'float32', shape: ['N', 2] })
    const [a, b] = ['first', 'second'].map((origin) => g.at(origin, () => g.op('Relu', [g.op('Neg', [x])])))
    const merged = mergeNodes(g.build([g.op('Add', [a as string, b as string])]))
    expect(merged.nodes.map(({ op, origin }) => [op, origin])).toEqual([
      ['Neg', ['first', 'second']],
      ['Relu', ['first', 'second']],
      ['Add', []],
    ])
    expect(merged.nodes[2]?.inputs).toEqual([a, a])
  })

  it('sees that bodies are equal but for their names', () => {
    const g = new GraphBuilder('test', hubOps)
    const x = g.input('x', { dtype: 'float32', shape: ['N'] })
    const condition = g.input('c', { dtype: 'bool', shape: [] })
    const branch = (name: string, op: string) => {
      const body = g.child(name)
      return body.build([body.op(op, [x])])
    }
    const choices = ['Neg', 'Neg', 'Abs'].map((op, i) =>
      g.op('If', [condition], { then_branch: branch(`then${i}`, op), else_branch: branch(`else${i}`, 'Relu') }),
    )
    const merged = mergeNodes(g.build([g.op('Sum', choices)]))
    expect(merged.nodes.map(({ op }) => op)).toEqual(['If', 'If', 'Sum'])
    expect(merged.nodes[2]?.inputs).toEqual([choices[0], choices[0], choices[2]])
  })

  it('tells attributes apart, and leaves graph outputs alone', () => {
    const g = new GraphBuilder('test', hubOps)
    const x = g.input('x', { dtype: 'float32', shape: ['N', 2] })
    const slopes = [0, -0, 0.5].map((alpha) => g.op('LeakyRelu', [x], { alpha }))
    const outputs = [g.op('Neg', [x]), g.op('Neg', [x])]
    const graph = g.build([g.op('Concat', slopes, { axis: 1 }), ...outputs])
    expect(mergeNodes(graph)).toBe(graph)
  })
})
