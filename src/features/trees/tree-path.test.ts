import { describe, expect, it } from 'vitest'
import type { GraphView } from '../../worker/graph-view.ts'
import { pathTo } from './tree-path.ts'

const node = (id: string, title: string, from?: string) => ({
  id,
  op: 'tree.split',
  label: id,
  title,
  inputs: from === undefined ? [] : [from],
  outputs: [`${id} true`, `${id} false`],
  origin: [],
  attributes: [],
})

const graph: GraphView = {
  name: 'tree',
  dialect: 'tree',
  inputs: [],
  outputs: [],
  constants: {},
  types: {},
  nodes: [
    node('0', 'a = b ≤ 2.5'),
    node('1', 'job ∈ {cook, smith}', '0 false'),
    node('2', 'yes', '1 true'),
    node('3', 'no', '1 false'),
  ],
}

const otherwise = { 0: 'a = b > 2.5', 1: 'job ∉ {cook, smith}' }

describe('pathTo', () => {
  it('tells the conditions as they hold on the way', () => {
    const path = (id: string) => pathTo({ graph, otherwise }, id)
    expect(path('2')).toEqual(['a = b > 2.5', 'job ∈ {cook, smith}'])
    expect(path('3')).toEqual(['a = b > 2.5', 'job ∉ {cook, smith}'])
    expect(path('0')).toEqual([])
  })
})
