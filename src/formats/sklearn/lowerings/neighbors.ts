import { UnsupportedError } from '../../../core/errors.ts'
import type { ValueName } from '../../../core/ir/builder.ts'
import type { MlAttributes } from '../../../core/ops/ml/attributes.ts'
import type { PyView } from '../../../encodings/pickle/view.ts'
import { byProbability } from './classification.ts'
import { type Columns, numericTable, TABLE_OPS } from './columns.ts'
import type { EstimatorLowering, LoweringContext } from './context.ts'
import { matrix, requireSetting, vector } from './estimator.ts'
import { outputClasses } from './forests.ts'
import type { ClassPrediction, Prediction } from './prediction.ts'

type Metric = Pick<MlAttributes['ml.distance'], 'metric' | 'p' | 'weights'>

function metricOf(estimator: PyView): Metric {
  const name = estimator.firstAttr('effective_metric_', 'metric').value
  const params = estimator.optional('effective_metric_params_') ?? estimator.optional('metric_params')
  const p = params?.findKey('p')?.number() ?? estimator.optional('p')?.number() ?? 2
  const own = params?.findKey('w')
  const weights = own === undefined || own.isNone ? {} : { weights: vector(own) }
  switch (name) {
    case 'euclidean':
    case 'l2':
      return { metric: 'euclidean' }
    case 'manhattan':
    case 'cityblock':
    case 'l1':
      return { metric: 'cityBlock' }
    case 'chebyshev':
    case 'infinity':
      return { metric: 'chebychev' }
    case 'cosine':
      return { metric: 'cosine' }
    case 'sqeuclidean':
      return { metric: 'squaredEuclidean' }
    case 'seuclidean':
      return { metric: 'euclidean', weights: variancesOf(params).map((variance) => 1 / variance) }
    case 'minkowski':
      return {
        ...weights,
        ...(p === 2 ? { metric: 'euclidean' } : p === 1 ? { metric: 'cityBlock' } : { metric: 'minkowski', p }),
      }
    default:
      throw new UnsupportedError(`metric=${String(name)} can not be converted`, {
        hint: 'Use euclidean, seuclidean, manhattan, chebyshev, minkowski or cosine.',
      })
  }
}

function variancesOf(params: PyView | undefined): Float64Array {
  const variances = params?.findKey('V')
  if (variances) return vector(variances)
  throw new UnsupportedError('metric=seuclidean without its variances V can not be converted')
}

/** The nearest training rows: their indices and distances, [N, k] each. */
export function nearestNeighbors(ctx: LoweringContext, estimator: PyView, columns: Columns) {
  const points = matrix(estimator.attr('_fit_X'))
  const distances = ctx.builder.ml('ml.distance', numericTable(ctx, columns), {
    points: points.data,
    ...metricOf(estimator),
  })
  const k = estimator.attr('n_neighbors').integer()
  const [indices, nearest] = ctx.builder.ops('ml.nearest', [distances], { k }, { outputs: 2 }) as [ValueName, ValueName]
  return { indices, distances: nearest }
}

/** The mean over the neighbours, weighted, of the rows of a table [points, K]: [N, K]. */
function mean(
  ctx: LoweringContext,
  estimator: PyView,
  { indices, distances }: ReturnType<typeof nearestNeighbors>,
  table: Float64Array,
  width: number,
): ValueName {
  const { builder } = ctx
  const rows = builder.op('Gather', [builder.float64(table, [table.length / width, width]), indices], { axis: 0 })
  const axis = builder.int64([1])
  if (requireSetting(estimator, 'weights', ['uniform', 'distance'], 'uniform') === 'uniform') {
    return builder.op('ReduceMean', [rows, axis], { keepdims: 0 })
  }
  const weights = inverseDistances(ctx, distances)
  const weighted = builder.op('Mul', [rows, builder.op('Unsqueeze', [weights, builder.int64([2])])])
  const sum = builder.op('ReduceSum', [weighted, axis], { keepdims: 0 })
  return builder.op('Div', [sum, builder.op('ReduceSum', [weights, axis], { keepdims: 1 })])
}

/** 1 / distance; where some distances of a row are 0, these neighbours count alone (neighbors/_base.py, _get_weights). */
function inverseDistances(ctx: LoweringContext, distances: ValueName): ValueName {
  const { builder } = ctx
  const isZero = builder.op('Equal', [distances, builder.float64([0], [])])
  const zeros = builder.op('Cast', [isZero], { to: 'float64' })
  const anyZero = builder.op('ReduceMax', [zeros, builder.int64([1])], { keepdims: 1 })
  const exact = builder.op('Greater', [anyZero, builder.float64([0], [])])
  const safe = builder.op('Where', [isZero, builder.float64([1], []), distances])
  return builder.op('Where', [exact, zeros, builder.op('Div', [builder.float64([1], []), safe])])
}

/** Column `output` of `_y`: class codes, or values. */
function answers(estimator: PyView): { data: Float64Array; outputs: number } {
  const { shape, data } = estimator.attr('_y').float64()
  return { data, outputs: shape[1] ?? 1 }
}

function classifier(ctx: LoweringContext, estimator: PyView, columns: Columns): Prediction {
  const neighbors = nearestNeighbors(ctx, estimator, columns)
  const { data, outputs } = answers(estimator)
  const targets = outputClasses(estimator, outputs).map((classes, output): ClassPrediction => {
    const count = classes.labels.length
    const votes = new Float64Array((data.length / outputs) * count)
    for (let row = 0; row < data.length / outputs; row++)
      votes[row * count + (data[row * outputs + output] as number)] = 1
    return byProbability(ctx, classes, mean(ctx, estimator, neighbors, votes, count))
  })
  return targets.length === 1 ? (targets[0] as ClassPrediction) : { kind: 'multi', targets }
}

function regressor(ctx: LoweringContext, estimator: PyView, columns: Columns): Prediction {
  const neighbors = nearestNeighbors(ctx, estimator, columns)
  const { data, outputs } = answers(estimator)
  return { kind: 'values', value: mean(ctx, estimator, neighbors, data, outputs) }
}

const PRODUCES = [
  ...TABLE_OPS,
  'ml.distance',
  'ml.nearest',
  'ReduceMean',
  'ReduceSum',
  'ReduceMax',
  'Unsqueeze',
  'Mul',
  'Div',
  'Equal',
  'Greater',
  'Where',
] as const

export const neighbors: readonly EstimatorLowering[] = [
  { operator: 'sklearn.KNeighborsClassifier', produces: [...PRODUCES, 'ml.label'], predict: classifier },
  { operator: 'sklearn.KNeighborsRegressor', produces: PRODUCES, predict: regressor },
  {
    operator: 'sklearn.NearestNeighbors',
    produces: [...TABLE_OPS, 'ml.distance', 'ml.nearest'],
    predict: (ctx, estimator, columns) => ({
      kind: 'neighbors',
      indices: nearestNeighbors(ctx, estimator, columns).indices,
    }),
  },
]
