import type { ValueName } from '../../../../core/ir/builder.ts'
import type { Argument } from '../../reader/keras-layer.ts'
import { KerasTensor } from '../context.ts'
import type { KerasLowering } from '../lowering.ts'
import { castType } from './cast-type.ts'
import { type FunctionCall, fn, OPERAND as X } from './function-call.ts'
import { getItem } from './get-item.ts'

/** Keras' shapes do not know 0 as "the same", but null and −1; sizes may be computed. */
function reshape(call: FunctionCall): ValueName {
  const { ctx } = call
  const x = call.operand(0, ...X)
  const target = call.setting(1, 'newshape', 'shape')
  if (target instanceof KerasTensor) return ctx.op('Reshape', [x, ctx.cast(target.value, 'int64')])
  if (!Array.isArray(target)) return ctx.block('its shape is not a list of sizes', 'Give the shape as numbers.')
  if (target.some((size) => size instanceof KerasTensor)) return ctx.op('Reshape', [x, computedShape(call, target)])
  const sizes = target.map((size) => (size === null ? -1 : size))
  if (!sizes.every((size) => typeof size === 'number'))
    return ctx.block('its shape is computed', 'Give the shape as numbers.')
  const isBatch = sizes[0] !== -1 && typeof ctx.shape(x)[0] !== 'number'
  if (isBatch) ctx.block('its shape fixes the size of a batch that is not fixed', 'Use −1 for the batch axis.')
  return ctx.op('Reshape', [x, ctx.ints(sizes as number[])])
}

/** int64 [rank] from numbers and computed scalars. */
function computedShape({ ctx }: FunctionCall, sizes: readonly Argument<KerasTensor>[]): ValueName {
  const parts = sizes.map((size) => {
    if (size instanceof KerasTensor) return ctx.op('Reshape', [ctx.cast(size.value, 'int64'), ctx.ints([1])])
    return ctx.ints([typeof size === 'number' ? size : -1])
  })
  return ctx.op('Concat', parts, { axis: 0 })
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

/** Into equal parts, at indices (keras.ops), or into parts of given sizes (tf). */
function split(call: FunctionCall): ValueName[] {
  const { ctx } = call
  const x = call.operand(0, ...X)
  const axis = ctx.axis(call.number(2, ['axis'], 0), ctx.rank(x))
  const indices = call.integers(1, 'indices_or_sections')
  const sizes = call.integers(1, 'num_or_size_splits')
  const [count] = indices ?? sizes ?? []
  if (count === undefined) return ctx.block('it does not say where to split')
  if (!Array.isArray(call.setting(1, 'indices_or_sections', 'num_or_size_splits')))
    return ctx.ops('Split', [x], count, { axis, num_outputs: count })
  const lengths = sizes ?? between([0, ...(indices ?? []), ctx.size(x, axis)])
  const known = lengths.filter((length) => length >= 0).reduce((sum, length) => sum + length, 0)
  const all = lengths.map((length) => (length < 0 ? ctx.size(x, axis) - known : length))
  return ctx.ops('Split', [x, ctx.ints(all)], all.length, { axis })
}

const between = (bounds: readonly number[]) => bounds.slice(1).map((bound, i) => bound - (bounds[i] as number))

/** One tensor for each place of an axis. */
function unstack(call: FunctionCall): ValueName[] {
  const { ctx } = call
  const x = call.operand(0, ...X)
  const axis = ctx.axis(call.number(2, ['axis'], 0), ctx.rank(x))
  const count = ctx.size(x, axis)
  return ctx
    .ops('Split', [x], count, { axis, num_outputs: count })
    .map((part) => ctx.op('Squeeze', [part, ctx.ints([axis])]))
}

function moveAxis(call: FunctionCall): ValueName {
  const { ctx } = call
  const x = call.operand(0, ...X)
  const rank = ctx.rank(x)
  const axes = (index: number, name: string) => (call.integers(index, name) ?? []).map((axis) => ctx.axis(axis, rank))
  const [sources, targets] = [axes(1, 'source'), axes(2, 'destination')]
  const rest = Array.from({ length: rank }, (_, i) => i).filter((axis) => !sources.includes(axis))
  const perm = Array.from({ length: rank }, (_, i) => {
    const moved = targets.indexOf(i)
    return moved < 0 ? (rest.shift() as number) : (sources[moved] as number)
  })
  return ctx.op('Transpose', [x], { perm })
}

/** Backwards along axes. */
function flip(call: FunctionCall): ValueName {
  const { ctx } = call
  const x = call.operand(0, ...X)
  const axes = call.integers(1, 'axis') ?? Array.from(ctx.shape(x).keys())
  const all = (value: number) => ctx.ints(axes.map(() => value))
  return ctx.op('Slice', [x, all(-1), all(-(2 ** 53 - 1)), ctx.ints(axes), all(-1)])
}

/** What leaves an axis at its end comes in at its begin. */
function roll(call: FunctionCall): ValueName {
  const { ctx } = call
  const shifts = call.integers(1, 'shift') ?? []
  const axes = call.integers(2, 'axis')
  if (axes?.length !== shifts.length) ctx.block('it does not say along which axis', 'Give it an axis.')
  return shifts.reduce(
    (x, shift, i) => {
      const axis = ctx.axis(axes?.[i] ?? 0, ctx.rank(x))
      const at = ctx.ints([-shift])
      const end = ctx.op('Slice', [x, at, ctx.ints([2 ** 53 - 1]), ctx.ints([axis])])
      return ctx.op('Concat', [end, ctx.op('Slice', [x, ctx.ints([0]), at, ctx.ints([axis])])], { axis })
    },
    call.operand(0, ...X),
  )
}

/** Each place of an axis several times. */
function repeat(call: FunctionCall): ValueName {
  const { ctx } = call
  const x = call.operand(0, ...X)
  const times = call.number(1, ['repeats'], 1)
  const axis = ctx.axis(call.number(2, ['axis'], Number.NaN), ctx.rank(x))
  const places = Array.from({ length: ctx.size(x, axis) * times }, (_, i) => Math.floor(i / times))
  return ctx.op('Gather', [x, ctx.ints(places)], { axis })
}

const PAD_MODES: Readonly<Record<string, string>> = { constant: 'constant', reflect: 'reflect', edge: 'edge' }

function pad(call: FunctionCall): ValueName {
  const { ctx } = call
  const x = call.operand(0, ...X)
  const sides = call.setting(1, 'pad_width', 'paddings')
  const name = String(call.setting(2, 'mode') ?? 'constant').toLowerCase()
  const mode = Object.hasOwn(PAD_MODES, name) ? PAD_MODES[name] : ctx.block(`its mode ${name} is not supported`)
  const pairs = Array.isArray(sides) ? sides.map((side) => (Array.isArray(side) ? side : [side, side])) : []
  const pads = [0, 1].map((end) => pairs.map((pair) => pair[end]))
  const flat = pads.flat()
  if (pairs.length !== ctx.rank(x) || !flat.every((n) => typeof n === 'number')) {
    ctx.block('its widths are not numbers for every axis')
  }
  const value = call.setting(3, 'constant_values') ?? 0
  const constant = value === 0 ? [] : [call.constant(value, x)]
  return ctx.op('Pad', [x, ctx.ints(flat as number[]), ...constant], { mode })
}

/** Broadcast to a shape. */
function broadcastTo(call: FunctionCall): ValueName {
  return call.ctx.op('Expand', [call.operand(0, ...X), call.ctx.ints(call.integers(1, 'shape') ?? [])])
}

function squeeze(call: FunctionCall): ValueName {
  const axes = call.integers(1, 'axis')
  return call.ctx.op('Squeeze', [call.operand(0, ...X), ...(axes ? [call.ctx.ints(axes)] : [])])
}

function cast(call: FunctionCall): ValueName {
  return call.ctx.op('Cast', [call.operand(0, ...X)], { to: castType(call, call.setting(1, 'dtype')) })
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

/** Functions that move, join and cut. */
export const shapeFunctions: readonly KerasLowering[] = [
  ...fn(['ops.Reshape', 'tf.reshape'], ['Reshape', 'Concat'], reshape),
  ...fn(['ops.Transpose', 'tf.transpose', 'tf.compat.v1.transpose'], ['Transpose'], transpose),
  ...fn(['ops.Swapaxes'], ['Transpose'], swapAxes),
  ...fn(['ops.Concatenate', 'tf.concat'], ['Concat'], (call) =>
    call.ctx.op('Concat', call.operands(), { axis: call.number(1, ['axis'], -1) }),
  ),
  ...fn(['ops.Stack', 'tf.stack'], ['Unsqueeze', 'Concat'], stack),
  ...fn(['ops.Split', 'tf.split'], ['Split'], split),
  ...fn(['ops.Unstack', 'tf.unstack'], ['Split', 'Squeeze'], unstack),
  ...fn(['ops.Moveaxis'], ['Transpose'], moveAxis),
  ...fn(['ops.Flip', 'tf.reverse'], ['Slice'], flip),
  ...fn(['ops.Roll', 'tf.roll'], ['Slice', 'Concat'], roll),
  ...fn(['ops.Repeat', 'tf.repeat'], ['Gather'], repeat),
  ...fn(['ops.Pad', 'tf.pad', 'tf.compat.v1.pad'], ['Pad'], pad),
  ...fn(['ops.BroadcastTo', 'tf.broadcast_to'], ['Expand'], broadcastTo),
  ...fn(['ops.Shape', 'tf.shape', 'tf.compat.v1.shape'], ['Shape'], (call) =>
    call.ctx.op('Shape', [call.operand(0, ...X)]),
  ),
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
