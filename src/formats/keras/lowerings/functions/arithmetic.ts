import type { ValueName } from '../../../../core/ir/builder.ts'
import { isFloat } from '../../../../core/ir/dtype.ts'
import type { KerasLowering } from '../lowering.ts'
import { unitLength } from '../normalization.ts'
import { type FunctionCall, fn } from './function-call.ts'

/** Names of a function of tf.math that Keras 2 may have recorded. */
const math = (...names: string[]) => names.flatMap((name) => [`tf.math.${name}`, `tf.${name}`])
const operator = (name: string) => `tf.__operators__.${name}`

const LEFT = ['x', 'x1', 'a', 'input'] as const
const RIGHT = ['y', 'x2', 'b'] as const

const binary = (op: string) => (call: FunctionCall) =>
  call.ctx.op(op, [call.operand(0, ...LEFT), call.operand(1, ...RIGHT)])

const unary = (op: string) => (call: FunctionCall) => call.ctx.op(op, [call.operand(0, ...LEFT)])

const BINARY: readonly (readonly [op: string, ...names: string[]])[] = [
  ['Add', 'ops.Add', ...math('add'), operator('add'), operator('radd')],
  ['Sub', 'ops.Subtract', ...math('subtract'), operator('sub')],
  ['Mul', 'ops.Multiply', ...math('multiply'), operator('mul'), operator('rmul')],
  ['Div', 'ops.TrueDivide', 'ops.Divide', ...math('truediv', 'divide'), operator('truediv')],
  ['Pow', 'ops.Power', ...math('pow'), operator('pow')],
  ['Max', 'ops.Maximum', ...math('maximum')],
  ['Min', 'ops.Minimum', ...math('minimum')],
  ['Greater', 'ops.Greater', ...math('greater'), operator('gt')],
  ['GreaterOrEqual', 'ops.GreaterEqual', ...math('greater_equal'), operator('ge')],
  ['Less', 'ops.Less', ...math('less'), operator('lt')],
  ['LessOrEqual', 'ops.LessEqual', ...math('less_equal'), operator('le')],
  ['Equal', 'ops.Equal', ...math('equal'), operator('eq')],
  ['And', 'ops.LogicalAnd', ...math('logical_and')],
  ['Or', 'ops.LogicalOr', ...math('logical_or')],
]

const UNARY: readonly (readonly [op: string, ...names: string[]])[] = [
  ['Abs', 'ops.Absolute', ...math('abs')],
  ['Neg', 'ops.Negative', ...math('negative'), operator('neg')],
  ['Exp', 'ops.Exp', ...math('exp')],
  ['Log', 'ops.Log', ...math('log')],
  ['Sqrt', 'ops.Sqrt', ...math('sqrt')],
  ['Sin', 'ops.Sin', ...math('sin')],
  ['Cos', 'ops.Cos', ...math('cos')],
  ['Tan', 'ops.Tan', ...math('tan')],
  ['Sinh', 'ops.Sinh', ...math('sinh')],
  ['Cosh', 'ops.Cosh', ...math('cosh')],
  ['Asin', 'ops.Arcsin', ...math('asin')],
  ['Acos', 'ops.Arccos', ...math('acos')],
  ['Atan', 'ops.Arctan', ...math('atan')],
  ['Floor', 'ops.Floor', ...math('floor')],
  ['Ceil', 'ops.Ceil', ...math('ceil')],
  ['Round', 'ops.Round', ...math('round')],
  ['Sign', 'ops.Sign', ...math('sign')],
  ['Reciprocal', 'ops.Reciprocal', ...math('reciprocal')],
  ['Erf', 'ops.Erf', ...math('erf')],
  ['IsNaN', 'ops.Isnan', ...math('is_nan')],
  ['IsInf', 'ops.Isinf', ...math('is_inf')],
  ['Not', 'ops.LogicalNot', ...math('logical_not')],
]

function square(call: FunctionCall): ValueName {
  const x = call.operand(0, ...LEFT)
  return call.ctx.op('Mul', [x, x])
}

function clip(call: FunctionCall): ValueName {
  const { ctx } = call
  const bound = (index: number, ...names: string[]) => ctx.scalar(call.number(index, names, Number.NaN))
  return ctx.op('Clip', [
    call.operand(0, 'x', 't'),
    bound(1, 'x_min', 'clip_value_min'),
    bound(2, 'x_max', 'clip_value_max'),
  ])
}

function where(call: FunctionCall): ValueName {
  const { ctx } = call
  const condition = ctx.cast(call.operand(0, 'condition'), 'bool')
  return ctx.op('Where', [condition, call.operand(1, 'x', 'x1'), call.operand(2, 'y', 'x2')])
}

/** The remainder that has the sign of the divisor. */
function remainder(call: FunctionCall): ValueName {
  const { ctx } = call
  const [x, y] = [call.operand(0, ...LEFT), call.operand(1, ...RIGHT)]
  const { dtype } = ctx.hub.type(x)
  if (dtype !== null && !isFloat(dtype)) return ctx.op('Mod', [x, y])
  return ctx.op('Sub', [x, ctx.op('Mul', [ctx.op('Floor', [ctx.op('Div', [x, y])]), y])])
}

/** log(eᵃ + eᵇ) */
function logAddExp(call: FunctionCall): ValueName {
  const { ctx } = call
  const [a, b] = [call.operand(0, ...LEFT), call.operand(1, ...RIGHT)]
  const less = ctx.op('Exp', [ctx.op('Neg', [ctx.op('Abs', [ctx.op('Sub', [a, b])])])])
  return ctx.op('Add', [ctx.op('Max', [a, b]), ctx.op('Log', [ctx.op('Add', [less, ctx.scalar(1)])])])
}

/** The angle of (x, y): atan(y / x), half a turn further where x is negative; 0 in the origin. */
function arctan2(call: FunctionCall): ValueName {
  const { ctx } = call
  const [y, x] = [call.operand(0, 'x1', 'y'), call.operand(1, 'x2', 'x')]
  const zero = ctx.scalar(0)
  const angle = ctx.op('Atan', [ctx.op('Div', [y, x])])
  const isUp = ctx.op('GreaterOrEqual', [y, zero])
  const turned = ctx.op('Add', [angle, ctx.op('Where', [isUp, ctx.scalar(Math.PI), ctx.scalar(-Math.PI)])])
  const isOrigin = ctx.op('And', [ctx.op('Equal', [x, zero]), ctx.op('Equal', [y, zero])])
  return ctx.op('Where', [isOrigin, zero, ctx.op('Where', [ctx.op('Less', [x, zero]), turned, angle])])
}

/** Numbers in place of NaN and the infinities. */
function nanToNum(call: FunctionCall): ValueName {
  const { ctx } = call
  const x = call.operand(0, ...LEFT)
  const largest = ctx.dtype === 'float64' ? Number.MAX_VALUE : 3.4028234663852886e38
  const number = ctx.op('Where', [ctx.op('IsNaN', [x]), ctx.scalar(call.number(1, ['nan'], 0)), x])
  const [low, high] = [call.number(3, ['neginf'], -largest), call.number(2, ['posinf'], largest)]
  return ctx.op('Clip', [number, ctx.scalar(low), ctx.scalar(high)])
}

function l2Normalize(call: FunctionCall): ValueName {
  const { ctx } = call
  const x = call.operand(0, 'x')
  if (call.number(2, ['order'], 2) !== 2) ctx.block('only the order 2 is supported')
  const axes = call.integers(1, 'axis', 'dim') ?? [-1]
  const rank = ctx.rank(x)
  return unitLength(
    ctx,
    x,
    axes.map((axis) => ctx.axis(axis, rank)),
  )
}

/** Functions of numbers, element by element. */
export const arithmeticFunctions: readonly KerasLowering[] = [
  ...BINARY.flatMap(([op, ...names]) => fn(names, [op], binary(op))),
  ...UNARY.flatMap(([op, ...names]) => fn(names, [op], unary(op))),
  ...fn(['tf.nn.bias_add'], ['Add'], (call) => {
    if (String(call.setting(2, 'data_format') ?? 'N..C').endsWith('C')) {
      return call.ctx.op('Add', [call.operand(0, 'value'), call.operand(1, 'bias')])
    }
    return call.ctx.block('its channels come first', 'Use channels_last.')
  }),
  ...fn(['ops.Square', ...math('square')], ['Mul'], square),
  ...fn(['ops.NotEqual', ...math('not_equal'), operator('ne')], ['Equal', 'Not'], (call) =>
    call.ctx.op('Not', [binary('Equal')(call)]),
  ),
  ...fn(['ops.Rsqrt', ...math('rsqrt')], ['Sqrt', 'Reciprocal'], (call) =>
    call.ctx.op('Reciprocal', [unary('Sqrt')(call)]),
  ),
  ...fn(['ops.Log1p', ...math('log1p')], ['Add', 'Log'], (call) =>
    call.ctx.op('Log', [call.ctx.op('Add', [call.operand(0, ...LEFT), call.ctx.scalar(1)])]),
  ),
  ...fn(['ops.Expm1', ...math('expm1')], ['Exp', 'Sub'], (call) =>
    call.ctx.op('Sub', [unary('Exp')(call), call.ctx.scalar(1)]),
  ),
  ...fn(['ops.Mod', ...math('floormod', 'mod'), operator('mod')], ['Div', 'Floor', 'Mul', 'Sub', 'Mod'], remainder),
  ...fn(['ops.Logaddexp'], ['Max', 'Sub', 'Abs', 'Neg', 'Exp', 'Log', 'Add'], logAddExp),
  ...fn(
    ['ops.Arctan2', ...math('atan2')],
    ['Div', 'Atan', 'GreaterOrEqual', 'Less', 'Where', 'Add', 'Equal', 'And'],
    arctan2,
  ),
  ...fn(['ops.Isfinite', ...math('is_finite')], ['IsNaN', 'IsInf', 'Or', 'Not'], (call) =>
    call.ctx.op('Not', [call.ctx.op('Or', [unary('IsNaN')(call), unary('IsInf')(call)])]),
  ),
  ...fn(['ops.NanToNum'], ['IsNaN', 'Where', 'Clip'], nanToNum),
  ...fn(['ops.FloorDivide', ...math('floordiv'), operator('floordiv')], ['Div', 'Floor'], (call) =>
    call.ctx.op('Floor', [binary('Div')(call)]),
  ),
  ...fn(['ops.Clip', 'tf.clip_by_value'], ['Clip'], clip),
  ...fn(['ops.Where', 'tf.where', 'tf.compat.v1.where'], ['Where'], where),
  ...fn(
    ['ops.Normalize', ...math('l2_normalize'), 'tf.nn.l2_normalize'],
    ['ReduceSum', 'Mul', 'Max', 'Sqrt', 'Div'],
    l2Normalize,
  ),
]
