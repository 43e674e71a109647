import type { ValueName } from '../../../../core/ir/builder.ts'
import type { KerasLowering } from '../lowering.ts'
import { type FunctionCall, fn, OPERAND as X } from './function-call.ts'

/** Axes and `keepdims` of a call that reduces. */
function reduceWith(call: FunctionCall, op: string, x: ValueName): ValueName {
  const axes = call.integers(1, 'axis')
  return call.ctx.op(op, [x, ...(axes ? [call.ctx.ints(axes)] : [])], { keepdims: keepsAxes(call) ? 1 : 0 })
}

const keepsAxes = (call: FunctionCall) => call.flag(2, 'keepdims', 'keep_dims')

const reduce = (op: string) => (call: FunctionCall) => reduceWith(call, op, call.operand(0, ...X))

/** Whether some, or all, of the elements are not zero. */
const logical =
  (op: 'ReduceMax' | 'ReduceMin') =>
  (call: FunctionCall): ValueName => {
    const { ctx } = call
    const truth = ctx.cast(ctx.cast(call.operand(0, ...X), 'bool'), ctx.dtype)
    return ctx.cast(reduceWith(call, op, truth), 'bool')
  }

function countNonzero(call: FunctionCall): ValueName {
  const { ctx } = call
  return reduceWith(call, 'ReduceSum', ctx.cast(ctx.cast(call.operand(0, ...X), 'bool'), 'int64'))
}

/** The mean of the squared distances from the mean. */
function variance(call: FunctionCall): ValueName {
  const { ctx } = call
  const x = call.operand(0, ...X)
  const axes = call.integers(1, 'axis')
  const mean = ctx.op('ReduceMean', [x, ...(axes ? [ctx.ints(axes)] : [])], { keepdims: 1 })
  const distance = ctx.op('Sub', [x, mean])
  return reduceWith(call, 'ReduceMean', ctx.op('Mul', [distance, distance]))
}

/** The Euclidean norm, of vectors or of all elements, or the sum of the sizes. */
function norm(call: FunctionCall): ValueName {
  const { ctx } = call
  const x = call.operand(0, ...X)
  const order = call.setting(1, 'ord') ?? 'euclidean'
  const axes = call.integers(2, 'axis')
  const inputs = axes ? [ctx.ints(axes)] : []
  const keepdims = call.flag(3, 'keepdims') ? 1 : 0
  if (order === 1) return ctx.op('ReduceSum', [ctx.op('Abs', [x]), ...inputs], { keepdims })
  const isEuclidean = order === 'euclidean' || order === 'fro' || (order === 2 && axes?.length === 1)
  if (!isEuclidean) ctx.block(`its order ${order} is not supported`, 'Use the Euclidean norm.')
  return ctx.op('Sqrt', [ctx.op('ReduceSum', [ctx.op('Mul', [x, x]), ...inputs], { keepdims })])
}

const arg =
  (op: string) =>
  (call: FunctionCall): ValueName => {
    if (call.setting(1, 'axis') === undefined) call.ctx.block('it has no axis')
    const attributes = { axis: call.number(1, ['axis'], 0), keepdims: call.flag(2, 'keepdims') ? 1 : 0 }
    return call.ctx.op(op, [call.operand(0, ...X)], attributes)
  }

const REDUCTIONS: readonly (readonly [op: string, ...names: string[]])[] = [
  ['ReduceMean', 'ops.Mean', 'tf.math.reduce_mean', 'tf.reduce_mean'],
  ['ReduceSum', 'ops.Sum', 'tf.math.reduce_sum', 'tf.reduce_sum'],
  ['ReduceMax', 'ops.Max', 'ops.Amax', 'tf.math.reduce_max', 'tf.reduce_max'],
  ['ReduceMin', 'ops.Min', 'ops.Amin', 'tf.math.reduce_min', 'tf.reduce_min'],
  ['ReduceProd', 'ops.Prod', 'tf.math.reduce_prod', 'tf.reduce_prod'],
  ['ReduceLogSumExp', 'ops.Logsumexp', 'tf.math.reduce_logsumexp', 'tf.reduce_logsumexp'],
]

/** Functions that leave fewer axes. */
export const reductions: readonly KerasLowering[] = [
  ...REDUCTIONS.flatMap(([op, ...names]) => fn(names, [op], reduce(op))),
  ...fn(['ops.Any', 'tf.math.reduce_any', 'tf.reduce_any'], ['ReduceMax'], logical('ReduceMax')),
  ...fn(['ops.All', 'tf.math.reduce_all', 'tf.reduce_all'], ['ReduceMin'], logical('ReduceMin')),
  ...fn(['ops.CountNonzero', 'tf.math.count_nonzero'], ['ReduceSum'], countNonzero),
  ...fn(['ops.Var', 'tf.math.reduce_variance'], ['ReduceMean', 'Sub', 'Mul'], variance),
  ...fn(['ops.Std', 'tf.math.reduce_std'], ['ReduceMean', 'Sub', 'Mul', 'Sqrt'], (call) =>
    call.ctx.op('Sqrt', [variance(call)]),
  ),
  ...fn(['ops.Norm', 'tf.norm', 'tf.linalg.norm', 'tf.compat.v1.norm'], ['ReduceSum', 'Abs', 'Mul', 'Sqrt'], norm),
  ...fn(['ops.Argmax', 'tf.math.argmax', 'tf.argmax'], ['ArgMax'], arg('ArgMax')),
  ...fn(['ops.Argmin', 'tf.math.argmin', 'tf.argmin'], ['ArgMin'], arg('ArgMin')),
]
