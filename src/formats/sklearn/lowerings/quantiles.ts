import { apply, column, type Expression, number } from '../../../core/ops/ml/expression.ts'
import type { PyView } from '../../../encodings/pickle/view.ts'
import { type Columns, TABLE_OPS } from './columns.ts'
import type { EstimatorLowering, LoweringContext } from './context.ts'
import { mapped } from './derived-columns.ts'
import { matrix, requireSetting, vector } from './estimator.ts'

/** sklearn.preprocessing._data.BOUNDS_THRESHOLD, and the normal quantiles of it (± one unit) that results are clipped to. */
const BOUNDS_THRESHOLD = 1e-7
const CLIP_LOW = -5.199337582605575
const CLIP_HIGH = 5.19933758270342

const interpolate = (arg: Expression, x: readonly number[], y: readonly number[]): Expression => ({
  kind: 'interpolate',
  arg,
  x,
  y,
  outliers: 'clamp',
})

const negated = (values: readonly number[]): number[] => values.map((value) => -value).reverse()

/** Interpolation in both directions, whose mean is the middle of the references of repeated quantiles. */
function rank(x: Expression, quantiles: readonly number[], references: readonly number[]): Expression {
  const up = interpolate(x, quantiles, references)
  if (quantiles.every((q, i) => i === 0 || q > (quantiles[i - 1] as number))) return up
  const down = interpolate(apply('-', number(0), x), negated(quantiles), negated(references))
  return apply('*', number(0.5), apply('-', up, down))
}

/** QuantileTransformer._transform_col of one column. */
function transformed(x: Expression, quantiles: number[], references: readonly number[], normal: boolean): Expression {
  const low = number(quantiles[0] as number)
  const high = number(quantiles.at(-1) as number)
  const threshold = number(BOUNDS_THRESHOLD)
  const isLow = normal ? apply('lessThan', apply('-', x, threshold), low) : apply('equal', x, low)
  const isHigh = normal ? apply('greaterThan', apply('+', x, threshold), high) : apply('equal', x, high)
  const inside = rank(x, quantiles, references)
  if (!normal) return apply('if', isLow, number(0), apply('if', isHigh, number(1), inside))
  const clipped = apply('max', number(CLIP_LOW), apply('min', number(CLIP_HIGH), apply('stdNormalIDF', inside)))
  return apply('if', isLow, number(CLIP_LOW), apply('if', isHigh, number(CLIP_HIGH), clipped))
}

function quantileTransformer(ctx: LoweringContext, estimator: PyView, columns: Columns): Columns {
  const distribution = requireSetting(estimator, 'output_distribution', ['uniform', 'normal'], 'uniform')
  const { rows, columns: width, data } = matrix(estimator.attr('quantiles_'))
  const references = [...vector(estimator.attr('references_'))]
  return mapped(ctx, columns, (i) => {
    const quantiles = Array.from({ length: rows }, (_, r) => data[r * width + i] as number)
    return transformed(column(i), quantiles, references, distribution === 'normal')
  })
}

export const quantiles: readonly EstimatorLowering[] = [
  {
    operator: 'sklearn.QuantileTransformer',
    produces: [...TABLE_OPS, 'ml.expression'],
    transform: quantileTransformer,
  },
]
