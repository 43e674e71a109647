import type { Dim } from '../../ir/types.ts'

/** A shape during inference; null when not even the rank is known. */
export type Dims = readonly Dim[] | null

/** `axis` counted from the front; a negative one counts from the end. Undefined when out of range. */
export function axisOf(axis: number, rank: number): number | undefined {
  const result = axis < 0 ? axis + rank : axis
  return Number.isInteger(result) && result >= 0 && result < rank ? result : undefined
}

/** What two sizes that must be equal say together; undefined when they contradict each other. */
export function unifyDim(a: Dim, b: Dim): Dim | undefined {
  if (a === b || b === null) return a
  if (a === null) return b
  if (typeof a === 'number') return typeof b === 'number' ? undefined : a
  return typeof b === 'number' ? b : a
}

/** The size of a broadcast axis; undefined when the two can not be broadcast. */
export function broadcastDim(a: Dim, b: Dim): Dim | undefined {
  if (a === b || b === 1) return a
  if (a === 1) return b
  if (typeof a === 'number') return typeof b === 'number' ? undefined : a
  return typeof b === 'number' ? b : null
}

/** NumPy's broadcasting (ONNX Broadcasting.md) of any number of shapes; undefined when they can not be broadcast. */
export function broadcastDims(shapes: readonly Dims[]): Dims | undefined {
  let result: readonly Dim[] = []
  for (const shape of shapes) {
    if (shape === null) return null
    const rank = Math.max(result.length, shape.length)
    const next: Dim[] = []
    for (let i = 0; i < rank; i++) {
      const dim = broadcastDim(at(result, i, rank), at(shape, i, rank))
      if (dim === undefined) return undefined
      next.push(dim)
    }
    result = next
  }
  return result
}

/** The dim of `shape` at axis i of `rank` axes, shapes being aligned at their ends. */
function at(shape: readonly Dim[], i: number, rank: number): Dim {
  const dim = shape[i - rank + shape.length]
  return dim === undefined ? 1 : dim
}

/** Product of sizes: symbols only survive when all else is 1. */
export function product(dims: readonly Dim[]): Dim {
  let n = 1
  let symbol: string | undefined
  let unknown = false
  for (const dim of dims) {
    if (typeof dim === 'number') n *= dim
    else if (dim === null || symbol !== undefined) unknown = true
    else symbol = dim
  }
  if (n === 0) return 0
  if (unknown) return null
  return symbol === undefined ? n : n === 1 ? symbol : null
}

/** Sum of sizes: unknown as soon as one is. */
export function sum(dims: readonly Dim[]): Dim {
  let n = 0
  for (const dim of dims) {
    if (typeof dim !== 'number') return dims.length === 1 ? dim : null
    n += dim
  }
  return n
}

/** `fn` of a size, where it is a number. */
export function mapDim(dim: Dim | undefined, fn: (n: number) => number): Dim {
  return typeof dim === 'number' ? fn(dim) : null
}

/** The shape with one axis replaced. */
export function withDim(shape: readonly Dim[], axis: number, dim: Dim): readonly Dim[] {
  return shape.map((d, i) => (i === axis ? dim : d))
}
