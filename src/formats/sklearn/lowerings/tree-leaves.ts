import type { ValueName } from '../../../core/ir/builder.ts'
import { TreeEnsembleBuilder } from '../../../core/ops/ml/tree-ensemble-builder.ts'
import type { PyView } from '../../../encodings/pickle/view.ts'
import { type Columns, columnsOf, float32Table, TABLE_OPS } from './columns.ts'
import type { EstimatorLowering, LoweringContext } from './context.ts'
import { addTree, cartTree } from './tree.ts'

/** `apply`: the leaf of each tree that a row falls into, [N, trees]. */
export function leafIndices(ctx: LoweringContext, estimator: PyView, columns: Columns): ValueName {
  const trees = estimator.has('tree_') ? [estimator] : estimator.attr('estimators_').items()
  const builder = new TreeEnsembleBuilder(trees.length)
  for (const [t, member] of trees.entries()) {
    addTree(builder, cartTree(member), (node) => {
      const values = new Float64Array(trees.length)
      values[t] = node
      return values
    })
  }
  const ensemble = builder.build({ aggregate: 'sum' })
  return ctx.builder.ml('ml.treeEnsemble', float32Table(ctx, columns), { ensemble })
}

/** Rows as the one-hot encoded leaves that they fall into (sklearn/ensemble/_forest.py). */
export const treeLeaves: readonly EstimatorLowering[] = [
  {
    operator: 'sklearn.RandomTreesEmbedding',
    produces: [...TABLE_OPS, 'ml.treeEnsemble', 'ml.oneHot'],
    transform: (ctx, estimator, columns) =>
      ctx.transform(estimator.attr('one_hot_encoder_'), columnsOf(ctx, leafIndices(ctx, estimator, columns))),
  },
]
