import type { ValueName } from '../../../../../core/ir/builder.ts'
import type { Node } from '../../../../../core/ir/graph.ts'
import type { Category } from '../../../../../core/ir/model.ts'
import { tensorOf } from '../../../../../core/ir/tensor.ts'
import { isMissing, keyFor } from '../../../../../core/ops/ml/table.ts'
import { SPLIT, type TreeEnsemble } from '../../../../../core/ops/ml/tree-ensemble.ts'
import type { EmitContext, TableBlock } from '../../emitter.ts'
import { groupBy } from './group-by.ts'
import { lookup } from './lookup.ts'
import { type NumericTrees, treeArrays } from './tree-ensemble-arrays.ts'

/** `nodes_modes` of ai.onnx.ml.TreeEnsemble for the modes that compare in order. */
const BRANCH: Readonly<Record<number, number>> = {
  [SPLIT.lessOrEqual]: 0,
  [SPLIT.less]: 1,
  [SPLIT.greaterOrEqual]: 2,
  [SPLIT.greater]: 3,
}

const isOrdered = (mode: number): boolean => mode in BRANCH

/** A test for equality or membership, as a column of its own. */
interface Membership {
  readonly key: string
  readonly column: number
  readonly values: readonly Category[]
  readonly isNegated: boolean
  readonly missingTrue: boolean
}

/**
 * The matrix that the trees test, and the trees with nothing but ordered comparisons in them. Tests for equality and membership
 * are made beforehand, one extra column for each distinct one, by looking the values up: TreeEnsemble knows no text, and in ONNX
 * Runtime 1.30 its BRANCH_NEQ and BRANCH_MEMBER send NaN to the wrong side.
 */
export function numericSplits(
  ctx: EmitContext,
  node: Node,
  ensemble: TreeEnsemble,
): { x: ValueName; trees: NumericTrees } {
  const blocks = ctx.table(node)
  const numeric = blocks.filter((block) => block.dtype !== 'string')
  const positions = matrixPositions(numeric)
  const memberships = membershipsOf(ensemble, blocks)
  const byKey = new Map(memberships.map(({ key }, i) => [key, positions.size + i]))
  // One mode throughout has a faster kernel, so these tests take that of the first ordered comparison.
  const mode = BRANCH[ensemble.mode.find(isOrdered) ?? SPLIT.greater] as number
  const trees = treeArrays(ensemble, (at) => {
    const column = ensemble.column[at] as number
    if (!isOrdered(ensemble.mode[at] as number)) {
      return { mode, feature: byKey.get(keyOf(ensemble, at)) as number, threshold: 0.5, missingTrue: 0 }
    }
    const feature = positions.get(column)
    if (feature === undefined) return ctx.block(`${node.op} compares the text column ${column} with a number`)
    const missingTrue = ensemble.missingTrue[at] as number
    return {
      mode: BRANCH[ensemble.mode[at] as number] as number,
      feature,
      threshold: ensemble.threshold[at] as number,
      missingTrue,
    }
  })
  const parts = [
    ...numeric.map((block) => ctx.cast(block.value, 'float64')),
    ...membershipColumns(ctx, node, memberships, mode <= 1),
  ]
  return { x: parts.length === 1 ? (parts[0] as ValueName) : ctx.graph.op('Concat', parts, { axis: 1 }), trees }
}

/** Where each numeric column of the table stands in the matrix. */
function matrixPositions(numeric: readonly TableBlock[]): Map<number, number> {
  const positions = new Map<number, number>()
  for (const block of numeric) for (let i = 0; i < block.width; i++) positions.set(block.offset + i, positions.size)
  return positions
}

/** Equal for nodes that ask the same. */
function keyOf({ mode, column, threshold, missingTrue }: TreeEnsemble, node: number): string {
  return `${column[node]}/${mode[node]}/${threshold[node]}/${missingTrue[node]}`
}

/** The distinct tests for equality and membership, those of one column side by side. */
function membershipsOf(ensemble: TreeEnsemble, blocks: readonly TableBlock[]): Membership[] {
  const isText = (column: number) =>
    blocks.some((b) => b.dtype === 'string' && column >= b.offset && column < b.offset + b.width)
  const found = new Map<string, Membership>()
  for (const [node, mode] of ensemble.mode.entries()) {
    if (mode === SPLIT.leaf || isOrdered(mode)) continue
    const key = keyOf(ensemble, node)
    if (found.has(key)) continue
    const column = ensemble.column[node] as number
    const threshold = ensemble.threshold[node] as number
    const set = mode === SPLIT.in || isText(column) ? (ensemble.sets[threshold] ?? []) : [threshold]
    // A set may name the missing value (scikit-learn's categories do), but `missingTrue` decides where it goes.
    const values = set.filter((member) => !isMissing(member))
    const missingTrue = ensemble.missingTrue[node] === 1
    found.set(key, { key, column, values, isNegated: mode === SPLIT.notEqual, missingTrue })
  }
  return [...found.values()].sort((a, b) => a.column - b.column)
}

/** Columns that are 1 where the test is true and 0 where it is false; the other way round for trees that test `< 0.5`. */
function membershipColumns(
  ctx: EmitContext,
  node: Node,
  memberships: readonly Membership[],
  isInverted: boolean,
): ValueName[] {
  const g = ctx.graph
  return [...groupBy(memberships, ({ column }) => column)].map(([column, tests]) => {
    const value = ctx.column(node, column)
    const isText = g.type(value).dtype === 'string'
    const keys = [...new Set(tests.flatMap((test) => test.values.map((v) => keyFor(v, isText))))]
    const codes = lookup(ctx, value, {
      keys,
      values: keys.map((_, i) => i),
      otherwise: keys.length,
      missing: keys.length + 1,
      type: 'int64',
    })
    const table = membershipTable(tests, keys, isText, isInverted)
    const shape = [keys.length + 2, tests.length]
    const flat = g.op('Reshape', [codes, g.int64([-1])])
    return ctx.cast(g.op('Gather', [g.constant(tensorOf('uint8', shape, table)), flat], { axis: 0 }), 'float64')
  })
}

/** [keys + 2, tests]: a row per key, then one for any other value and one for a missing value. */
function membershipTable(
  tests: readonly Membership[],
  keys: readonly Category[],
  isText: boolean,
  isInverted: boolean,
): Uint8Array {
  const table = new Uint8Array((keys.length + 2) * tests.length)
  for (const [t, { values, isNegated, missingTrue }] of tests.entries()) {
    const members = new Set(values.map((value) => keyFor(value, isText)))
    const truths = [...keys.map((key) => members.has(key) !== isNegated), isNegated, missingTrue]
    for (const [r, truth] of truths.entries()) table[r * tests.length + t] = truth !== isInverted ? 1 : 0
  }
  return table
}
