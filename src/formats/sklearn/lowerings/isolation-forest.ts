import { apply, column, number } from '../../../core/ops/ml/expression.ts'
import { TreeEnsembleBuilder } from '../../../core/ops/ml/tree-ensemble-builder.ts'
import type { PyView } from '../../../encodings/pickle/view.ts'
import { type Columns, float32Table, TABLE_OPS } from './columns.ts'
import type { EstimatorLowering, LoweringContext } from './context.ts'
import { outliers } from './outliers.ts'
import { addTree, type CartTree, cartTree } from './tree.ts'

const EULER_GAMMA = 0.5772156649015329

/** The average path length of an unsuccessful search in a binary tree of n rows (sklearn/ensemble/_iforest.py). */
function averagePathLength(n: number): number {
  if (n <= 1) return 0
  return n <= 2 ? 1 : 2 * (Math.log(n - 1) + EULER_GAMMA) - (2 * (n - 1)) / n
}

/** The number of edges from the root to each node. */
function depths(tree: CartTree): Float64Array {
  const depth = new Float64Array(tree.nodes)
  for (let node = 0; node < tree.nodes; node++) {
    for (const child of [tree.left[node] as number, tree.right[node] as number]) {
      if (child > node) depth[child] = (depth[node] as number) + 1
    }
  }
  return depth
}

function isolationForest(ctx: LoweringContext, estimator: PyView, columns: Columns) {
  const members = estimator.attr('estimators_').items()
  const features = estimator.attr('estimators_features_').items()
  const builder = new TreeEnsembleBuilder(1)
  for (const [i, member] of members.entries()) {
    const tree = cartTree(member)
    const depth = depths(tree)
    const length = (node: number) => (depth[node] as number) + averagePathLength(tree.samples[node] as number)
    addTree(builder, tree, length, features[i]?.integers().data)
  }
  const ensemble = builder.build({ aggregate: 'sum' })
  const total = ctx.builder.ml('ml.treeEnsemble', float32Table(ctx, columns), { ensemble })
  const rows = estimator.firstAttr('_max_samples', 'max_samples_').number()
  const normal = members.length * averagePathLength(rows)
  const anomaly = apply('pow', number(2), apply('-', number(0), apply('/', column(0), number(normal))))
  const offset = estimator.attr('offset_').number()
  return outliers(ctx, total, apply('-', apply('-', number(0), anomaly), number(offset)))
}

export const isolationForests: readonly EstimatorLowering[] = [
  {
    operator: 'sklearn.IsolationForest',
    produces: [...TABLE_OPS, 'ml.treeEnsemble', 'ml.expression'],
    predict: isolationForest,
  },
]
