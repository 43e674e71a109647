import type { ValueName } from '../../../../../../core/ir/builder.ts'
import type { Category } from '../../../../../../core/ir/model.ts'
import { tensorOf } from '../../../../../../core/ir/tensor.ts'
import type { Expression, ExpressionType } from '../../../../../../core/ops/ml/expression.ts'
import type { EmitContext } from '../../../emitter.ts'
import { categories, row, scalar } from '../constants.ts'
import { lookup } from '../lookup.ts'
import { add, div, mul, sub, where } from '../math/elementary.ts'
import { asNumber, missingOf, numberValue, replaced, type ScalarValue, textValue } from './scalar-value.ts'

type Of<K extends Expression['kind']> = Extract<Expression, { kind: K }>

const typed = (value: ValueName, type: ExpressionType): ScalarValue =>
  type === 'string' ? textValue(value) : numberValue(value)

export function emitLookup(ctx: EmitContext, expression: Of<'lookup'>, arg: ScalarValue): ScalarValue {
  const missing = missingOf(expression.type)
  const column = arg.type === 'string' ? arg.value : asNumber(ctx, arg)
  const value = lookup(ctx, column, {
    ...expression,
    otherwise: expression.defaultValue ?? missing,
    missing: expression.mapMissingTo ?? missing,
    type: expression.type === 'string' ? 'string' : 'float64',
  })
  return typed(value, expression.type)
}

/** All bins are tested at once; a last one that holds everything stands for the default. ArgMax finds the first that holds. */
export function emitDiscretize(ctx: EmitContext, expression: Of<'discretize'>, arg: ScalarValue): ScalarValue {
  const g = ctx.graph
  const x = asNumber(ctx, arg)
  const missing = missingOf(expression.type)
  const bins = [
    ...expression.bins,
    { low: -Infinity, high: Infinity, closedLow: true, closedHigh: true, value: expression.defaultValue ?? missing },
  ]
  const flags = (of: (bin: (typeof bins)[number]) => boolean) =>
    g.constant(
      tensorOf(
        'bool',
        [1, bins.length],
        Uint8Array.from(bins, (bin) => (of(bin) ? 1 : 0)),
      ),
    )
  const low = row(
    g,
    bins.map((bin) => bin.low),
    'float64',
  )
  const high = row(
    g,
    bins.map((bin) => bin.high),
    'float64',
  )
  const atLow = g.op('And', [g.op('Equal', [x, low]), flags((bin) => bin.closedLow)])
  const atHigh = g.op('And', [g.op('Equal', [x, high]), flags((bin) => bin.closedHigh)])
  const above = g.op('Or', [g.op('Greater', [x, low]), atLow])
  const below = g.op('Or', [g.op('Less', [x, high]), atHigh])
  const holds = g.op('Cast', [g.op('And', [above, below])], { to: 'int32' })
  const index = g.op('ArgMax', [holds], { axis: 1, keepdims: 1 })
  const values = bins.map((bin): Category => bin.value)
  const table = g.constant(categories(values, expression.type === 'string' ? 'string' : 'float64'))
  const value = typed(g.op('Gather', [table, index], { axis: 0 }), expression.type)
  return replaced(ctx, value, g.op('IsNaN', [x]), expression.mapMissingTo ?? missing)
}

/** The segment is found by counting the inner points to the left; the last segments go on unless outliers say otherwise. */
export function emitInterpolate(ctx: EmitContext, expression: Of<'interpolate'>, arg: ScalarValue): ScalarValue {
  const g = ctx.graph
  const value = asNumber(ctx, arg)
  const { outliers } = expression
  const points = expression.x.map((x, i) => ({ x, y: expression.y[i] as number }))
  const [first, last] = [points[0] as Point, points.at(-1) as Point]
  const x = outliers === 'clamp' ? g.op('Clip', [value, g.float64([first.x], []), g.float64([last.x], [])]) : value
  const isMissing = g.op('IsNaN', [value])
  let y = points.length === 1 ? where(g, isMissing, value, scalar(g, first.y)) : onSegments(ctx, x, points)
  if (outliers === 'missing') {
    const outside = g.op('Or', [g.op('Less', [x, scalar(g, first.x)]), g.op('Greater', [x, scalar(g, last.x)])])
    y = where(g, outside, scalar(g, Number.NaN), y)
  }
  return expression.mapMissingTo === undefined
    ? numberValue(y)
    : replaced(ctx, numberValue(y), isMissing, expression.mapMissingTo)
}

interface Point {
  readonly x: number
  readonly y: number
}

function onSegments(ctx: EmitContext, x: ValueName, points: readonly Point[]): ValueName {
  const g = ctx.graph
  const starts = points.slice(0, -1)
  const ends = points.slice(1)
  const inner = starts.slice(1).map((point) => point.x)
  const passed =
    inner.length === 0
      ? mul(g, x, scalar(g, 0))
      : g.op('Cast', [g.op('Greater', [x, row(g, inner, 'float64')])], { to: 'float64' })
  const count =
    inner.length === 0
      ? where(g, g.op('IsNaN', [passed]), scalar(g, 0), passed)
      : g.op('ReduceSum', [passed, g.int64([1])], { keepdims: 1 })
  const index = g.op('Cast', [count], { to: 'int64' })
  const of = (values: readonly number[]) => g.op('Gather', [g.float64(values), index], { axis: 0 })
  const x0 = of(starts.map((point) => point.x))
  const width = of(ends.map((point, i) => point.x - (starts[i] as Point).x || 1))
  const y0 = of(starts.map((point) => point.y))
  const height = of(ends.map((point, i) => (point.x === (starts[i] as Point).x ? 0 : point.y - (starts[i] as Point).y)))
  return add(g, y0, mul(g, div(g, sub(g, x, x0), width), height))
}
