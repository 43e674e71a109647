import type { GraphBuilder, ValueName } from '../../../../../../core/ir/builder.ts'
import type { ExpressionFunction } from '../../../../../../core/ops/ml/expression.ts'
import { FUNCTIONS } from '../../../../../../core/ops/ml/expression-functions.ts'
import type { EmitContext } from '../../../emitter.ts'
import { scalar } from '../constants.ts'
import {
  add,
  arccosine,
  arcsine,
  arctangent,
  decimalLogarithm,
  div,
  expMinusOne,
  hyperbolicCosine,
  hyperbolicSine,
  logOnePlus,
  mul,
  roundHalfUp,
  sub,
  tangent,
} from '../math/elementary.ts'
import { errorFunction, normalDensity, normalDistribution, normalQuantile } from '../math/error-function.ts'
import { asNumber, numberValue, type ScalarValue } from './scalar-value.ts'

type Emit = (ctx: EmitContext, args: readonly ScalarValue[]) => ScalarValue

const unary =
  (compute: (g: GraphBuilder, x: ValueName) => ValueName): Emit =>
  (ctx, [x]) =>
    numberValue(compute(ctx.graph, asNumber(ctx, x as ScalarValue)))

const binary =
  (compute: (g: GraphBuilder, x: ValueName, y: ValueName) => ValueName): Emit =>
  (ctx, [x, y]) =>
    numberValue(compute(ctx.graph, asNumber(ctx, x as ScalarValue), asNumber(ctx, y as ScalarValue)))

const operator = (op: string) => unary((g, x) => g.op(op, [x]))

/** A date's distance to January 1st of a constant year. */
const sinceYear =
  (name: 'dateDaysSinceYear' | 'dateSecondsSinceYear'): Emit =>
  (ctx, [date, year]) => {
    if (year?.constant === undefined) return ctx.block(`the year of ${name} is not a constant`)
    const start = -Number(FUNCTIONS[name]([0, year.constant]))
    return numberValue(sub(ctx.graph, asNumber(ctx, date as ScalarValue), scalar(ctx.graph, start)))
  }

const remainder = (g: GraphBuilder, x: ValueName, y: ValueName) => sub(g, x, mul(g, g.op('Floor', [div(g, x, y)]), y))

/** Functions of numbers, in float64. */
export const NUMBER_FUNCTIONS: Readonly<Partial<Record<ExpressionFunction, Emit>>> = {
  '+': binary(add),
  '-': binary(sub),
  '*': binary(mul),
  '/': binary(div),
  log10: unary(decimalLogarithm),
  ln: operator('Log'),
  ln1p: unary(logOnePlus),
  expm1: unary(expMinusOne),
  sqrt: operator('Sqrt'),
  abs: operator('Abs'),
  exp: operator('Exp'),
  pow: binary((g, x, y) => g.op('Pow', [x, y])),
  threshold: binary((g, x, y) => g.op('Cast', [g.op('Greater', [x, y])], { to: 'float64' })),
  floor: operator('Floor'),
  ceil: operator('Ceil'),
  round: unary(roundHalfUp),
  rint: operator('Round'),
  modulo: binary(remainder),
  sin: operator('Sin'),
  asin: unary(arcsine),
  sinh: unary(hyperbolicSine),
  cos: operator('Cos'),
  acos: unary(arccosine),
  cosh: unary(hyperbolicCosine),
  tan: unary(tangent),
  atan: unary(arctangent),
  tanh: operator('Tanh'),
  hypot: binary((g, x, y) => g.op('Sqrt', [add(g, mul(g, x, x), mul(g, y, y))])),
  erf: unary(errorFunction),
  stdNormalCDF: unary(normalDistribution),
  stdNormalPDF: unary(normalDensity),
  stdNormalIDF: unary(normalQuantile),
  dateDaysSinceYear: sinceYear('dateDaysSinceYear'),
  dateSecondsSinceYear: sinceYear('dateSecondsSinceYear'),
  dateSecondsSinceMidnight: unary((g, x) => remainder(g, x, scalar(g, 86_400))),
  'x-float': unary((g, x) => g.op('Cast', [g.op('Cast', [x], { to: 'float32' })], { to: 'float64' })),
}
