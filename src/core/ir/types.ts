import type { DType } from './dtype.ts'

/** A known size, a symbol shared between values (`N`, `batch`), or null where nothing is known. */
export type Dim = number | string | null

/** The type of a value in a graph: element type and shape; `shape` null when not even the rank is known.
 * `sequence`, `map` and `optional` values exist in source dialects only. */
export interface ValueType {
  readonly dtype: DType | null
  readonly shape: readonly Dim[] | null
  readonly container?: 'sequence' | 'map' | 'optional' | 'sparse'
}

/** `float32[N, 4]`, for messages and the page. */
export function formatType(type: ValueType | undefined): string {
  if (!type) return '?'
  const shape = type.shape === null ? '[…]' : `[${type.shape.map((d) => d ?? '?').join(', ')}]`
  const text = `${type.dtype ?? '?'}${shape}`
  return type.container ? `${type.container}(${text})` : text
}

/** A type completed by what another source of knowledge says of the same value; where both know something the first holds. */
export function completedType(known: ValueType, other: ValueType | undefined): ValueType {
  const dtype = known.dtype ?? other?.dtype ?? null
  if (known.shape === null) return { ...known, dtype, shape: other?.shape ?? null }
  if (other?.shape?.length !== known.shape.length) return { ...known, dtype }
  return { ...known, dtype, shape: known.shape.map((dim, i) => dim ?? other.shape?.[i] ?? null) }
}
