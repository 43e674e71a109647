import { UnsupportedError } from '../../../core/errors.ts'
import { column, toFloat64 } from '../../../encodings/npy/nd-array.ts'
import type { PyView } from '../../../encodings/pickle/view.ts'
import { matrix } from './estimator.ts'
import { objectItems } from './object-matrix.ts'
import { type CartTree, cartTree } from './tree.ts'

/** What `SelectFromModel` ranks columns by: norms of coefficients, or impurity decreases of trees. */
export function importances(member: PyView, normOrder: number): number[] {
  const coefficients = member.optional('coef_')
  if (coefficients) return columnNorms(matrix(coefficients), normOrder)
  if (member.has('tree_')) return normalised(treeImportances(member))
  const members = member.optional('estimators_')
  const trees = (members ? objectItems(members) : []).filter((each) => each.isKind('object') && each.has('tree_'))
  if (trees.length === 0) throw new UnsupportedError(`The importances of a ${member.className} are not known`)
  // The stages of gradient boosting count by what they achieve, the members of AdaBoost by their weights.
  const isStaged = /^GradientBoosting/.test(member.className)
  const weights = member.optional('estimator_weights_')?.float64().data
  const each = trees.map((tree) => (isStaged ? treeImportances(tree) : normalised(treeImportances(tree))))
  return normalised(
    (each[0] as number[]).map((_, c) =>
      each.reduce((sum, one, t) => sum + (weights?.[t] ?? 1) * (one[c] as number), 0),
    ),
  )
}

function columnNorms({ rows, columns, data }: ReturnType<typeof matrix>, order: number): number[] {
  return Array.from({ length: columns }, (_, c) => {
    if (rows === 1) return Math.abs(data[c] as number)
    const values = Array.from({ length: rows }, (_r, r) => Math.abs(data[r * columns + c] as number))
    return order === Infinity ? Math.max(...values) : values.reduce((sum, v) => sum + v ** order, 0) ** (1 / order)
  })
}

const normalised = (values: number[]): number[] => {
  const total = values.reduce((a, b) => a + b, 0)
  return total > 0 ? values.map((value) => value / total) : values
}

/** Tree.compute_feature_importances (sklearn/tree/_tree.pyx), not normalised. */
function treeImportances(member: PyView): number[] {
  const tree: CartTree = cartTree(member)
  const impurity = toFloat64(column(member.attr('tree_').attr('nodes').ndarray(), 'impurity'))
  const result = new Array<number>(member.firstAttr('n_features_in_', 'n_features_').integer()).fill(0)
  const weighted = (node: number): number => (tree.weights[node] as number) * (impurity[node] as number)
  for (let node = 0; node < tree.nodes; node++) {
    const [left, right] = [tree.left[node] as number, tree.right[node] as number]
    if (left < 0) continue
    const feature = tree.feature[node] as number
    result[feature] = (result[feature] ?? 0) + weighted(node) - weighted(left) - weighted(right)
  }
  return result.map((value) => value / (tree.weights[0] as number))
}
