import type { ValueName } from '../../../core/ir/builder.ts'
import { SPLIT } from '../../../core/ops/ml/tree-ensemble.ts'
import { type LeafNode, type SplitNode, TreeEnsembleBuilder } from '../../../core/ops/ml/tree-ensemble-builder.ts'
import { column, toFloat64 } from '../../../encodings/npy/nd-array.ts'
import type { PyView } from '../../../encodings/pickle/view.ts'
import { byProbability, CLASS_OPS, oneVersusRest, softmax } from './classification.ts'
import { type Columns, numericTable, TABLE_OPS } from './columns.ts'
import type { EstimatorLowering, LoweringContext } from './context.ts'
import { classLabels, text, vector } from './estimator.ts'

/** Categories are codes of up to eight 32-bit words. */
const MAX_CATEGORIES = 256

/** The categories whose bit is set in row `index` of an array [n, 8] of uint32. */
function categoriesIn(bitsets: { shape: readonly number[]; data: ArrayLike<number> }, index: number): Set<number> {
  const words = bitsets.shape[1] ?? 8
  const set = new Set<number>()
  for (let c = 0; c < MAX_CATEGORIES; c++) {
    const word = bitsets.data[index * words + (c >> 5)] ?? 0
    if ((word >>> (c & 31)) & 1) set.add(c)
  }
  return set
}

/** Categories seen in training by feature; a value that is none of them counts as missing. */
function knownCategories(estimator: PyView): (feature: number) => Set<number> {
  const mapper = estimator.optional('_bin_mapper')
  const thresholds = mapper?.optional('bin_thresholds_')?.items()
  return (feature) => {
    const categories = thresholds?.[feature]
    return new Set(categories ? vector(categories) : [])
  }
}

/** Adds a TreePredictor (sklearn/ensemble/_hist_gradient_boosting/_predictor.pyx): float64 compares, own way for missing values. */
function addPredictor(
  builder: TreeEnsembleBuilder,
  predictor: PyView,
  target: number,
  targets: number,
  known: (feature: number) => Set<number>,
): void {
  const nodes = predictor.attr('nodes').ndarray()
  const field = (name: string) => toFloat64(column(nodes, name))
  const [value, feature, threshold] = [field('value'), field('feature_idx'), field('num_threshold')]
  const [left, right, missingLeft, isLeaf] = [
    field('left'),
    field('right'),
    field('missing_go_to_left'),
    field('is_leaf'),
  ]
  const [isCategorical, bitset, count] = [field('is_categorical'), field('bitset_idx'), field('count')]
  const bitsets = isCategorical.some((flag) => flag === 1)
    ? predictor.attr('raw_left_cat_bitsets').float64()
    : undefined
  builder.tree<number>(0, (node): SplitNode<number> | LeafNode => {
    if (isLeaf[node]) {
      const values = new Float64Array(targets)
      values[target] = value[node] as number
      return { values, count: count[node] as number }
    }
    const split = { column: feature[node] as number, count: count[node] as number }
    const [toLeft, toRight] = [left[node] as number, right[node] as number]
    const missingTrue = missingLeft[node] === 1
    if (!isCategorical[node] || !bitsets) {
      const mode = SPLIT.lessOrEqual
      return { ...split, mode, threshold: threshold[node] as number, whenTrue: toLeft, whenFalse: toRight, missingTrue }
    }
    const goLeft = categoriesIn(bitsets, bitset[node] as number)
    if (!missingTrue)
      return { ...split, mode: SPLIT.in, set: [...goLeft], whenTrue: toLeft, whenFalse: toRight, missingTrue }
    // Unknown categories go the way of missing ones, to the left: only known ones that are not in the set go right.
    const goRight = [...known(split.column)].filter((c) => !goLeft.has(c))
    return { ...split, mode: SPLIT.in, set: goRight, whenTrue: toRight, whenFalse: toLeft, missingTrue: false }
  })
}

/** Σ trees + _baseline_prediction, [N, K]. */
function rawScores(ctx: LoweringContext, estimator: PyView, columns: Columns): ValueName {
  const iterations = estimator
    .attr('_predictors')
    .items()
    .map((iteration) => iteration.items())
  const base = vector(estimator.attr('_baseline_prediction'))
  const targets = iterations[0]?.length ?? base.length
  const builder = new TreeEnsembleBuilder(targets)
  const known = knownCategories(estimator)
  for (const iteration of iterations) {
    for (const [k, predictor] of iteration.entries()) addPredictor(builder, predictor, k, targets, known)
  }
  const preprocessor = estimator.optional('_preprocessor')
  const table = preprocessor ? ctx.transform(preprocessor, columns) : columns
  const ensemble = builder.build({
    aggregate: 'sum',
    base: Float64Array.from({ length: targets }, (_, k) => base[k] ?? 0),
  })
  return ctx.builder.ml('ml.treeEnsemble', numericTable(ctx, table), { ensemble })
}

function classifier(ctx: LoweringContext, estimator: PyView, columns: Columns) {
  const classes = classLabels(estimator.attr('classes_'))
  const scores = rawScores(ctx, estimator, columns)
  const probabilities = classes.labels.length === 2 ? oneVersusRest(ctx, scores) : softmax(ctx, scores)
  return byProbability(ctx, classes, probabilities, scores)
}

/** Poisson and gamma losses have a log link. */
function regressor(ctx: LoweringContext, estimator: PyView, columns: Columns): ValueName {
  const scores = rawScores(ctx, estimator, columns)
  const isLog = ['poisson', 'gamma'].includes(text(estimator, 'loss', 'squared_error'))
  return isLog ? ctx.builder.ml('ml.link', [scores], { function: 'exp' }) : scores
}

export const histGradientBoosting: readonly EstimatorLowering[] = [
  {
    operator: 'sklearn.HistGradientBoostingClassifier',
    produces: [...TABLE_OPS, 'ml.treeEnsemble', ...CLASS_OPS],
    predict: classifier,
  },
  {
    operator: 'sklearn.HistGradientBoostingRegressor',
    produces: [...TABLE_OPS, 'ml.treeEnsemble', 'ml.link'],
    predict: (ctx, estimator, columns) => ({ kind: 'values', value: regressor(ctx, estimator, columns) }),
  },
]
