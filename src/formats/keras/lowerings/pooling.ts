import type { ValueName } from '../../../core/ir/builder.ts'
import type { LayerContext } from './context.ts'
import { type KerasLowering, layer, layers } from './lowering.ts'
import { channelsBack, channelsFirst, isChannelsFirst, padding } from './windows.ts'

/** Pooling over windows; `same` padding does not count in an average. */
export const pooling =
  (op: 'MaxPool' | 'AveragePool') =>
  (ctx: LayerContext): ValueName => {
    const x = channelsFirst(ctx, ctx.input)
    const spatial = ctx.rank(x) - 2
    // MaxPooling1D says `pool_size`, as a number or as a list.
    const kernel = ctx.config.numbers('pool_size', spatial, 2)
    const strides = ctx.config.has('strides') ? ctx.config.numbers('strides', spatial) : kernel
    const window = { kernel, strides, dilations: kernel.map(() => 1) }
    const pooled = ctx.op(op, [x], { kernel_shape: kernel, strides, ...padding(ctx, x, window) })
    return channelsBack(ctx, pooled)
  }

function spatialAxes(ctx: LayerContext, x: ValueName): number[] {
  const count = ctx.rank(x) - 2
  const first = isChannelsFirst(ctx) ? 2 : 1
  return Array.from({ length: count }, (_, i) => first + i)
}

const globalPooling =
  (op: 'ReduceMax' | 'ReduceMean') =>
  (ctx: LayerContext): ValueName => {
    const x = ctx.input
    const keepdims = ctx.config.flag('keepdims', false) ? 1 : 0
    return ctx.op(op, [x, ctx.ints(spatialAxes(ctx, x))], { keepdims })
  }

/** The mean over time; of masked sequences, the mean of the steps that count. */
function globalAverage1d(ctx: LayerContext): ValueName {
  if (ctx.mask === undefined) return globalPooling('ReduceMean')(ctx)
  const x = ctx.input
  const axes = spatialAxes(ctx, x)
  const keepdims = ctx.config.flag('keepdims', false) ? 1 : 0
  const weights = ctx.op('Unsqueeze', [ctx.cast(ctx.mask, ctx.dtype), ctx.ints([isChannelsFirst(ctx) ? 1 : 2])])
  const sum = ctx.op('ReduceSum', [ctx.op('Mul', [x, weights]), ctx.ints(axes)], { keepdims })
  return ctx.op('Div', [sum, ctx.op('ReduceSum', [weights, ctx.ints(axes)], { keepdims })])
}

const names = (prefix: string, dims: readonly number[]) => dims.map((d) => `${prefix}${d}D`)

export const poolingLayers: readonly KerasLowering[] = [
  ...layers(names('MaxPooling', [1, 2, 3]), ['MaxPool', 'Transpose'], pooling('MaxPool')),
  ...layers(names('AveragePooling', [1, 2, 3]), ['AveragePool', 'Transpose'], pooling('AveragePool')),
  ...layers(names('GlobalMaxPooling', [1, 2, 3]), ['ReduceMax'], globalPooling('ReduceMax')),
  ...layers(names('GlobalAveragePooling', [2, 3]), ['ReduceMean'], globalPooling('ReduceMean')),
  layer('GlobalAveragePooling1D', ['ReduceMean', 'ReduceSum', 'Mul', 'Div', 'Cast', 'Unsqueeze'], globalAverage1d),
]
