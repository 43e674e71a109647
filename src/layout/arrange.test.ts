import { describe, expect, it } from 'vitest'
import { arrange } from './arrange.ts'
import type { Layout, LayoutInput } from './layout.ts'
import {
  chainGraph,
  denseGraph,
  fanGraph,
  graphOf,
  randomGraph,
  transformerGraph,
  treeGraph,
} from './testing/graphs.ts'

const right = (layout: Layout, v: number) => layout.x[v]! + layout.widths[v]!
const bottom = (layout: Layout, v: number) => layout.y[v]! + layout.heights[v]!

function overlaps(input: LayoutInput, layout: Layout): string[] {
  const found: string[] = []
  const byTop = Array.from(input.widths, (_, v) => v).sort((a, b) => layout.y[a]! - layout.y[b]!)
  for (const [i, a] of byTop.entries()) {
    for (const b of byTop.slice(i + 1)) {
      if (layout.y[b]! >= bottom(layout, a)) break
      if (input.parents[a] !== input.parents[b]) continue
      if (layout.x[a]! < right(layout, b) && layout.x[b]! < right(layout, a)) found.push(`${a} over ${b}`)
    }
  }
  return found
}

function lines({ routes }: Layout) {
  return Array.from(routes.sources, (source, i) => ({
    source,
    targets: [...routes.targets.subarray(routes.targetOffsets[i], routes.targetOffsets[i + 1])],
    points: [...routes.points.subarray(routes.pointOffsets[i], routes.pointOffsets[i + 1])],
    isStub: routes.isStub[i] === 1,
  }))
}

/** Runs straight down that lead through a node which they have nothing to do with. */
function linesThroughNodes(input: LayoutInput, layout: Layout): string[] {
  const found: string[] = []
  for (const { source, targets, points, isStub } of lines(layout)) {
    if (isStub) continue
    for (let i = 2; i < points.length; i += 2) {
      if (Math.abs(points[i]! - points[i - 2]!) > 0.5) continue
      for (let v = 0; v < input.widths.length; v++) {
        const isPassed =
          points[i]! > layout.x[v]! + 1 &&
          points[i]! < right(layout, v) - 1 &&
          points[i - 1]! < bottom(layout, v) - 1 &&
          points[i + 1]! > layout.y[v]! + 1
        if (isPassed && v !== source && !targets.includes(v) && !contains(input, v, source, targets)) {
          found.push(`${source} → ${targets} through ${v}`)
        }
      }
    }
  }
  return found
}

function contains({ parents }: LayoutInput, container: number, source: number, targets: readonly number[]): boolean {
  for (const end of [source, ...targets]) {
    for (let at = parents[end]!; at >= 0; at = parents[at]!) if (at === container) return true
  }
  return false
}

const shapes: Record<string, LayoutInput> = {
  'a chain': chainGraph(60),
  'a fan': fanGraph(60),
  'a tree': treeGraph(120),
  'a dense graph': denseGraph(60),
  'a transformer': transformerGraph(130),
  'a random graph': randomGraph(120, 200),
  'parts that do not hang together': graphOf(9, [
    [0, 1],
    [2, 3],
    [4, 5],
    [4, 6],
  ]),
}

describe('arrange', () => {
  for (const [name, input] of Object.entries(shapes)) {
    describe(name, () => {
      const layout = arrange(input)

      it('puts no node over another, and every one inside the drawing', () => {
        expect(overlaps(input, layout)).toEqual([])
        for (let v = 0; v < input.widths.length; v++) {
          expect(layout.x[v]).toBeGreaterThanOrEqual(-0.01)
          expect(right(layout, v)).toBeLessThanOrEqual(layout.width + 0.1)
          expect(bottom(layout, v)).toBeLessThanOrEqual(layout.height + 0.1)
        }
      })

      it('leads every edge downwards', () => {
        for (let i = 0; i < input.edges.length; i += 2) {
          expect(layout.y[input.edges[i + 1]!]).toBeGreaterThan(bottom(layout, input.edges[i]!))
        }
        for (const { points } of lines(layout)) {
          for (let i = 3; i < points.length; i += 2) expect(points[i]).toBeGreaterThanOrEqual(points[i - 2]!)
        }
      })

      it('draws every edge from border to border, around the nodes between', () => {
        const drawn = lines(layout).map(({ source, targets }) => `${source} ${targets}`)
        const edges = new Set(
          Array.from({ length: input.edges.length / 2 }, (_, i) => `${input.edges[2 * i]} ${input.edges[2 * i + 1]}`),
        )
        expect(drawn.toSorted()).toEqual([...edges].toSorted())
        for (const { source, targets, points } of lines(layout)) {
          expect(points[1]).toBeCloseTo(bottom(layout, source), 1)
          expect(points.at(-1)).toBeCloseTo(layout.y[targets[0]!]!, 1)
        }
        expect(linesThroughNodes(input, layout)).toEqual([])
      })
    })
  }

  it('stands a chain upright', () => {
    const layout = arrange(chainGraph(20))
    expect(new Set(layout.x)).toEqual(new Set([0]))
  })

  it('crosses no lines of a tree', () => {
    const layout = arrange(treeGraph(31))
    const centre = (v: number) => layout.x[v]! + 70
    for (let v = 0; v < 14; v++) {
      const children = [2 * v + 1, 2 * v + 2].map(centre)
      expect((children[0]! + children[1]!) / 2).toBeCloseTo(centre(v), 0)
    }
  })

  it('stands constants just above where they are used', () => {
    // 3 → 4 → 2 hangs beside the chain 0 → 1 → 2 → 5 at its end, not at its beginning.
    const layout = arrange(
      graphOf(7, [
        [0, 1],
        [1, 6],
        [6, 2],
        [2, 5],
        [3, 4],
        [4, 2],
      ]),
    )
    expect(layout.y[4]).toBe(layout.y[6])
    expect(layout.y[3]).toBe(layout.y[1])
  })

  it('lets edges of a cycle lead up', () => {
    const layout = arrange(
      graphOf(3, [
        [0, 1],
        [1, 2],
        [2, 0],
      ]),
    )
    expect(lines(layout)).toHaveLength(3)
    expect(new Set(layout.y).size).toBe(3)
  })

  it('leaves out an edge from a node to itself, and draws a doubled one once', () => {
    expect(
      lines(
        arrange(
          graphOf(2, [
            [0, 0],
            [0, 1],
            [0, 1],
          ]),
        ),
      ),
    ).toHaveLength(1)
  })

  it('has an empty drawing for an empty graph', () => {
    expect(arrange(graphOf(0, []))).toMatchObject({ width: 0, height: 0 })
  })

  it('gives up ways, not nodes, where long edges are too many', () => {
    const input = denseGraph(3000)
    const layout = arrange(input)
    const stubs = lines(layout).filter(({ isStub }) => isStub)
    expect(stubs.length).toBeGreaterThan(0)
    for (const { points } of stubs) expect(points).toHaveLength(4)
    expect(overlaps(input, layout)).toEqual([])
  })

  it('leads a mask past all layers of a transformer', () => {
    expect(lines(arrange(transformerGraph(1500))).some(({ isStub }) => isStub)).toBe(false)
  })
})

describe('arrange with containers', () => {
  // 5 holds 1, 2 and 6; 6 holds 3 and 4.
  const parents = [-1, 5, 5, 6, 6, -1, 5, -1]
  const input = graphOf(
    8,
    [
      [0, 1],
      [0, 3],
      [1, 2],
      [3, 4],
      [4, 6],
      [2, 5],
      [6, 5],
      [5, 7],
      [1, 4],
    ],
    parents,
  )
  const layout = arrange(input)

  it('encloses what they hold, below their heading', () => {
    for (const [v, parent] of parents.entries()) {
      if (parent < 0) continue
      expect(layout.x[v]).toBeGreaterThan(layout.x[parent]!)
      expect(right(layout, v)).toBeLessThan(right(layout, parent))
      expect(layout.y[v]).toBeGreaterThanOrEqual(layout.y[parent]! + input.heights[parent]!)
      expect(bottom(layout, v)).toBeLessThanOrEqual(bottom(layout, parent))
    }
    expect(overlaps(input, layout)).toEqual([])
  })

  it('leads lines across their borders end to end', () => {
    const into = lines(layout).filter(({ source, targets }) => source === 0 && targets.includes(3))
    expect(into).toHaveLength(3)
    for (const [i, line] of into.entries()) {
      const next = into[i + 1]
      if (!next) continue
      expect(next.points[0]).toBeCloseTo(line.points.at(-2)!, 1)
      expect(next.points[1]).toBeGreaterThanOrEqual(line.points.at(-1)!)
    }
    expect(into[0]!.points[1]).toBeCloseTo(bottom(layout, 0), 1)
    expect(into[2]!.points.at(-1)).toBeCloseTo(layout.y[3]!, 1)
  })

  it('lets what leaves a container start at its lower border', () => {
    const out = lines(layout).find(({ source, targets }) => source === 5 && targets.includes(7))
    expect(out?.points[1]).toBeCloseTo(bottom(layout, 5), 1)
    expect(linesThroughNodes(input, layout)).toEqual([])
  })
})
