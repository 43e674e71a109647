import { groupBy } from './adjacency.ts'

/**
 * Which edges have to be turned round for the graph to have no cycle: those that lead back to a vertex that a
 * depth-first walk is still inside of. Model graphs have none; a drawing must not depend on it.
 */
export function backEdges(count: number, from: Int32Array, to: Int32Array): Uint8Array {
  const isBack = new Uint8Array(from.length)
  const out = groupBy(
    count,
    from,
    from.map((_, edge) => edge),
  )
  const next = out.offsets.slice(0, count)
  const state = new Uint8Array(count) // 0 not seen, 1 inside, 2 finished
  const stack: number[] = []
  for (let start = 0; start < count; start++) {
    if (state[start] !== 0) continue
    stack.push(start)
    state[start] = 1
    while (stack.length > 0) {
      const v = stack[stack.length - 1]!
      if (next[v]! === out.offsets[v + 1]!) {
        state[v] = 2
        stack.pop()
        continue
      }
      const edge = out.items[next[v]!++]!
      const target = to[edge]!
      if (state[target] === 1) isBack[edge] = 1
      else if (state[target] === 0) {
        state[target] = 1
        stack.push(target)
      }
    }
  }
  return isBack
}
