import type { GraphBuilder, ValueName } from '../../../../../../core/ir/builder.ts'
import type { ExpressionFunction } from '../../../../../../core/ops/ml/expression.ts'
import type { EmitContext } from '../../../emitter.ts'
import { scalar } from '../constants.ts'
import { add, div, mul, sub, where } from '../math/elementary.ts'
import { asNumber, numberValue, type ScalarValue } from './scalar-value.ts'

type Emit = (ctx: EmitContext, args: readonly ScalarValue[]) => ScalarValue

interface Row {
  readonly g: GraphBuilder
  /** The arguments side by side, [N, n]. */
  readonly x: ValueName
  readonly missing: ValueName
  /** How many are present, [N, 1]. */
  readonly count: ValueName
}

/** An aggregate over the arguments that are present; missing where none is. */
const aggregate =
  (compute: (row: Row) => ValueName): Emit =>
  (ctx, args) => {
    const g = ctx.graph
    const x = sideBySide(ctx, args)
    const missing = g.op('IsNaN', [x])
    const present = g.op('Cast', [g.op('Not', [missing])], { to: 'float64' })
    const count = reduce(g, 'ReduceSum', present)
    const value = compute({ g, x, missing, count })
    return numberValue(where(g, g.op('Equal', [count, scalar(g, 0)]), scalar(g, Number.NaN), value))
  }

/** Columns and constants as one matrix: constants take the rows of the columns. */
function sideBySide(ctx: EmitContext, args: readonly ScalarValue[]): ValueName {
  const g = ctx.graph
  const column = args.find((arg) => arg.constant === undefined)
  const shape = column ? g.op('Shape', [column.value]) : undefined
  const parts = args.map((arg) => {
    const value = asNumber(ctx, arg)
    return arg.constant !== undefined && shape ? g.op('Expand', [value, shape]) : value
  })
  return parts.length === 1 ? (parts[0] as ValueName) : g.op('Concat', parts, { axis: 1 })
}

const reduce = (g: GraphBuilder, op: string, x: ValueName) => g.op(op, [x, g.int64([1])], { keepdims: 1 })

/** The reduction with missing values replaced by what leaves it alone. */
const without =
  (op: string, neutral: number) =>
  ({ g, x, missing }: Row) =>
    reduce(g, op, where(g, missing, scalar(g, neutral), x))

/** The mean of the two middle elements; missing ones are sorted to the end. */
function median({ g, x, missing, count }: Row): ValueName {
  const last = g.op('Shape', [x], { start: 1 })
  const [sorted] = g.ops(
    'TopK',
    [where(g, missing, scalar(g, Infinity), x), last],
    { axis: 1, largest: 0, sorted: 1 },
    { outputs: 2 },
  )
  const at = (position: ValueName) => {
    const index = g.op('Cast', [g.op('Max', [g.op('Floor', [position]), scalar(g, 0)])], { to: 'int64' })
    return g.op('GatherElements', [sorted as ValueName, index], { axis: 1 })
  }
  const half = mul(g, count, scalar(g, 0.5))
  const lower = at(sub(g, half, scalar(g, 0.5)))
  const upper = at(g.op('Min', [half, sub(g, g.op('Cast', [last], { to: 'float64' }), scalar(g, 1))]))
  return mul(g, add(g, lower, upper), scalar(g, 0.5))
}

export const AGGREGATE_FUNCTIONS: Readonly<Partial<Record<ExpressionFunction, Emit>>> = {
  min: aggregate(without('ReduceMin', Infinity)),
  max: aggregate(without('ReduceMax', -Infinity)),
  sum: aggregate(without('ReduceSum', 0)),
  product: aggregate(without('ReduceProd', 1)),
  avg: aggregate((row) => div(row.g, without('ReduceSum', 0)(row), row.count)),
  median: aggregate(median),
}
