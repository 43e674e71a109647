import type { ValueName } from '../../../core/ir/builder.ts'
import { isObject } from '../reader/config.ts'
import type { LayerContext } from './context.ts'
import { type KerasLowering, layer } from './lowering.ts'
import { axesOf } from './normalization.ts'

/** A number of the configuration that may be a NumPy scalar (`{class_name: '__numpy__', config: {value}}`). */
function scalarSetting(ctx: LayerContext, names: readonly string[], fallback: number): number {
  const name = names.find((key) => ctx.config.has(key))
  const value = name === undefined ? fallback : ctx.config.get(name)
  const inner = isObject(value) ? (isObject(value['config']) ? value['config'] : value)['value'] : value
  return typeof inner === 'number' ? inner : ctx.block(`its ${name} is not a number`)
}

/**
 * max_value from there on, x from the threshold on, negative_slope · (x − threshold) below.
 */
function relu(ctx: LayerContext): ValueName {
  const x = ctx.input
  const max = ctx.config.optionalNumber('max_value')
  const slope = scalarSetting(ctx, ['negative_slope'], 0)
  const threshold = scalarSetting(ctx, ['threshold'], 0)
  if (threshold === 0) {
    if (slope === 0)
      return max === undefined ? ctx.op('Relu', [x]) : ctx.op('Clip', [x, ctx.scalar(0), ctx.scalar(max)])
    const leaky = ctx.op('LeakyRelu', [x], { alpha: slope })
    return max === undefined ? leaky : ctx.op('Min', [leaky, ctx.scalar(max)])
  }
  const below = ctx.op('Mul', [ctx.op('Sub', [x, ctx.scalar(threshold)]), ctx.scalar(slope)])
  const result = ctx.op('Where', [ctx.op('GreaterOrEqual', [x, ctx.scalar(threshold)]), x, below])
  return max === undefined ? result : ctx.op('Min', [result, ctx.scalar(max)])
}

/** The slope of negative values is learned, one for each place or shared along axes. */
function prelu(ctx: LayerContext): ValueName {
  return ctx.op('PRelu', [ctx.input, ctx.weight('alpha')])
}

/** x where it exceeds theta, else 0. */
function thresholdedRelu(ctx: LayerContext): ValueName {
  return ctx.op('ThresholdedRelu', [ctx.input], { alpha: scalarSetting(ctx, ['theta'], 1) })
}

/** The input, with 10⁹ less where a mask that the call is given does not count; a mask of time steps is not meant. */
function maskedScores(ctx: LayerContext): ValueName {
  const mask = ctx.keyword('mask') ?? ctx.tensors[1]
  if (mask === undefined) return ctx.input
  const absent = ctx.cast(ctx.op('Not', [ctx.cast(mask.value, 'bool')]), ctx.dtype)
  return ctx.op('Add', [ctx.input, ctx.op('Mul', [absent, ctx.scalar(-1e9)])])
}

/** Over one axis, or over several at once. */
function softmax(ctx: LayerContext): ValueName {
  const x = maskedScores(ctx)
  const axes = axesOf(ctx, ctx.rank(x), -1)
  if (axes.length === 1) return ctx.op('Softmax', [x], { axis: axes[0] })
  const list = ctx.ints(axes)
  const powers = ctx.op('Exp', [ctx.op('Sub', [x, ctx.op('ReduceMax', [x, list], { keepdims: 1 })])])
  return ctx.op('Div', [powers, ctx.op('ReduceSum', [powers, list], { keepdims: 1 })])
}

export const activationLayers: readonly KerasLowering[] = [
  layer('ReLU', ['Relu', 'Clip', 'LeakyRelu', 'Min', 'Mul', 'Sub', 'Where', 'GreaterOrEqual'], relu, { masking: true }),
  layer(
    'LeakyReLU',
    ['LeakyRelu'],
    (ctx) => ctx.op('LeakyRelu', [ctx.input], { alpha: scalarSetting(ctx, ['negative_slope', 'alpha'], 0.3) }),
    { masking: true },
  ),
  layer('ELU', ['Elu'], (ctx) => ctx.op('Elu', [ctx.input], { alpha: scalarSetting(ctx, ['alpha'], 1) }), {
    masking: true,
  }),
  layer('PReLU', ['PRelu'], prelu, { masking: true }),
  layer('ThresholdedReLU', ['ThresholdedRelu'], thresholdedRelu, { masking: true }),
  layer('Softmax', ['Softmax', 'Exp', 'Sub', 'ReduceMax', 'ReduceSum', 'Div', 'Not', 'Cast', 'Add', 'Mul'], softmax, {
    masking: true,
  }),
]
