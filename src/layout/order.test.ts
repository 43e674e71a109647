import { describe, expect, it } from 'vitest'
import { groupBy } from './adjacency.ts'
import { crossings } from './order.ts'

/** Every pair of lines, looked at. */
function counted(edges: readonly (readonly [number, number])[]): number {
  let total = 0
  for (const [a, c] of edges) for (const [b, d] of edges) if (a < b && c > d) total++
  return total
}

describe('crossings', () => {
  it('are as many as pairs of lines that change sides', () => {
    const edges: [number, number][] = []
    let state = 7
    for (let i = 0; i < 60; i++) {
      state = (state * 16807) % 2147483647
      edges.push([state % 9, 9 + (Math.floor(state / 9) % 11)])
    }
    const layers = [Int32Array.from({ length: 9 }, (_, i) => i), Int32Array.from({ length: 11 }, (_, i) => 9 + i)]
    const position = Int32Array.from({ length: 20 }, (_, v) => (v < 9 ? v : v - 9))
    const down = groupBy(
      20,
      edges.map(([from]) => from),
      edges.map(([, to]) => to),
    )
    expect(crossings(layers, position, down)).toBe(counted(edges))
  })
})
