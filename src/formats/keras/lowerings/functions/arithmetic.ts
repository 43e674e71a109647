import type { ValueName } from '../../../../core/ir/builder.ts'
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
