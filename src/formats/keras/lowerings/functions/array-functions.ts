import type { ValueName } from '../../../../core/ir/builder.ts'
import type { DType } from '../../../../core/ir/dtype.ts'
import type { KerasLowering } from '../lowering.ts'
import { castType } from './cast-type.ts'
import { type FunctionCall, fn, OPERAND as X } from './function-call.ts'

/** A tensor of equal elements in the shape of another one. */
const filledLike =
  (fallback: number) =>
  (call: FunctionCall): ValueName => {
    const { ctx } = call
    const x = call.operand(0, ...X)
    const type = ctx.hub.type(x)
    const value = call.number(1, ['fill_value'], fallback)
    const dtype = call.config('dtype') === undefined ? (type.dtype ?? 'float32') : castType(call, call.config('dtype'))
    const scalar = ctx.op('Cast', [ctx.scalar(value)], { to: dtype })
    const result = ctx.op('Expand', [scalar, ctx.op('Shape', [x])])
    ctx.hub.refine(result, { dtype, shape: type.shape })
    return result
  }

function oneHot(call: FunctionCall): ValueName {
  const { ctx } = call
  const depth = call.number(1, ['num_classes', 'depth'], Number.NaN)
  const to = call.setting(4, 'dtype') === undefined ? 'float32' : castType(call, call.setting(4, 'dtype'))
  const indices = ctx.cast(call.operand(0, 'x', 'indices'), 'int64')
  // ONNX counts indices from the end, Keras gives zeros for them.
  const counted = ctx.op('Where', [ctx.op('Less', [indices, ctx.int(0)]), ctx.int(depth), indices])
  const hot = ctx.op('OneHot', [counted, ctx.int(depth), ctx.numbers([0, 1])], { axis: call.number(3, ['axis'], -1) })
  return ctx.hub.type(hot).dtype === to ? hot : ctx.op('Cast', [hot], { to })
}

function cumulativeSum(call: FunctionCall): ValueName {
  const { ctx } = call
  const attributes = { exclusive: call.flag(2, 'exclusive') ? 1 : 0, reverse: call.flag(3, 'reverse') ? 1 : 0 }
  return ctx.op('CumSum', [call.operand(0, ...X), ctx.int(call.number(1, ['axis'], 0))], attributes)
}

/** Values and indexes of the largest of the last axis. */
function topK(call: FunctionCall): ValueName[] {
  const { ctx } = call
  const count = ctx.ints([call.number(1, ['k'], 1)])
  return ctx.ops('TopK', [call.operand(0, ...X), count], 2, { axis: -1, largest: 1, sorted: 1 })
}

/** The elements along an axis from the smallest on, or (`output` 1) their indexes. */
const sorted =
  (output: 0 | 1) =>
  (call: FunctionCall): ValueName => {
    const { ctx } = call
    const x = call.operand(0, ...X)
    const axis = ctx.axis(call.number(1, ['axis'], -1), ctx.rank(x))
    const largest = String(call.setting(2, 'direction') ?? '').toUpperCase() === 'DESCENDING' ? 1 : 0
    const results = ctx.ops('TopK', [x, ctx.ints([ctx.size(x, axis)])], 2, { axis, largest, sorted: 1 })
    return results[output] as ValueName
  }

/** Σ over the last axis of the first and the last but one of the second operand. */
function dot(call: FunctionCall): ValueName {
  const { ctx } = call
  const [a, b] = [call.operand(0, 'x1', 'a'), call.operand(1, 'x2', 'b')]
  if (ctx.rank(b) > 2 || call.number(2, ['axes'], 1) !== 1) {
    ctx.block('it contracts other axes than those of a matrix', 'Use einsum.')
  }
  return ctx.op('MatMul', [a, b])
}

function einsum(call: FunctionCall): ValueName {
  const { ctx } = call
  const equation = call.setting(0, 'subscripts', 'equation')
  if (typeof equation !== 'string') return ctx.block('its equation is not in the file')
  const operands = call.operands()
  const terms = equation.split('->')[0]?.split(',').length
  if (operands.length !== terms) {
    // Keras 2 does not look into the operands behind the equation.
    ctx.block(
      `the file names ${operands.length} of the ${terms} tensors that it multiplies (${equation})`,
      'Build the model again with Dot, EinsumDense or tf.matmul in its place, new_model.set_weights(model.get_weights()), and save that; or build and save it with Keras 3 and keras.ops.einsum.',
    )
  }
  return ctx.op('Einsum', operands, { equation: equation.replaceAll(' ', '') })
}

function converted(call: FunctionCall): ValueName {
  const x = call.operand(0, ...X)
  const dtype = call.setting(1, 'dtype')
  return dtype === undefined ? x : call.ctx.op('Cast', [x], { to: castType(call, dtype) as DType })
}

/** Functions that make, order and contract tensors. */
export const arrayFunctions: readonly KerasLowering[] = [
  ...fn(['ops.ZerosLike', 'tf.zeros_like', 'tf.compat.v1.zeros_like'], ['Expand', 'Shape'], filledLike(0)),
  ...fn(['ops.OnesLike', 'tf.ones_like', 'tf.compat.v1.ones_like'], ['Expand', 'Shape'], filledLike(1)),
  ...fn(['ops.FullLike'], ['Expand', 'Shape'], filledLike(0)),
  ...fn(['ops.OneHot', 'tf.one_hot'], ['OneHot', 'Where', 'Less'], oneHot),
  ...fn(['ops.Cumsum', 'tf.math.cumsum', 'tf.cumsum'], ['CumSum'], cumulativeSum),
  ...fn(['ops.TopK', 'tf.math.top_k', 'tf.nn.top_k'], ['TopK'], topK),
  ...fn(['ops.Sort', 'tf.sort'], ['TopK'], sorted(0)),
  ...fn(['ops.Argsort', 'tf.argsort'], ['TopK'], sorted(1)),
  ...fn(['ops.Dot', 'ops.Tensordot', 'tf.tensordot'], ['MatMul'], dot),
  ...fn(['ops.Einsum', 'tf.einsum', 'tf.linalg.einsum'], ['Einsum'], einsum),
  ...fn(['ops.ConvertToTensor', 'tf.convert_to_tensor'], [], converted),
  ...fn(['tf.math.add_n', 'tf.add_n'], ['Add'], (call) =>
    call.operands().reduce((sum, x) => call.ctx.op('Add', [sum, x])),
  ),
]
