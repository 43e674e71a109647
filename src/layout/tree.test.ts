import { describe, expect, it } from 'vitest'
import { arrangeTree } from './tree.ts'

const input = (widths: number[], edges: number[]) => ({
  widths: Float32Array.from(widths),
  heights: new Float32Array(widths.length).fill(20),
  parents: new Int32Array(widths.length).fill(-1),
  edges: Int32Array.from(edges),
})

describe('arrangeTree', () => {
  it('puts a parent above the middle of its children, in the order of its edges', () => {
    const { x, y, routes } = arrangeTree(input([40, 30, 30], [0, 2, 0, 1]))
    expect(x[2]).toBeLessThan(x[1]!)
    expect(x[0]! + 20).toBeCloseTo((x[1]! + x[2]! + 30) / 2)
    expect(y[1]).toBe(y[2])
    expect(y[0]! + 20).toBeLessThan(y[1]!)
    expect([...routes.targets]).toEqual([2, 1])
    expect(routes.points[0]).toBeLessThan(routes.points[4]!)
  })

  it('keeps subtrees apart on every level, and lets them reach under each other', () => {
    // a deep left subtree, a shallow right one: 0 → (1 → (3 → (5, 6), 4), 2)
    const { x, widths, y, width } = arrangeTree(input(new Array(7).fill(50), [0, 1, 0, 2, 1, 3, 1, 4, 3, 5, 3, 6]))
    for (let a = 0; a < 7; a++) {
      for (let b = 0; b < a; b++) {
        if (y[a] === y[b]) expect(Math.abs(x[a]! - x[b]!)).toBeGreaterThanOrEqual(50)
      }
    }
    expect(Math.max(...Array.from(x, (at, i) => at + widths[i]!))).toBeLessThan(width)
  })

  it('arranges a chain of ten thousand nodes and a single one', () => {
    const chain = Array.from({ length: 9_999 }, (_, i) => [i, i + 1]).flat()
    expect(arrangeTree(input(new Array(10_000).fill(10), chain)).height).toBeGreaterThan(500_000)
    expect(arrangeTree(input([10], [])).x).toEqual(Float32Array.of(20))
  })
})
