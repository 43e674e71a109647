import type { ValueName } from '../../../core/ir/builder.ts'
import { ACTIVATION_OPS, activate } from './activations.ts'
import type { LayerContext } from './context.ts'
import { type KerasLowering, layers, produced } from './lowering.ts'
import { isChannelsFirst } from './windows.ts'

/** Elements of all windows together; each is an index that the model carries. */
const MAX_INDEXES = 2 ** 24

/** The places of a grid, the last axis fastest. */
function placesOf(sizes: readonly number[]): number[][] {
  return sizes.reduce<number[][]>(
    (places, size) => places.flatMap((place) => Array.from({ length: size }, (_, i) => [...place, i])),
    [[]],
  )
}

/**
 * A convolution whose kernel is another one at every place (LocallyConnected1D and 2D of Keras 1 and 2): kernel
 * [places, window · in, out], bias [places…, out]. Each window is gathered from the flat input and multiplied by its own matrix.
 */
function locallyConnected(ctx: LayerContext): ValueName {
  const { config } = ctx
  const implementation = config.number('implementation', 1)
  if (implementation !== 1 || config.text('padding', 'valid') !== 'valid') {
    ctx.block(`its implementation ${implementation} is not supported`, 'Build it with implementation=1.')
  }
  const x = ctx.input
  const spatial = ctx.rank(x) - 2
  const first = isChannelsFirst(ctx)
  const axes = Array.from({ length: spatial }, (_, i) => i + (first ? 2 : 1))
  const channels = ctx.size(x, first ? 1 : -1)
  const sizes = axes.map((axis) => ctx.size(x, axis))
  const kernel = config.numbers('kernel_size', spatial)
  const strides = config.numbers('strides', spatial, 1)
  const outputs = sizes.map((size, i) => Math.floor((size - kernel[i]!) / strides[i]!) + 1)
  const depth = kernel.reduce((n, k) => n * k, channels)
  const count = outputs.reduce((n, size) => n * size, 1)
  if (!(count > 0) || count * depth > MAX_INDEXES) ctx.block('its windows are too many, or none')
  // A window's elements in the order of the input's axes, as the kernel has them.
  const window = placesOf(first ? [channels, ...kernel] : [...kernel, channels])
  const shape = first ? [channels, ...sizes] : [...sizes, channels]
  const flat = (place: readonly number[]) => place.reduce((index, at, axis) => index * shape[axis]! + at, 0)
  const indexes = placesOf(outputs).flatMap((output) => {
    const start = output.map((at, i) => at * strides[i]!)
    const origin = flat(first ? [0, ...start] : [...start, 0])
    return window.map((place) => origin + flat(place))
  })
  const row = ctx.op('Reshape', [x, ctx.ints([0, -1])])
  const windows = ctx.op('Gather', [row, ctx.ints(indexes, [count, depth])], { axis: 1 })
  const products = ctx.op('MatMul', [ctx.op('Transpose', [windows], { perm: [1, 0, 2] }), ctx.weight('kernel')])
  const filters = config.number('filters')
  const grid = ctx.op('Reshape', [
    ctx.op('Transpose', [products], { perm: [1, 0, 2] }),
    ctx.ints([0, ...outputs, filters]),
  ])
  const sum = config.flag('use_bias', true) ? ctx.op('Add', [grid, ctx.weight('bias')]) : grid
  const result = first ? ctx.op('Transpose', [sum], { perm: [0, spatial + 1, ...axes.map((axis) => axis - 1)] }) : sum
  return activate(ctx, result)
}

export const locallyConnectedLayers: readonly KerasLowering[] = [
  ...layers(
    ['LocallyConnected1D', 'LocallyConnected2D'],
    produced(['Reshape', 'Gather', 'MatMul', 'Transpose', 'Add'], ACTIVATION_OPS),
    locallyConnected,
  ),
]
