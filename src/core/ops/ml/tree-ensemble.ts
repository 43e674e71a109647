import type { Category } from '../../ir/model.ts'

/** How an inner node tests its column; the test is true or false, and a missing value (NaN, '') goes where `missing` says. */
export const SPLIT = {
  leaf: 0,
  lessOrEqual: 1,
  less: 2,
  greaterOrEqual: 3,
  greater: 4,
  equal: 5,
  notEqual: 6,
  in: 7,
} as const

export type SplitMode = (typeof SPLIT)[keyof typeof SPLIT]

/**
 * Every tree there is (CART, random forests, boosting; R, Spark, XGBoost, LightGBM, PMML): a struct of typed arrays
 * over all nodes of all trees. Children have larger indices than their parent.
 */
export interface TreeEnsemble {
  /** [trees] index of each root. */
  readonly roots: Int32Array
  /** [nodes] the SPLIT mode. */
  readonly mode: Uint8Array
  /** [nodes] column of the table; 0 for a leaf. */
  readonly column: Int32Array
  /** [nodes] what the column is compared with; for SPLIT.in the index into `sets`; for equal/notEqual on a string column an index into `sets` too (a set of one). */
  readonly threshold: Float64Array
  /** [nodes] child taken when the test is true; for a leaf its row in `leafValues`. */
  readonly whenTrue: Int32Array
  /** [nodes] child taken when the test is false; 0 for a leaf. */
  readonly whenFalse: Int32Array
  /** [nodes] 1 when a missing value takes the true branch. */
  readonly missingTrue: Uint8Array
  readonly sets: readonly (readonly Category[])[]
  readonly targets: number
  /** [leaves, targets]. */
  readonly leafValues: Float64Array
  readonly aggregate: 'sum' | 'average' | 'min' | 'max'
  /** [targets] added after the aggregation. */
  readonly base: Float64Array
  /** [nodes] training rows or weight in each node, where the source has them. */
  readonly counts?: Float64Array
}
