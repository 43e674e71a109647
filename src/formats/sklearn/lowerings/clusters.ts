import { UnsupportedError } from '../../../core/errors.ts'
import type { ValueName } from '../../../core/ir/builder.ts'
import { SPLIT } from '../../../core/ops/ml/tree-ensemble.ts'
import { TreeEnsembleBuilder } from '../../../core/ops/ml/tree-ensemble-builder.ts'
import type { PyValue } from '../../../encodings/pickle/values.ts'
import { PyView } from '../../../encodings/pickle/view.ts'
import { type Columns, columnsOf, numericTable, TABLE_OPS } from './columns.ts'
import type { EstimatorLowering, LoweringContext } from './context.ts'
import { matrix, vector } from './estimator.ts'

function distances(
  ctx: LoweringContext,
  centers: PyView,
  columns: Columns,
  metric: 'euclidean' | 'cityBlock',
): ValueName {
  return ctx.builder.ml('ml.distance', numericTable(ctx, columns), { points: matrix(centers).data, metric })
}

/** The nearest center (sklearn/cluster/_kmeans.py). */
const kMeans = (name: string): EstimatorLowering => ({
  operator: `sklearn.${name}`,
  produces: [...TABLE_OPS, 'ml.distance', 'ml.label'],
  predict: (ctx, estimator, columns) => {
    const centers = estimator.attr('cluster_centers_')
    const clusters = matrix(centers).rows
    const labels = Array.from({ length: clusters }, (_, k) => k)
    const label = ctx.builder.ml('ml.label', [distances(ctx, centers, columns, 'euclidean')], {
      labels,
      rule: 'argmin',
    })
    return { kind: 'clusters', label, clusters }
  },
  transform: (ctx, estimator, columns) =>
    columnsOf(ctx, distances(ctx, estimator.attr('cluster_centers_'), columns, 'euclidean')),
})

/** The tree of clusters of BisectingKMeans: which of two centers is nearer is a linear question. */
function bisecting(ctx: LoweringContext, estimator: PyView, columns: Columns): ValueName {
  const mean = estimator.optional('_X_mean')
  const shift = mean ? vector(mean) : undefined
  const center = (node: PyView) => vector(node.attr('center')).map((c, i) => c + (shift?.[i] ?? 0))
  const rows: number[] = []
  const intercepts: number[] = []
  const count = estimator.attr('n_clusters').integer()
  const builder = new TreeEnsembleBuilder(count)
  builder.tree<PyValue>(estimator.attr('_bisecting_tree').value, (id) => {
    const node = new PyView(id, 'cluster')
    const [left, right] = [node.optional('left'), node.optional('right')]
    if (!left || !right) {
      const values = new Float64Array(count)
      values[node.attr('label').integer()] = 1
      return { values }
    }
    // |x − a|² − |x − b|² = 2 (b − a) · x + |a|² − |b|²: the left one wins where it is not positive.
    const [a, b] = [center(left), center(right)]
    rows.push(...a.map((value, i) => 2 * ((b[i] as number) - value)))
    intercepts.push(squared(a) - squared(b))
    const split = { mode: SPLIT.lessOrEqual, column: intercepts.length - 1, threshold: 0, missingTrue: true }
    return { ...split, whenTrue: left.value, whenFalse: right.value }
  })
  const scores = ctx.builder.ml('ml.linear', numericTable(ctx, columns), {
    coefficients: Float64Array.from(rows),
    intercepts: Float64Array.from(intercepts),
  })
  return ctx.builder.ml('ml.treeEnsemble', [scores], { ensemble: builder.build({ aggregate: 'sum' }) })
}

const squared = (values: Float64Array): number => values.reduce((sum, value) => sum + value * value, 0)

const bisectingKMeans: EstimatorLowering = {
  ...kMeans('BisectingKMeans'),
  produces: [...TABLE_OPS, 'ml.linear', 'ml.treeEnsemble', 'ml.distance', 'ml.label'],
  predict: (ctx, estimator, columns) => {
    const members = bisecting(ctx, estimator, columns)
    const clusters = estimator.attr('n_clusters').integer()
    const labels = Array.from({ length: clusters }, (_, k) => k)
    return { kind: 'clusters', label: ctx.builder.ml('ml.label', [members], { labels, rule: 'argmax' }), clusters }
  },
}

/** The label of the nearest center (`pairwise_distances_argmin`); several centers may share one. */
const nearestCenter = (
  name: string,
  centers: string,
  labelsOf: (estimator: PyView, count: number) => number[],
): EstimatorLowering => ({
  operator: `sklearn.${name}`,
  produces: [...TABLE_OPS, 'ml.distance', 'ml.label'],
  predict: (ctx, estimator, columns) => {
    const points = estimator.attr(centers)
    const clusters = matrix(points).rows
    if (clusters === 0) throw new UnsupportedError(`The ${name} did not converge: it has no clusters`)
    const label = ctx.builder.ml('ml.label', [distances(ctx, points, columns, 'euclidean')], {
      labels: labelsOf(estimator, clusters),
      rule: 'argmin',
    })
    return { kind: 'clusters', label, clusters }
  },
})

const inOrder = (_estimator: PyView, count: number): number[] => Array.from({ length: count }, (_, k) => k)

export const clusters: readonly EstimatorLowering[] = [
  kMeans('KMeans'),
  kMeans('MiniBatchKMeans'),
  bisectingKMeans,
  nearestCenter('MeanShift', 'cluster_centers_', inOrder),
  nearestCenter('AffinityPropagation', 'cluster_centers_', inOrder),
  nearestCenter('Birch', 'subcluster_centers_', (birch) => birch.attr('subcluster_labels_').integers().data),
]
