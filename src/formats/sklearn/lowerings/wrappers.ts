import { UnsupportedError } from '../../../core/errors.ts'
import { apply, column, type Expression, number } from '../../../core/ops/ml/expression.ts'
import type { PyView } from '../../../encodings/pickle/view.ts'
import { asValue } from './classification.ts'
import { type Columns, columnsOf } from './columns.ts'
import type { EstimatorLowering, LoweringContext } from './context.ts'
import { functionNamed } from './element-wise.ts'
import { flag, memberOf, vector } from './estimator.ts'
import type { Prediction } from './prediction.ts'

/** Estimators that hand everything to the one inside them. */
const delegate = (operator: string, member: (estimator: PyView) => PyView): EstimatorLowering => ({
  operator,
  produces: [],
  predict: (ctx, estimator, columns) => ctx.predict(member(estimator), columns),
  transform: (ctx, estimator, columns) => ctx.transform(member(estimator), columns),
})

/** The inverse of what was applied to the target: a scaler, a power, a function of numpy. */
function inverse(ctx: LoweringContext, transformer: PyView, columns: Columns): Columns {
  const value = (columns[0] as { value: string }).value
  switch (transformer.className) {
    case 'FunctionTransformer': {
      const fn = functionNamed(transformer.optional('inverse_func'))
      return fn ? expressions(ctx, columns, fn) : columns
    }
    case 'StandardScaler':
    case 'RobustScaler': {
      const [center, scale] = transformer.className === 'StandardScaler' ? ['mean_', 'scale_'] : ['center_', 'scale_']
      const divisor = transformer.optional(scale as string)
      const shift = transformer.optional(center as string)
      const usesMean = flag(transformer, 'with_mean', true) && flag(transformer, 'with_centering', true)
      return columnsOf(
        ctx,
        ctx.builder.ml('ml.scale', [value], {
          ...(divisor ? { factor: vector(divisor) } : {}),
          ...(shift && usesMean ? { shift: vector(shift) } : {}),
        }),
      )
    }
    case 'MinMaxScaler':
      return columnsOf(
        ctx,
        ctx.builder.ml('ml.scale', [value], {
          center: vector(transformer.attr('min_')),
          divisor: vector(transformer.attr('scale_')),
        }),
      )
    case 'MaxAbsScaler':
      return columnsOf(ctx, ctx.builder.ml('ml.scale', [value], { factor: vector(transformer.attr('scale_')) }))
    case 'PowerTransformer':
      return inversePower(ctx, transformer, columns)
    case 'QuantileTransformer':
      return inverseQuantile(ctx, transformer, columns)
    case 'Pipeline': {
      const steps = transformer
        .attr('steps')
        .items()
        .map((step) => step.item(1))
      return steps
        .reverse()
        .reduce(
          (table, step) => (typeof step.value === 'string' || step.isNone ? table : inverse(ctx, step, table)),
          columns,
        )
    }
    default:
      throw new UnsupportedError(`The inverse of ${transformer.className} can not be converted`, {
        hint: 'Use a scaler, PowerTransformer, QuantileTransformer or functions of numpy for the target.',
      })
  }
}

function expressions(
  ctx: LoweringContext,
  columns: Columns,
  map: (x: Expression, index: number) => Expression,
): Columns {
  const value = (columns[0] as { value: string }).value
  const all = columns.map((_, i) => map(column(i), i))
  return columnsOf(ctx, ctx.builder.ml('ml.expression', [value], { expressions: all, type: 'number' }))
}

/** scipy.special.inv_boxcox; the inverse of Yeo–Johnson (sklearn/preprocessing/_data.py). */
function inversePower(ctx: LoweringContext, transformer: PyView, columns: Columns): Columns {
  const lambdas = vector(transformer.attr('lambdas_'))
  const unscaled = flag(transformer, 'standardize', true) ? inverse(ctx, transformer.attr('_scaler'), columns) : columns
  const isBoxCox = transformer.attr('method').value === 'box-cox'
  const root = (x: Expression, lambda: number): Expression =>
    Math.abs(lambda) < Number.EPSILON
      ? apply('expm1', x)
      : apply('-', apply('pow', apply('+', apply('*', x, number(lambda)), number(1)), number(1 / lambda)), number(1))
  return expressions(ctx, unscaled, (x, i) => {
    const lambda = lambdas[i] as number
    if (isBoxCox) return apply('+', root(x, lambda), number(1))
    const negative = apply('-', number(0), root(apply('-', number(0), x), 2 - lambda))
    return apply('if', apply('greaterOrEqual', x, number(0)), root(x, lambda), negative)
  })
}

function inverseQuantile(ctx: LoweringContext, transformer: PyView, columns: Columns): Columns {
  const references = [...vector(transformer.attr('references_'))]
  const quantiles = transformer.attr('quantiles_').float64()
  const width = quantiles.shape[1] ?? 1
  const isNormal = transformer.attr('output_distribution').value === 'normal'
  return expressions(ctx, columns, (x, i) => ({
    kind: 'interpolate',
    arg: isNormal ? apply('stdNormalCDF', x) : x,
    x: references,
    y: references.map((_, r) => quantiles.data[r * width + i] as number),
    outliers: 'clamp',
  }))
}

/** sklearn/compose/_target.py. */
function transformedTarget(ctx: LoweringContext, estimator: PyView, columns: Columns): Prediction {
  const value = asValue(ctx, ctx.predict(estimator.attr('regressor_'), columns), 'The regressor')
  const transformer = estimator.optional('transformer_')
  if (transformer === undefined) return { kind: 'values', value }
  const [result] = inverse(ctx, transformer, columnsOf(ctx, value))
  return { kind: 'values', value: (result as { value: string }).value }
}

export const wrappers: readonly EstimatorLowering[] = [
  delegate('sklearn.GridSearchCV', memberOf),
  delegate('sklearn.RandomizedSearchCV', memberOf),
  delegate('sklearn.HalvingGridSearchCV', memberOf),
  delegate('sklearn.HalvingRandomSearchCV', memberOf),
  delegate('sklearn.RANSACRegressor', memberOf),
  delegate('sklearn.SelfTrainingClassifier', memberOf),
  delegate('sklearn.FrozenEstimator', (e) => e.attr('estimator')),
  delegate('sklearn2pmml.EstimatorProxy', (e) => e.attr('estimator')),
  delegate('sklearn2pmml.Alias', (e) => e.optional('transformer_') ?? e.attr('transformer')),
  delegate('sklearn2pmml.MultiAlias', (e) => e.optional('transformer_') ?? e.attr('transformer')),
  delegate('sklearn2pmml.BusinessDecisionTransformer', (e) => e.attr('transformer_')),
  {
    operator: 'sklearn.TransformedTargetRegressor',
    produces: ['ml.scale', 'ml.expression'],
    predict: transformedTarget,
  },
]
