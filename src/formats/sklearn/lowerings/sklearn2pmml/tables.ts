import { UnsupportedError } from '../../../../core/errors.ts'
import { apply, column, type ExpressionFunction, number } from '../../../../core/ops/ml/expression.ts'
import type { PyView } from '../../../../encodings/pickle/view.ts'
import { type Columns, numericTable, renamed, TABLE_OPS } from '../columns.ts'
import type { EstimatorLowering, LoweringContext } from '../context.ts'
import { derived, mapped } from '../derived-columns.ts'

/** Aggregates over the values of a row that are not missing. */
const AGGREGATES: Readonly<Record<string, ExpressionFunction>> = {
  avg: 'avg',
  mean: 'avg',
  max: 'max',
  min: 'min',
  product: 'product',
  prod: 'product',
  sum: 'sum',
}

function aggregate(ctx: LoweringContext, transformer: PyView, columns: Columns): Columns {
  const name = transformer.attr('function').string()
  const fn = AGGREGATES[name]
  if (!fn) throw new UnsupportedError(`function=${name} is not known`)
  return derived(ctx, numericTable(ctx, columns), [apply(fn, ...columns.map((_, i) => column(i)))])
}

/** Gives the columns names, by which later steps select them. */
const dataFrame = (_ctx: LoweringContext, estimator: PyView, columns: Columns): Columns =>
  renamed(
    columns,
    estimator
      .attr('columns')
      .items()
      .map((name) => String(name.value)),
  )

function power(ctx: LoweringContext, transformer: PyView, columns: Columns): Columns {
  const exponent = number(transformer.attr('power').number())
  return mapped(ctx, columns, (i) => apply('pow', column(i), exponent))
}

/** sklearn2pmml.util.Slicer: `X[:, columns]`. */
function slicer(_ctx: LoweringContext, estimator: PyView, columns: Columns): Columns {
  const start = estimator.optional('start')?.integer() ?? 0
  const stop = estimator.optional('stop')?.integer() ?? columns.length
  const step = estimator.optional('step')?.integer() ?? 1
  return columns.slice(start, stop).filter((_, i) => i % step === 0)
}

export const tables: readonly EstimatorLowering[] = [
  { operator: 'sklearn2pmml.AggregateTransformer', produces: [...TABLE_OPS, 'ml.expression'], transform: aggregate },
  { operator: 'sklearn2pmml.Aggregator', produces: [...TABLE_OPS, 'ml.expression'], transform: aggregate },
  { operator: 'sklearn2pmml.DataFrameConstructor', produces: [], transform: dataFrame },
  { operator: 'sklearn2pmml.PowerFunctionTransformer', produces: [...TABLE_OPS, 'ml.expression'], transform: power },
  { operator: 'sklearn2pmml.Slicer', produces: [], transform: slicer },
  { operator: 'sklearn2pmml.Reshaper', produces: [], transform: (_ctx, _estimator, columns) => columns },
]
