import type { ValueName } from '../../../../core/ir/builder.ts'
import type { DType } from '../../../../core/ir/dtype.ts'
import { isObject } from '../../reader/config.ts'
import type { KerasLowering } from '../lowering.ts'
import { type FunctionCall, fn } from './function-call.ts'
import { getItem } from './get-item.ts'

const X = ['x', 'a', 'tensor', 'input', 'input_tensor', 'value', 'values'] as const

const reduce =
  (op: string) =>
  (call: FunctionCall): ValueName => {
    const x = call.operand(0, ...X)
    const axes = call.integers(1, 'axis')
    const keepdims = call.flag(2, 'keepdims', 'keep_dims') ? 1 : 0
    return call.ctx.op(op, [x, ...(axes ? [call.ctx.ints(axes)] : [])], { keepdims })
  }

const arg =
  (op: string) =>
  (call: FunctionCall): ValueName => {
    if (call.setting(1, 'axis') === undefined) call.ctx.block('it has no axis')
    const attributes = { axis: call.number(1, ['axis'], 0), keepdims: call.flag(2, 'keepdims') ? 1 : 0 }
    return call.ctx.op(op, [call.operand(0, ...X)], attributes)
  }

/** Keras' shapes do not know 0 as "the same", but null and −1. */
function reshape(call: FunctionCall): ValueName {
  const target = call.setting(1, 'newshape', 'shape')
  if (!Array.isArray(target)) return call.ctx.block('its shape is computed', 'Give the shape as numbers.')
  const sizes = target.map((size) => (size === null ? -1 : size))
  if (!sizes.every((size) => typeof size === 'number'))
    return call.ctx.block('its shape is computed', 'Give the shape as numbers.')
  const x = call.operand(0, ...X)
  const isBatch = sizes[0] !== -1 && typeof call.ctx.shape(x)[0] !== 'number'
  if (isBatch) call.ctx.block('its shape fixes the size of a batch that is not fixed', 'Use −1 for the batch axis.')
  return call.ctx.op('Reshape', [x, call.ctx.ints(sizes as number[])])
}

function transpose(call: FunctionCall): ValueName {
  const x = call.operand(0, ...X)
  const reversed = Array.from(call.ctx.shape(x).keys()).reverse()
  return call.ctx.op('Transpose', [x], { perm: call.integers(1, 'axes', 'perm') ?? reversed })
}

function swapAxes(call: FunctionCall): ValueName {
  const x = call.operand(0, ...X)
  const rank = call.ctx.rank(x)
  const [a, b] = [call.number(1, ['axis1'], 0), call.number(2, ['axis2'], 0)].map((axis) =>
    call.ctx.axis(axis, rank),
  ) as [number, number]
  const perm = Array.from({ length: rank }, (_, i) => (i === a ? b : i === b ? a : i))
  return call.ctx.op('Transpose', [x], { perm })
}

function stack(call: FunctionCall): ValueName {
  const axis = call.number(1, ['axis'], 0)
  const parts = call.operands().map((x) => call.ctx.op('Unsqueeze', [x, call.ctx.ints([axis])]))
  return call.ctx.op('Concat', parts, { axis })
}

function split(call: FunctionCall): ValueName[] {
  const x = call.operand(0, ...X)
  const parts = call.setting(1, 'indices_or_sections', 'num_or_size_splits')
  const axis = call.ctx.axis(call.number(2, ['axis'], 0), call.ctx.rank(x))
  if (typeof parts === 'number') return call.ctx.ops('Split', [x], parts, { axis, num_outputs: parts })
  return call.ctx.block('it does not split into equal parts', 'Split into equal parts, or slice.')
}

function squeeze(call: FunctionCall): ValueName {
  const axes = call.integers(1, 'axis')
  return call.ctx.op('Squeeze', [call.operand(0, ...X), ...(axes ? [call.ctx.ints(axes)] : [])])
}

const CAST_TYPES: ReadonlySet<string> = new Set<DType>([
  'float32',
  'float64',
  'int32',
  'int64',
  'uint8',
  'int8',
  'bool',
])

function cast(call: FunctionCall): ValueName {
  const value = call.setting(1, 'dtype')
  const name = isObject(value) && isObject(value['config']) ? value['config']['name'] : value
  // The half precisions are computed in float32.
  const to = name === 'float16' || name === 'bfloat16' ? 'float32' : String(name)
  if (!CAST_TYPES.has(to)) call.ctx.block(`it casts to ${to}`)
  return call.ctx.op('Cast', [call.operand(0, ...X)], { to })
}

function matmul(call: FunctionCall): ValueName {
  const { ctx } = call
  const side = (index: number, names: readonly string[], transposed: boolean) => {
    const x = call.operand(index, ...names)
    if (!transposed) return x
    const axes = Array.from(ctx.shape(x).keys())
    const last = axes.length
    return ctx.op('Transpose', [x], { perm: [...axes.slice(0, -2), last - 1, last - 2] })
  }
  for (const option of ['adjoint_a', 'adjoint_b', 'a_is_sparse', 'b_is_sparse']) {
    if (ctx.kwargs[option] === true) ctx.block(`its ${option} is not supported`)
  }
  return ctx.op('MatMul', [
    side(0, ['x1', 'a', 'x'], ctx.kwargs['transpose_a'] === true),
    side(1, ['x2', 'b', 'y'], ctx.kwargs['transpose_b'] === true),
  ])
}

function take(call: FunctionCall): ValueName {
  const x = call.operand(0, 'x', 'params')
  const axis = call.number(2, ['axis'], 0)
  return call.ctx.op('Gather', [x, call.ctx.cast(call.operand(1, 'indices'), 'int64')], { axis })
}

function tile(call: FunctionCall): ValueName {
  const repeats = call.integers(1, 'repeats', 'multiples') ?? []
  const x = call.operand(0, ...X)
  if (repeats.length !== call.ctx.rank(x)) call.ctx.block('it does not say for every axis how often to repeat')
  return call.ctx.op('Tile', [x, call.ctx.ints(repeats)])
}

const identity = (call: FunctionCall) => call.operand(0, ...X)

const REDUCTIONS: readonly (readonly [op: string, ...names: string[]])[] = [
  ['ReduceMean', 'ops.Mean', 'tf.math.reduce_mean', 'tf.reduce_mean'],
  ['ReduceSum', 'ops.Sum', 'tf.math.reduce_sum', 'tf.reduce_sum'],
  ['ReduceMax', 'ops.Max', 'ops.Amax', 'tf.math.reduce_max', 'tf.reduce_max'],
  ['ReduceMin', 'ops.Min', 'ops.Amin', 'tf.math.reduce_min', 'tf.reduce_min'],
  ['ReduceProd', 'ops.Prod', 'tf.math.reduce_prod', 'tf.reduce_prod'],
  ['ReduceLogSumExp', 'ops.Logsumexp', 'tf.math.reduce_logsumexp', 'tf.reduce_logsumexp'],
]

/** Functions that move, join and reduce. */
export const shapeFunctions: readonly KerasLowering[] = [
  ...REDUCTIONS.flatMap(([op, ...names]) => fn(names, [op], reduce(op))),
  ...fn(['ops.Argmax', 'tf.math.argmax', 'tf.argmax'], ['ArgMax'], arg('ArgMax')),
  ...fn(['ops.Argmin', 'tf.math.argmin', 'tf.argmin'], ['ArgMin'], arg('ArgMin')),
  ...fn(['ops.Reshape', 'tf.reshape'], ['Reshape'], reshape),
  ...fn(['ops.Transpose', 'tf.transpose', 'tf.compat.v1.transpose'], ['Transpose'], transpose),
  ...fn(['ops.Swapaxes'], ['Transpose'], swapAxes),
  ...fn(['ops.Concatenate', 'tf.concat'], ['Concat'], (call) =>
    call.ctx.op('Concat', call.operands(), { axis: call.number(1, ['axis'], -1) }),
  ),
  ...fn(['ops.Stack', 'tf.stack'], ['Unsqueeze', 'Concat'], stack),
  ...fn(['ops.Split', 'tf.split'], ['Split'], split),
  ...fn(['ops.ExpandDims', 'tf.expand_dims'], ['Unsqueeze'], (call) =>
    call.ctx.op('Unsqueeze', [call.operand(0, ...X), call.ctx.ints(call.integers(1, 'axis') ?? [0])]),
  ),
  ...fn(['ops.Squeeze', 'tf.squeeze', 'tf.compat.v1.squeeze'], ['Squeeze'], squeeze),
  ...fn(['ops.Cast', 'tf.cast'], [], cast),
  ...fn(['ops.Matmul', 'tf.linalg.matmul', 'tf.matmul'], ['MatMul', 'Transpose'], matmul),
  ...fn(['ops.Take', 'tf.gather', 'tf.compat.v1.gather'], ['Gather'], take),
  ...fn(['ops.Tile', 'tf.tile'], ['Tile'], tile),
  ...fn(['ops.StopGradient', 'ops.Copy', 'tf.stop_gradient', 'tf.identity'], [], identity),
  ...fn(['ops.GetItem', 'tf.__operators__.getitem'], ['Slice', 'Gather', 'Unsqueeze'], getItem),
]
