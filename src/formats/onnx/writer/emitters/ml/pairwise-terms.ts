import type { ValueName } from '../../../../../core/ir/builder.ts'
import type { EmitContext } from '../../emitter.ts'

/** Elements of [P, chunk] that one row may cost at once; more columns are added up chunk by chunk. */
const ELEMENTS_PER_ROW = 8192
/** Chunks at most: beyond it, memory is given up for a graph of sane size. */
const MAX_CHUNKS = 128

/** The columns that are treated at once. */
export interface Chunk {
  /** x − points, [N, P, size]. */
  readonly gap: ValueName
  readonly from: number
  readonly to: number
}

/**
 * Σ over columns of a term of x − point, [N, P], for each of P points [P, C]. Differences are taken before anything is
 * squared: the expansion x² − 2xp + p² would lose half of the digits where x is near p.
 */
export function reducePairs(
  ctx: EmitContext,
  x: ValueName,
  points: Float64Array,
  count: number,
  term: (chunk: Chunk) => ValueName,
  reduce: { readonly within: 'ReduceSum' | 'ReduceMax'; readonly across: 'Add' | 'Max' } = {
    within: 'ReduceSum',
    across: 'Add',
  },
): ValueName {
  const g = ctx.graph
  const columns = points.length / count
  const size = Math.max(1, Math.floor(ELEMENTS_PER_ROW / count), Math.ceil(columns / MAX_CHUNKS))
  let total: ValueName | undefined
  for (let from = 0; from < columns; from += size) {
    const to = Math.min(from + size, columns)
    const part = to - from === columns ? x : g.op('Slice', [x, g.int64([from]), g.int64([to]), g.int64([1])])
    const rows = g.op('Unsqueeze', [part, g.int64([1])])
    const gap = g.op('Sub', [rows, g.float64(columnsBetween(points, count, from, to), [count, to - from])])
    const sum = g.op(reduce.within, [term({ gap, from, to }), g.int64([2])], { keepdims: 0 })
    total = total === undefined ? sum : g.op(reduce.across, [total, sum])
  }
  return total as ValueName
}

/** Columns from … to of a row-major matrix [rows, C]. */
export function columnsBetween(matrix: Float64Array, rows: number, from: number, to: number): Float64Array {
  const columns = matrix.length / rows
  if (to - from === columns) return matrix
  const part = new Float64Array(rows * (to - from))
  for (let r = 0; r < rows; r++) part.set(matrix.subarray(r * columns + from, r * columns + to), r * (to - from))
  return part
}
