import { describe, expect, it } from 'vitest'
import { adoptOrigins } from './adopt-origins.ts'
import type { Graph, Node } from './ir/graph.ts'

const node = (id: string, inputs: string[], origin: string[]): Node => ({
  id,
  op: 'Identity',
  inputs,
  outputs: [`${id}:out`],
  attributes: {},
  origin,
})

const graphOf = (nodes: Node[]): Graph => ({
  name: 'g',
  dialect: 'hub',
  inputs: ['x'],
  outputs: [],
  nodes,
  constants: new Map(),
  types: new Map(),
})

const hub = graphOf([
  node('encode', ['x'], ['encoder']),
  node('join', ['encode:out'], ['union']),
  node('predict', ['join:out'], ['model']),
  node('scale', ['x'], ['scaler']),
])

describe('adoptOrigins', () => {
  it('gives what left no node behind to what read it, however far on', () => {
    const target = graphOf([node('m', ['x'], ['model']), node('s', ['x'], ['scaler'])])
    expect(adoptOrigins(hub, target).nodes.map(({ origin }) => origin)).toEqual([
      ['model', 'union', 'encoder'],
      ['scaler'],
    ])
  })

  it('leaves a graph as it is in which everything is told', () => {
    const target = graphOf([node('all', ['x'], ['encoder', 'union', 'model', 'scaler'])])
    expect(adoptOrigins(hub, target)).toBe(target)
  })
})
