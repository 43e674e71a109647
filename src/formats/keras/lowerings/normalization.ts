import type { ValueName } from '../../../core/ir/builder.ts'
import type { LayerContext } from './context.ts'
import { type KerasLowering, layer } from './lowering.ts'
import { permuted, reshaped } from './weight-tensors.ts'

/** An `axis` setting as a list: a number, or a list of them. */
export function axesOf(ctx: LayerContext, rank: number, fallback: number): number[] {
  const value = ctx.config.get('axis') ?? fallback
  const list = Array.isArray(value) ? value : [value]
  if (!list.every((axis) => typeof axis === 'number')) return ctx.block('its axis is not a number')
  return (list as number[]).map((axis) => ctx.axis(axis, rank))
}

/** Applies `fn` to x with its axis moved to where ONNX has the channels. */
function overChannels(ctx: LayerContext, x: ValueName, axis: number, fn: (x: ValueName) => ValueName): ValueName {
  if (axis === 1) return fn(x)
  const rank = ctx.rank(x)
  const perm = [0, axis, ...Array.from({ length: rank }, (_, i) => i).filter((i) => i !== 0 && i !== axis)]
  const back = Array.from({ length: rank }, (_, i) => perm.indexOf(i))
  return ctx.op('Transpose', [fn(ctx.op('Transpose', [x], { perm }))], { perm: back })
}

function weightOr(ctx: LayerContext, name: string, size: number, fallback: number): ValueName {
  return ctx.optionalTensor(name) ? ctx.weight(name) : ctx.filled(fallback, [size])
}

/** (x − moving mean) / √(moving variance + ε) · gamma + beta for every channel. */
function batchNormalization(ctx: LayerContext): ValueName {
  const x = ctx.input
  const rank = ctx.rank(x)
  const axes = axesOf(ctx, rank, -1)
  const [axis = 1] = axes
  if (axes.length !== 1) ctx.block('it normalises over several axes')
  const size = ctx.tensor('moving_mean').shape[0] as number
  const weights = [
    weightOr(ctx, 'gamma', size, 1),
    weightOr(ctx, 'beta', size, 0),
    ctx.weight('moving_mean'),
    ctx.weight('moving_variance'),
  ]
  const epsilon = ctx.config.number('epsilon', 1e-3)
  return overChannels(ctx, x, axis, (y) => ctx.op('BatchNormalization', [y, ...weights], { epsilon }))
}

/** A weight over some axes of x, in the order of x, so that it broadcasts against it. */
function broadcastWeight(ctx: LayerContext, name: string, axes: readonly number[], rank: number): ValueName {
  const tensor = ctx.tensor(name)
  const sorted = [...axes].sort((a, b) => a - b)
  const first = sorted[0] ?? 0
  const order = sorted.map((axis) => axes.indexOf(axis))
  const shape = Array.from({ length: rank - first }, (_, i) => {
    const at = axes.indexOf(first + i)
    return at < 0 ? 1 : (tensor.shape[at] as number)
  })
  return ctx.constant(tensor, name, `broadcast ${order} ${shape}`, (t) =>
    reshaped(permuted(t, order, ctx.dtype), shape),
  )
}

/** Mean 0 and variance 1 over some axes of every example, then gamma and beta. */
function layerNormalization(ctx: LayerContext): ValueName {
  const x = ctx.input
  const rank = ctx.rank(x)
  const axes = axesOf(ctx, rank, -1)
  const epsilon = ctx.config.number('epsilon', 1e-3)
  if (ctx.config.flag('rms_scaling', false)) ctx.block('its rms_scaling is not supported', 'Use RMSNormalization.')
  const first = Math.min(...axes)
  const gamma = ctx.optionalTensor('gamma') && broadcastWeight(ctx, 'gamma', axes, rank)
  const beta = ctx.optionalTensor('beta') && broadcastWeight(ctx, 'beta', axes, rank)
  const isTrailing = axes.length === rank - first
  const sizes = axes.map((axis) => ctx.shape(x)[axis])
  if (isTrailing && sizes.every((size) => typeof size === 'number')) {
    const shape = ctx.shape(x).slice(first) as number[]
    return ctx.op('LayerNormalization', [x, gamma ?? ctx.filled(1, shape), ...(beta ? [beta] : [])], {
      axis: first,
      epsilon,
    })
  }
  const list = ctx.ints(axes)
  const centred = ctx.op('Sub', [x, ctx.op('ReduceMean', [x, list], { keepdims: 1 })])
  const variance = ctx.op('ReduceMean', [ctx.op('Mul', [centred, centred]), list], { keepdims: 1 })
  const deviation = ctx.op('Sqrt', [ctx.op('Add', [variance, ctx.scalar(epsilon)])])
  const normal = ctx.op('Div', [centred, deviation])
  const scaled = gamma ? ctx.op('Mul', [normal, gamma]) : normal
  return beta ? ctx.op('Add', [scaled, beta]) : scaled
}

/** Mean 0 and variance 1 over the space and the channels of one group of channels. */
function groupNormalization(ctx: LayerContext): ValueName {
  const x = ctx.input
  const rank = ctx.rank(x)
  const [axis = 1] = axesOf(ctx, rank, -1)
  const channels = ctx.size(x, axis)
  const groups = ctx.config.number('groups', 32)
  const weights = [weightOr(ctx, 'gamma', channels, 1), weightOr(ctx, 'beta', channels, 0)]
  const attributes = { num_groups: groups === -1 ? channels : groups, epsilon: ctx.config.number('epsilon', 1e-3) }
  return overChannels(ctx, x, axis, (y) => ctx.op('GroupNormalization', [y, ...weights], attributes))
}

/** x / √(mean(x²) + ε) · scale */
function rmsNormalization(ctx: LayerContext): ValueName {
  const x = ctx.input
  const rank = ctx.rank(x)
  const axes = axesOf(ctx, rank, -1)
  const mean = ctx.op('ReduceMean', [ctx.op('Mul', [x, x]), ctx.ints(axes)], { keepdims: 1 })
  const root = ctx.op('Sqrt', [ctx.op('Add', [mean, ctx.scalar(ctx.config.number('epsilon', 1e-6))])])
  return ctx.op('Mul', [ctx.op('Div', [x, root]), broadcastWeight(ctx, 'scale', axes, rank)])
}

/** x / max(‖x‖, 1e-6): Keras bounds the sum of squares by 1e-12. */
export function unitLength(ctx: LayerContext, x: ValueName, axes: readonly number[]): ValueName {
  const squares = ctx.op('ReduceSum', [ctx.op('Mul', [x, x]), ctx.ints(axes)], { keepdims: 1 })
  return ctx.op('Div', [x, ctx.op('Sqrt', [ctx.op('Max', [squares, ctx.scalar(1e-12)])])])
}

/** Layers that normalise by learned or by the example's own statistics. */
export const normalizationLayers: readonly KerasLowering[] = [
  layer('BatchNormalization', ['BatchNormalization', 'Transpose'], batchNormalization, { masking: true }),
  layer(
    'LayerNormalization',
    ['LayerNormalization', 'ReduceMean', 'Sub', 'Mul', 'Add', 'Sqrt', 'Div'],
    layerNormalization,
    { masking: true },
  ),
  layer('GroupNormalization', ['GroupNormalization', 'Transpose'], groupNormalization, { masking: true }),
  layer('RMSNormalization', ['ReduceMean', 'Mul', 'Add', 'Sqrt', 'Div'], rmsNormalization, { masking: true }),
  layer(
    'UnitNormalization',
    ['ReduceSum', 'Mul', 'Max', 'Sqrt', 'Div'],
    (ctx) => unitLength(ctx, ctx.input, axesOf(ctx, ctx.rank(ctx.input), -1)),
    { masking: true },
  ),
]
