import { LimitExceededError, MalformedFileError } from '../../errors.ts'
import type { Category } from '../../ir/model.ts'
import { SPLIT, type SplitMode, type TreeEnsemble } from './tree-ensemble.ts'

/** No real ensemble comes near; a file that claims more is broken or hostile. */
const MAX_NODES = 100_000_000

/** An inner node as a source has it; `Id` is whatever the source calls its nodes: an array index, an XML element. */
export interface SplitNode<Id> {
  readonly mode: Exclude<SplitMode, 0>
  /** Column of the table. */
  readonly column: number
  /** What the column is compared with; not for `in`, nor for a string column. */
  readonly threshold?: number
  /** The values of `in`; a set of one for equal and notEqual on a string column. */
  readonly set?: readonly Category[]
  readonly whenTrue: Id
  readonly whenFalse: Id
  /** A missing value takes the true branch. */
  readonly missingTrue: boolean
  /** Training rows or weight in the node. */
  readonly count?: number
}

export interface LeafNode {
  /** [targets], or the number itself for one target. */
  readonly values: ArrayLike<number> | number
  readonly count?: number
}

/**
 * Collects trees into a `TreeEnsemble`. Trees are read from the root down, so that children always stand after their
 * parent, whatever order the source has them in.
 *
 * @example
 * const builder = new TreeEnsembleBuilder(1)
 * for (const t of trees) {
 *   builder.tree(0, i => t.left[i] < 0
 *     ? { values: t.value[i] }
 *     : { mode: SPLIT.lessOrEqual, column: t.feature[i], threshold: t.threshold[i],
 *         whenTrue: t.left[i], whenFalse: t.right[i], missingTrue: false })
 * }
 * const ensemble = builder.build({ aggregate: 'sum', base: [0.5] })
 */
export class TreeEnsembleBuilder {
  readonly #targets: number
  readonly #roots: number[] = []
  readonly #mode: number[] = []
  readonly #column: number[] = []
  readonly #threshold: number[] = []
  readonly #whenTrue: number[] = []
  readonly #whenFalse: number[] = []
  readonly #missingTrue: number[] = []
  readonly #count: number[] = []
  readonly #leafValues: number[] = []
  readonly #sets: (readonly Category[])[] = []
  readonly #setIndex = new Map<string, number>()
  #leaves = 0

  constructor(targets: number) {
    this.#targets = targets
  }

  get treeCount(): number {
    return this.#roots.length
  }

  get nodeCount(): number {
    return this.#mode.length
  }

  /**
   * Appends a tree; `read` is called once per node. Throws MalformedFileError when a node is reached twice (a cycle),
   * LimitExceededError when the ensemble is beyond all reason.
   */
  tree<Id>(root: Id, read: (id: Id) => SplitNode<Id> | LeafNode): void {
    this.#roots.push(this.#mode.length)
    const seen = new Set<Id>()
    const pending: { id: Id; parent: number; branch: number[] }[] = [{ id: root, parent: -1, branch: this.#whenTrue }]
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      if (seen.has(next.id)) {
        throw new MalformedFileError(`Tree ${this.#roots.length - 1} reaches one of its nodes twice`)
      }
      seen.add(next.id)
      if (this.#mode.length >= MAX_NODES) throw new LimitExceededError(`The trees have more than ${MAX_NODES} nodes`)
      const index = this.#mode.length
      if (next.parent >= 0) next.branch[next.parent] = index
      const node = read(next.id)
      this.#count.push(node.count ?? Number.NaN)
      if ('values' in node) {
        this.#leaf(node.values)
        continue
      }
      this.#mode.push(node.mode)
      this.#column.push(node.column)
      this.#threshold.push(node.set ? this.#set(node.set) : (node.threshold ?? 0))
      this.#whenTrue.push(0)
      this.#whenFalse.push(0)
      this.#missingTrue.push(node.missingTrue ? 1 : 0)
      pending.push({ id: node.whenFalse, parent: index, branch: this.#whenFalse })
      pending.push({ id: node.whenTrue, parent: index, branch: this.#whenTrue })
    }
  }

  /** The trees so far. `base` is 0 for each target when absent; `counts` are kept when every node has one. */
  build(options: { aggregate: TreeEnsemble['aggregate']; base?: ArrayLike<number> }): TreeEnsemble {
    return {
      roots: Int32Array.from(this.#roots),
      mode: Uint8Array.from(this.#mode),
      column: Int32Array.from(this.#column),
      threshold: Float64Array.from(this.#threshold),
      whenTrue: Int32Array.from(this.#whenTrue),
      whenFalse: Int32Array.from(this.#whenFalse),
      missingTrue: Uint8Array.from(this.#missingTrue),
      sets: [...this.#sets],
      targets: this.#targets,
      leafValues: Float64Array.from(this.#leafValues),
      aggregate: options.aggregate,
      base: options.base ? Float64Array.from(options.base) : new Float64Array(this.#targets),
      ...(this.#count.some(Number.isNaN) ? {} : { counts: Float64Array.from(this.#count) }),
    }
  }

  #leaf(values: ArrayLike<number> | number): void {
    const row = typeof values === 'number' ? [values] : values
    if (row.length !== this.#targets) {
      throw new MalformedFileError(
        `A leaf of tree ${this.#roots.length - 1} has ${row.length} values where the ensemble has ${this.#targets} targets`,
      )
    }
    this.#mode.push(SPLIT.leaf)
    this.#column.push(0)
    this.#threshold.push(0)
    this.#whenTrue.push(this.#leaves++)
    this.#whenFalse.push(0)
    this.#missingTrue.push(0)
    for (let i = 0; i < row.length; i++) this.#leafValues.push(row[i] as number)
  }

  #set(values: readonly Category[]): number {
    const key = JSON.stringify(values)
    const known = this.#setIndex.get(key)
    if (known !== undefined) return known
    this.#setIndex.set(key, this.#sets.length)
    return this.#sets.push(values) - 1
  }
}
