import { describe, expect, it } from 'vitest'
import type { GraphView } from '../../worker/graph-view.ts'
import { openAtFirst, opened, shownBranches } from './branches.ts'

/** A tree whose levels are all full. */
function fullTree(levels: number): GraphView {
  const nodes = Array.from({ length: 2 ** levels - 1 }, (_, i) => ({
    id: String(i),
    op: 2 * i + 1 < 2 ** levels - 1 ? 'tree.split' : 'tree.leaf',
    label: String(i),
    inputs: i === 0 ? [] : [`${(i - 1) >> 1} ${i % 2 === 1}`],
    outputs: [`${i} true`, `${i} false`],
    origin: [],
    attributes: [],
  }))
  return { name: 'tree', dialect: 'tree', inputs: [], outputs: [], nodes, constants: {}, types: {} }
}

describe('shownBranches', () => {
  it('shows a small tree whole', () => {
    const tree = fullTree(5)
    expect(shownBranches(tree, openAtFirst(tree))).toEqual(tree)
  })

  it('shows three levels of splits of a large one, and how much is below', () => {
    const tree = fullTree(8)
    const { nodes } = shownBranches(tree, openAtFirst(tree))
    expect(nodes.map(({ folded }) => folded ?? 0)).toEqual([0, 0, 0, 0, 0, 0, 0, ...new Array(8).fill(30)])
  })

  it('opens three more levels below a split', () => {
    const tree = fullTree(8)
    const { nodes } = shownBranches(tree, opened(tree, openAtFirst(tree), '7'))
    expect(nodes).toHaveLength(15 + 14)
    expect(nodes.find(({ id }) => id === '7')?.folded).toBeUndefined()
  })
})
