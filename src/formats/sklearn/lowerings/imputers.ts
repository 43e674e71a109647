import type { Category } from '../../../core/ir/model.ts'
import { apply, column, type Expression, number, text as textConstant } from '../../../core/ops/ml/expression.ts'
import type { PyView } from '../../../encodings/pickle/view.ts'
import { type Column, type Columns, columnsOf, keyedTable, mixedTable, renamed, TABLE_OPS } from './columns.ts'
import type { EstimatorLowering, LoweringContext } from './context.ts'
import { derived } from './derived-columns.ts'
import { category, flag, isMissingValue } from './estimator.ts'

/** What stands for a missing value besides None and NaN; undefined when nothing does. */
function markerOf(imputer: PyView): Category | undefined {
  const view = imputer.optional('missing_values')
  if (view === undefined || view.isKind('global') || view.isKind('object')) return undefined
  const marker = category(view)
  return isMissingValue(marker) || marker === 'NaN' ? undefined : marker
}

/** Replaces missing values in each column; runs of columns of one kind are one operator. */
export function imputed(
  ctx: LoweringContext,
  columns: Columns,
  replacements: readonly Category[],
  missingValue: Category | undefined,
): Columns {
  const result: Column[] = []
  let start = 0
  while (start < columns.length) {
    const isText = typeof replacements[start] === 'string'
    let end = start + 1
    while (end < columns.length && (typeof replacements[end] === 'string') === isText) end++
    const table = keyedTable(
      ctx,
      columns.slice(start, end),
      Array.from({ length: end - start }, () => isText),
    )
    const value = ctx.builder.ml('ml.impute', [ctx.concat(sameType(ctx, table))], {
      replacements: replacements.slice(start, end),
      ...(missingValue === undefined ? {} : { missingValue }),
    })
    result.push(
      ...renamed(
        columnsOf(ctx, value),
        columns.slice(start, end).map((c) => c.name),
      ),
    )
    start = end
  }
  return result
}

function sameType(ctx: LoweringContext, values: readonly string[]): string[] {
  const dtypes = new Set(values.map((value) => ctx.builder.type(value).dtype))
  return dtypes.size === 1 ? [...values] : values.map((value) => ctx.cast(value, 'float64'))
}

/** Columns without an observed value have no statistic and are dropped (sklearn/impute/_base.py). */
function simpleImputer(ctx: LoweringContext, imputer: PyView, columns: Columns): Columns {
  const statistics = imputer.attr('statistics_').items().map(category)
  const keepsEmpty = flag(imputer, 'keep_empty_features', false)
  const kept = columns.flatMap((_, i) => (isMissingValue(statistics[i] as Category) && !keepsEmpty ? [] : [i]))
  const replacements = kept.map((i) => {
    const statistic = statistics[i] as Category
    return isMissingValue(statistic) && keepsEmpty ? 0 : statistic
  })
  const marker = markerOf(imputer)
  const result = imputed(
    ctx,
    kept.map((i) => columns[i] as Column),
    replacements,
    marker,
  )
  const indicator = flag(imputer, 'add_indicator', false) ? imputer.optional('indicator_') : undefined
  return indicator ? [...result, ...missingIndicator(ctx, indicator, columns)] : result
}

/** 1 where a value is missing, for the columns of `features_`. */
function missingIndicator(ctx: LoweringContext, indicator: PyView, columns: Columns): Columns {
  const features = indicator.attr('features_').integers().data
  if (features.length === 0) return []
  const selected = features.map((i) => columns[i] ?? indicator.fail(`there is no column ${i}`))
  const marker = markerOf(indicator)
  const expressions = selected.map((_, i): Expression => {
    const isMissing = apply('isMissing', column(i))
    if (marker === undefined) return isMissing
    const constant = typeof marker === 'string' ? textConstant(marker) : number(marker)
    return apply('or', isMissing, apply('equal', column(i), constant))
  })
  return derived(ctx, mixedTable(ctx, selected), expressions, 'boolean')
}

/** sklearn_pandas.CategoricalImputer: one column, most frequent or constant. */
function categoricalImputer(ctx: LoweringContext, imputer: PyView, columns: Columns): Columns {
  return imputed(
    ctx,
    columns,
    columns.map(() => category(imputer.attr('fill_'))),
    markerOf(imputer),
  )
}

export const imputers: readonly EstimatorLowering[] = [
  {
    operator: 'sklearn.SimpleImputer',
    produces: [...TABLE_OPS, 'ml.impute', 'ml.expression'],
    transform: simpleImputer,
  },
  { operator: 'sklearn.MissingIndicator', produces: [...TABLE_OPS, 'ml.expression'], transform: missingIndicator },
  {
    operator: 'sklearn_pandas.CategoricalImputer',
    produces: [...TABLE_OPS, 'ml.impute'],
    transform: categoricalImputer,
  },
]
