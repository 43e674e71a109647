import { SPLIT } from '../../../core/ops/ml/tree-ensemble.ts'
import type { LeafNode, SplitNode, TreeEnsembleBuilder } from '../../../core/ops/ml/tree-ensemble-builder.ts'
import { column, type NdArray, toFloat64 } from '../../../encodings/npy/nd-array.ts'
import type { PyValue } from '../../../encodings/pickle/values.ts'
import type { PyView } from '../../../encodings/pickle/view.ts'

/** A fitted `sklearn.tree._tree.Tree` (1.0 to 1.9): parallel arrays by node. */
export interface CartTree {
  readonly nodes: number
  readonly left: Float64Array
  readonly right: Float64Array
  readonly feature: Float64Array
  readonly threshold: Float64Array
  readonly samples: Float64Array
  readonly weights: Float64Array
  /** 1 where a missing value goes to the left; absent before 1.3, which took none. */
  readonly missingLeft: Float64Array | undefined
  /** [nodes, outputs, width]: fractions or counts of classes, or the mean response. */
  readonly values: Float64Array
  readonly outputs: number
  readonly width: number
}

/** Reads `tree_` of a decision tree. */
export function cartTree(estimator: PyView): CartTree {
  const tree = estimator.attr('tree_')
  const nodes: NdArray<PyValue> = tree.attr('nodes').ndarray()
  const { shape, data } = tree.attr('values').float64()
  const field = (name: string) => toFloat64(column(nodes, name))
  const hasMissing = nodes.type === 'struct' && nodes.columns.has('missing_go_to_left')
  return {
    nodes: nodes.shape[0] ?? 0,
    left: field('left_child'),
    right: field('right_child'),
    feature: field('feature'),
    threshold: field('threshold'),
    samples: field('n_node_samples'),
    weights: field('weighted_n_node_samples'),
    missingLeft: hasMissing ? field('missing_go_to_left') : undefined,
    values: data,
    outputs: shape[1] ?? 1,
    width: shape[2] ?? 1,
  }
}

/** Adds a tree; `leaf` gives a leaf's values. Features are rounded to float32 before `<=` (sklearn/tree/_tree.pyx). */
export function addTree(
  builder: TreeEnsembleBuilder,
  tree: CartTree,
  leaf: (node: number) => ArrayLike<number> | number,
  columns?: ArrayLike<number>,
): void {
  builder.tree<number>(0, (node): SplitNode<number> | LeafNode => {
    const count = tree.weights[node] as number
    if ((tree.left[node] as number) < 0) return { values: leaf(node), count }
    const feature = tree.feature[node] as number
    return {
      mode: SPLIT.lessOrEqual,
      column: columns ? (columns[feature] as number) : feature,
      threshold: tree.threshold[node] as number,
      whenTrue: tree.left[node] as number,
      whenFalse: tree.right[node] as number,
      missingTrue: tree.missingLeft?.[node] === 1,
      count,
    }
  })
}

/** A node's class distribution of one output: versions before 1.3 keep counts. */
export function classFractions(tree: CartTree, node: number, output: number, classes: number): Float64Array {
  const start = (node * tree.outputs + output) * tree.width
  const values = tree.values.slice(start, start + classes)
  const total = values.reduce((a, b) => a + b, 0)
  const isFraction = Math.abs(total - 1) < 1e-9 || total === 0
  return isFraction ? values : values.map((value) => value / total)
}

/** A node's mean response of each output. */
export const responses = (tree: CartTree, node: number): Float64Array =>
  tree.values.slice(node * tree.outputs * tree.width, (node + 1) * tree.outputs * tree.width)
