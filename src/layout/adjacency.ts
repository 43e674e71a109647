/** Neighbours of every vertex: those of v are `items` from `offsets[v]` to `offsets[v + 1]`. */
export interface Adjacency {
  readonly offsets: Int32Array
  readonly items: Int32Array
}

/** Groups `items` by their `keys`, keeping their order. */
export function groupBy(count: number, keys: ArrayLike<number>, items: ArrayLike<number>): Adjacency {
  const offsets = new Int32Array(count + 1)
  for (let i = 0; i < keys.length; i++) offsets[keys[i]! + 1]! += 1
  for (let v = 0; v < count; v++) offsets[v + 1]! += offsets[v]!
  const next = offsets.slice(0, count)
  const grouped = new Int32Array(keys.length)
  for (let i = 0; i < keys.length; i++) grouped[next[keys[i]!]!++] = items[i]!
  return { offsets, items: grouped }
}

export const degree = ({ offsets }: Adjacency, v: number): number => offsets[v + 1]! - offsets[v]!
