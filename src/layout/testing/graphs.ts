import type { LayoutInput } from '../layout.ts'

/** A graph of equal nodes. */
export function graphOf(
  count: number,
  edges: readonly (readonly [number, number])[],
  parents?: readonly number[],
): LayoutInput {
  return {
    widths: new Float32Array(count).fill(140),
    heights: new Float32Array(count).fill(44),
    parents: parents ? Int32Array.from(parents) : new Int32Array(count).fill(-1),
    edges: Int32Array.from(edges.flat()),
  }
}

type Edge = [number, number]

const range = (count: number) => Array.from({ length: count }, (_, i) => i)

/** One node after the other. */
export const chainGraph = (count: number) =>
  graphOf(
    count,
    range(count - 1).map((i): Edge => [i, i + 1]),
  )

/** From one node to all others but the last, and from these to the last. */
export const fanGraph = (count: number) =>
  graphOf(
    count,
    range(count - 2).flatMap((i): Edge[] => [
      [0, i + 1],
      [i + 1, count - 1],
    ]),
  )

/** A binary tree. */
export const treeGraph = (count: number) =>
  graphOf(
    count,
    range(count - 1).map((i): Edge => [i >> 1, i + 1]),
  )

/** Every node is joined with earlier ones up to 22 places before it. */
export const denseGraph = (count: number) =>
  graphOf(
    count,
    range(count)
      .flatMap((i) => range(8).map((j): Edge => [i - 1 - 3 * j, i]))
      .filter(([from]) => from >= 0),
  )

const LAYER = 15

/** Attention layers whose mask, node 1, is read by every one of them. */
export function transformerGraph(count: number): LayoutInput {
  const edges: Edge[] = []
  let last = 0
  let next = 2
  for (; next + LAYER <= count; next += LAYER) {
    const [q, k, v] = [next, next + 1, next + 2]
    edges.push([last, q], [last, k], [last, v], [q, next + 3], [k, next + 4], [v, next + 5])
    edges.push([next + 3, next + 6], [next + 4, next + 6], [next + 6, next + 7], [1, next + 7], [next + 7, next + 8])
    edges.push(
      [next + 8, next + 9],
      [next + 5, next + 9],
      [next + 9, next + 10],
      [next + 10, next + 11],
      [last, next + 11],
    )
    edges.push([next + 11, next + 12], [next + 12, next + 13], [next + 13, next + 14], [next + 11, next + 14])
    last = next + 14
  }
  return graphOf(next, edges)
}

/** Edges between random nodes, from smaller to larger numbers; always the same for the same seed. */
export function randomGraph(count: number, edges: number, seed = 1): LayoutInput {
  let state = seed
  const random = () => {
    state = (state * 16807) % 2147483647
    return Math.floor((state / 2147483647) * count)
  }
  const pairs = range(edges).map((): Edge => {
    const [a, b] = [random(), random()]
    return a < b ? [a, b] : [b, a]
  })
  return graphOf(
    count,
    pairs.filter(([a, b]) => a !== b),
  )
}
