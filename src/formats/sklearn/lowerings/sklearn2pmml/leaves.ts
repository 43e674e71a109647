import type { ValueName } from '../../../../core/ir/builder.ts'
import { TreeEnsembleBuilder } from '../../../../core/ops/ml/tree-ensemble-builder.ts'
import type { PyView } from '../../../../encodings/pickle/view.ts'
import { byDecision, CLASS_OPS } from '../classification.ts'
import { type Columns, float32Table, TABLE_OPS } from '../columns.ts'
import type { EstimatorLowering, LoweringContext } from '../context.ts'
import { classLabels, type Matrix, matrix, vector } from '../estimator.ts'
import { logisticFrom } from '../linear-models.ts'
import { objectMatrix } from '../object-matrix.ts'
import type { Prediction } from '../prediction.ts'
import { addTree, cartTree } from '../tree.ts'

/** The trees whose leaves `apply` tells: of several per stage the first. */
function treesOf(gbdt: PyView): PyView[] {
  if (gbdt.has('tree_')) return [gbdt]
  const members = gbdt.attr('estimators_')
  const array = members.array()
  return array?.shape.length === 2 ? objectMatrix(members).map((stage) => stage[0] as PyView) : members.items()
}

/**
 * A linear model over one-hot encoded leaves is a tree ensemble whose leaves hold the coefficients. A leaf that no training
 * row reached has none. [N, K].
 */
function scores(ctx: LoweringContext, estimator: PyView, columns: Columns, model: PyView): ValueName {
  const trees = treesOf(estimator.attr('gbdt_'))
  const categories = estimator.attr('ohe_').attr('categories_').items().map(vector)
  const coefficients: Matrix = matrix(model.attr('coef_'))
  const intercepts = vector(model.attr('intercept_'))
  const builder = new TreeEnsembleBuilder(coefficients.rows)
  let start = 0
  for (const [t, member] of trees.entries()) {
    const slots = new Map(Array.from(categories[t] ?? [], (leaf, i) => [leaf, start + i]))
    start += slots.size
    addTree(builder, cartTree(member), (node) => {
      const slot = slots.get(node)
      return Float64Array.from({ length: coefficients.rows }, (_, k) =>
        slot === undefined ? 0 : (coefficients.data[k * coefficients.columns + slot] as number),
      )
    })
  }
  const base = Float64Array.from(
    { length: coefficients.rows },
    (_, k) => intercepts[intercepts.length === 1 ? 0 : k] ?? 0,
  )
  const ensemble = builder.build({ aggregate: 'sum', base })
  return ctx.builder.ml('ml.treeEnsemble', float32Table(ctx, columns), { ensemble })
}

function classifier(ctx: LoweringContext, estimator: PyView, columns: Columns): Prediction {
  const model = estimator.attr('lr_')
  const decision = scores(ctx, estimator, columns, model)
  if (/^LogisticRegression/.test(model.className)) return logisticFrom(ctx, model, decision)
  return byDecision(ctx, classLabels(model.attr('classes_')), decision)
}

/** sklearn2pmml.ensemble: linear models over the leaves of boosted trees. */
export const leafModels: readonly EstimatorLowering[] = [
  {
    operator: 'sklearn2pmml.GBDTLRClassifier',
    produces: [...TABLE_OPS, 'ml.treeEnsemble', 'ml.scale', ...CLASS_OPS],
    predict: classifier,
  },
  {
    operator: 'sklearn2pmml.GBDTLMRegressor',
    produces: [...TABLE_OPS, 'ml.treeEnsemble'],
    predict: (ctx, estimator, columns) => ({
      kind: 'values',
      value: scores(ctx, estimator, columns, estimator.attr('lm_')),
    }),
  },
]
