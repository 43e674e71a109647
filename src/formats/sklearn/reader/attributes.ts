import type { Attributes } from '../../../core/ir/graph.ts'
import { type Tensor, tensorOf } from '../../../core/ir/tensor.ts'
import { type NdArray, toFloat64 } from '../../../encodings/npy/nd-array.ts'
import { arrayShape } from '../../../encodings/pickle/numpy/pickled-array.ts'
import { isSparseMatrix } from '../../../encodings/pickle/numpy/sparse-matrix.ts'
import { describeValue, isNode, type PyValue } from '../../../encodings/pickle/values.ts'
import { PyView } from '../../../encodings/pickle/view.ts'

/** What an inspector shows of an estimator: hyperparameters and fitted arrays, not the estimators inside it. */
export const inspectorAttributes = {
  of(estimator: PyView): Attributes {
    if (!estimator.isKind('object')) return {}
    const shown = estimator.attributes().flatMap(([name, view]): [string, unknown][] => {
      if (HIDDEN.test(name)) return []
      const value = shownValue(view, 0)
      return value === undefined ? [] : [[name, value]]
    })
    return Object.fromEntries(shown)
  },
  columns: (selection: PyView): unknown => shownValue(selection, 0) ?? null,
}

const HIDDEN = /^(steps|transformers_?|transformer_list|features|built_features|_sklearn_tags|pmml_customizations_)$/

const MAX_ITEMS = 200
const MAX_DEPTH = 3

/** Undefined for what is not worth showing: estimators, trees, functions of numpy. */
function shownValue(view: PyView, depth: number): unknown {
  const { value } = view
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number')
    return value
  if (typeof value === 'bigint') return String(value)
  if (isNode(value, 'float')) return value.value
  if (isNode(value, 'global')) return value.path
  const array = arrayOf(view)
  if (array) return tensorFrom(array)
  if (depth >= MAX_DEPTH) return undefined
  if (isNode(value, 'list') || isNode(value, 'tuple')) {
    const items = value.items.slice(0, MAX_ITEMS).map((item) => shownValue(new PyView(item), depth + 1))
    return items.every((item) => item === undefined) && items.length > 0 ? undefined : items
  }
  if (isNode(value, 'dict')) {
    const entries = [...value.entries()].slice(0, MAX_ITEMS)
    return Object.fromEntries(entries.map(([key, item]) => [keyText(key), shownValue(new PyView(item), depth + 1)]))
  }
  return isSparseMatrix(value) ? describeValue(value) : undefined
}

const keyText = (key: PyValue): string =>
  isNode(key, 'float') ? String(key.value) : typeof key === 'object' ? describeValue(key) : String(key)

/** A damaged array is not shown; lowering will report it if it matters. */
function arrayOf(view: PyView): NdArray<PyValue> | undefined {
  try {
    return view.array()
  } catch {
    return undefined
  }
}

function tensorFrom(array: NdArray<PyValue>): Tensor | string | undefined {
  if (array.type === 'numeric' && 'biuf'.includes(array.dtype.kind))
    return tensorOf('float64', array.shape, toFloat64(array))
  if (array.type === 'string') return tensorOf('string', array.shape, array.data)
  if (array.type === 'object' && array.data.every((item) => typeof item !== 'object' || item === null)) {
    return tensorOf(
      'string',
      array.shape,
      array.data.map((item) => (item === null ? '' : String(item))),
    )
  }
  return undefined
}

/** Elements of the arrays that training made (names that end in `_`), and nodes of trees. */
export function trainedParameters(estimator: PyView): number {
  if (!estimator.isKind('object')) return 0
  let count = 0
  for (const [name, view] of estimator.attributes()) {
    if (!WEIGHTS.test(name)) continue
    if (name === 'tree_') count += nodeCount(view)
    else if (name === '_predictors') count += predictorNodes(view)
    else count += numbersIn(view)
  }
  return count
}

const WEIGHTS =
  /^(coef_|coefs_|intercept_|intercepts_|tree_|_predictors|mean_|scale_|min_|center_|statistics_|cluster_centers_|support_vectors_|dual_coef_|components_|theta_|var_|sigma_|feature_log_prob_|class_log_prior_|_fit_X|idf_|quantiles_|lambdas_|means_|rotations_|scalings_|X_thresholds_|y_thresholds_)$/

function numbersIn(view: PyView): number {
  const array = arrayOf(view)
  if (array?.type === 'numeric') return array.data.length
  if (view.isKind('list'))
    return view.items().reduce((n, item) => n + (arrayOf(item)?.type === 'numeric' ? numbersIn(item) : 0), 0)
  return view.isKind('float') ? 1 : 0
}

/** Thresholds of inner nodes and values of leaves: one per node. */
function nodeCount(tree: PyView): number {
  const nodes = tree.isKind('object') ? tree.optional('nodes') : undefined
  return (nodes && arrayShape(nodes.value)?.[0]) ?? 0
}

/** The trees of histogram gradient boosting: a list per iteration, of one tree or one per class. */
function predictorNodes(iterations: PyView): number {
  if (!iterations.isKind('list')) return 0
  const trees = iterations.items().flatMap((stage) => (stage.isKind('list') ? stage.items() : []))
  return trees.reduce((sum, tree) => sum + nodeCount(tree), 0)
}
