import type { MlAttributes } from '../../../core/ops/ml/attributes.ts'
import type { PyView } from '../../../encodings/pickle/view.ts'
import { columnsOf, numericMatrix, renamed, TABLE_OPS } from './columns.ts'
import type { EstimatorLowering } from './context.ts'
import { flag, vector } from './estimator.ts'

type Scale = MlAttributes['ml.scale']

/** One row: how an estimator's attributes become y = clip(((x − center) / divisor) · factor + shift). */
const scaler = (name: string, attributes: (estimator: PyView) => Scale): EstimatorLowering => ({
  operator: `sklearn.${name}`,
  produces: [...TABLE_OPS, 'ml.scale'],
  transform: (ctx, estimator, columns) => {
    const scale = attributes(estimator)
    if (Object.keys(scale).length === 0) return columns
    const names = columns.map((column) => column.name)
    const value = ctx.builder.ml('ml.scale', [numericMatrix(ctx, columns)], scale)
    return renamed(columnsOf(ctx, value), names)
  },
})

function given<K extends string>(key: K, estimator: PyView, enabled: boolean, ...names: [string, ...string[]]) {
  const view = enabled ? names.map((name) => estimator.optional(name)).find((v) => v !== undefined) : undefined
  return view === undefined ? {} : ({ [key]: vector(view) } as Record<K, Float64Array>)
}

function minMax(estimator: PyView): Scale {
  const [low, high] = estimator
    .attr('feature_range')
    .items()
    .map((item) => item.number())
  return {
    factor: vector(estimator.attr('scale_')),
    shift: vector(estimator.attr('min_')),
    ...(flag(estimator, 'clip', false) ? { clip: [low ?? 0, high ?? 1] as const } : {}),
  }
}

/** sklearn/preprocessing/_data.py. `std_` is what 0.16 called `scale_`. */
export const scalers: readonly EstimatorLowering[] = [
  scaler('StandardScaler', (e) => ({
    ...given('center', e, flag(e, 'with_mean', true), 'mean_'),
    ...given('divisor', e, flag(e, 'with_std', true), 'scale_', 'std_'),
  })),
  scaler('RobustScaler', (e) => ({
    ...given('center', e, flag(e, 'with_centering', true), 'center_'),
    ...given('divisor', e, flag(e, 'with_scaling', true), 'scale_'),
  })),
  scaler('MinMaxScaler', minMax),
  scaler('MaxAbsScaler', (e) => ({
    ...given('divisor', e, true, 'scale_'),
    ...(flag(e, 'clip', false) ? { clip: [-1, 1] as const } : {}),
  })),
]
