import { apply, column, type Expression, type Interval, number } from '../../../core/ops/ml/expression.ts'
import type { PyView } from '../../../encodings/pickle/view.ts'
import { type Columns, columnsOf, numericTable, TABLE_OPS } from './columns.ts'
import type { EstimatorLowering, LoweringContext } from './context.ts'
import { mapped } from './derived-columns.ts'
import { isFittedSince, requireSetting, vector } from './estimator.ts'

/** The number of inner edges at or below the value (numpy.searchsorted, side='right'). */
function binOf(x: Expression, edges: Float64Array): Expression {
  const inner = edges.slice(1, -1)
  const bins = Array.from(
    { length: inner.length + 1 },
    (_, i): Interval => ({
      low: inner[i - 1] ?? -Infinity,
      high: inner[i] ?? Infinity,
      closedLow: i > 0,
      closedHigh: false,
      value: i,
    }),
  )
  return { kind: 'discretize', arg: x, bins, type: 'number' }
}

/** Versions before 1.2 moved values up a little, so that those on an edge fall into the upper bin. */
function nudged(x: Expression): Expression {
  return apply('+', x, apply('+', number(1e-8), apply('*', number(1e-5), apply('abs', x))))
}

const nudges = (estimator: PyView): boolean => !isFittedSince(estimator, 1, 2)

/** sklearn/preprocessing/_discretization.py. */
function kBins(ctx: LoweringContext, estimator: PyView, columns: Columns): Columns {
  const encode = requireSetting(estimator, 'encode', ['onehot', 'onehot-dense', 'ordinal'], 'onehot')
  const edges = estimator.attr('bin_edges_').items().map(vector)
  const moves = nudges(estimator)
  const bins = mapped(ctx, columns, (i) => {
    const x = column(i)
    return binOf(moves ? nudged(x) : x, edges[i] as Float64Array)
  })
  if (encode === 'ordinal') return bins
  const encodings = edges.map((each) => {
    const keys = Array.from({ length: each.length - 1 }, (_, k) => k)
    return { keys, slots: keys, size: keys.length, unknownSlot: -1, missingSlot: -1 }
  })
  return columnsOf(ctx, ctx.builder.ml('ml.oneHot', numericTable(ctx, bins), { encodings }))
}

export const bins: readonly EstimatorLowering[] = [
  { operator: 'sklearn.KBinsDiscretizer', produces: [...TABLE_OPS, 'ml.expression', 'ml.oneHot'], transform: kBins },
]
