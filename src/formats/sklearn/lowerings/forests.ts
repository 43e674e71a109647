import type { ValueName } from '../../../core/ir/builder.ts'
import { TreeEnsembleBuilder } from '../../../core/ops/ml/tree-ensemble-builder.ts'
import type { PyView } from '../../../encodings/pickle/view.ts'
import { byProbability, CLASS_OPS } from './classification.ts'
import { type Columns, float32Table, TABLE_OPS } from './columns.ts'
import type { EstimatorLowering, LoweringContext } from './context.ts'
import { classLabels } from './estimator.ts'
import type { ClassLabels, ClassPrediction, Prediction } from './prediction.ts'
import { addTree, type CartTree, cartTree, classFractions, responses } from './tree.ts'

/** The decision trees of a forest, or the tree itself. */
function treesOf(estimator: PyView): CartTree[] {
  const members = estimator.find('estimators_')
  return members ? members.items().map(cartTree) : [cartTree(estimator)]
}

function forest(
  ctx: LoweringContext,
  trees: readonly CartTree[],
  columns: Columns,
  targets: number,
  leaf: (tree: CartTree, node: number) => ArrayLike<number>,
): ValueName {
  const builder = new TreeEnsembleBuilder(targets)
  for (const tree of trees) addTree(builder, tree, (node) => leaf(tree, node))
  const ensemble = builder.build({ aggregate: trees.length === 1 ? 'sum' : 'average' })
  return ctx.builder.ml('ml.treeEnsemble', float32Table(ctx, columns), { ensemble })
}

/** The class labels of every output: `classes_` is an array, or a list of arrays with several outputs. */
export function outputClasses(estimator: PyView, outputs: number): ClassLabels[] {
  const classes = estimator.attr('classes_')
  return outputs === 1 && !classes.isKind('list') ? [classLabels(classes)] : classes.items().map(classLabels)
}

function classifier(ctx: LoweringContext, estimator: PyView, columns: Columns): Prediction {
  const trees = treesOf(estimator)
  const all = outputClasses(estimator, trees[0]?.outputs ?? 1)
  const targets = all.map((classes, output): ClassPrediction => {
    const count = classes.labels.length
    const probabilities = forest(ctx, trees, columns, count, (tree, node) => classFractions(tree, node, output, count))
    return byProbability(ctx, classes, probabilities)
  })
  return targets.length === 1 ? (targets[0] as ClassPrediction) : { kind: 'multi', targets }
}

function regressor(ctx: LoweringContext, estimator: PyView, columns: Columns): Prediction {
  const trees = treesOf(estimator)
  return { kind: 'values', value: forest(ctx, trees, columns, trees[0]?.outputs ?? 1, responses) }
}

const row = (name: string, predict: NonNullable<EstimatorLowering['predict']>): EstimatorLowering => ({
  operator: `sklearn.${name}`,
  produces: [...TABLE_OPS, 'ml.treeEnsemble', ...(predict === classifier ? CLASS_OPS : [])],
  predict,
})

/** Decision trees and forests: the mean of class fractions, or of responses (sklearn/tree, sklearn/ensemble/_forest.py). */
export const forests: readonly EstimatorLowering[] = [
  row('DecisionTreeClassifier', classifier),
  row('ExtraTreeClassifier', classifier),
  row('RandomForestClassifier', classifier),
  row('ExtraTreesClassifier', classifier),
  row('DecisionTreeRegressor', regressor),
  row('ExtraTreeRegressor', regressor),
  row('RandomForestRegressor', regressor),
  row('ExtraTreesRegressor', regressor),
]
