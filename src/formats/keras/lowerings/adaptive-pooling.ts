import type { ValueName } from '../../../core/ir/builder.ts'
import type { LayerContext } from './context.ts'
import { type KerasLowering, layers } from './lowering.ts'
import { isChannelsFirst } from './windows.ts'

/** The places [start, end) of `input` that are pooled into each of `output` places; neighbours may share some. */
function windowsOf(input: number, output: number): [start: number, end: number][] {
  return Array.from({ length: output }, (_, i) => [
    Math.floor((i * input) / output),
    Math.ceil(((i + 1) * input) / output),
  ])
}

/** Pools one axis into `output` windows of different sizes. A shorter one repeats its last place, which counts for nothing. */
function pooledAxis(ctx: LayerContext, x: ValueName, axis: number, output: number, kind: 'max' | 'mean'): ValueName {
  const windows = windowsOf(ctx.size(x, axis), output)
  const longest = Math.max(...windows.map(([start, end]) => end - start))
  const places = Array.from({ length: longest }, (_, i) => i)
  const indexes = windows.flatMap(([start, end]) => places.map((i) => Math.min(start + i, end - 1)))
  const gathered = ctx.op('Gather', [x, ctx.ints(indexes, [output, longest])], { axis })
  const over = ctx.ints([axis + 1])
  if (kind === 'max') return ctx.op('ReduceMax', [gathered, over], { keepdims: 0 })
  const weights = windows.flatMap(([start, end]) => places.map((i) => (i < end - start ? 1 / (end - start) : 0)))
  const behind = new Array<number>(ctx.rank(x) - axis - 1).fill(1)
  const weighted = ctx.op('Mul', [gathered, ctx.numbers(weights, [output, longest, ...behind])])
  return ctx.op('ReduceSum', [weighted, over], { keepdims: 0 })
}

/** [N, …, C] to `output_size` whatever the size: axis by axis, which maxima and means allow. */
export const adaptivePooling =
  (kind: 'max' | 'mean') =>
  (ctx: LayerContext): ValueName => {
    const x = ctx.input
    const first = isChannelsFirst(ctx) ? 2 : 1
    const sizes = ctx.config.numbers('output_size', ctx.rank(x) - 2)
    return sizes.reduce((value, size, i) => pooledAxis(ctx, value, first + i, size, kind), x)
  }

export const ADAPTIVE_MAX_OPS: readonly string[] = ['Gather', 'ReduceMax']
export const ADAPTIVE_MEAN_OPS: readonly string[] = ['Gather', 'Mul', 'ReduceSum']

const names = (kind: string) => [1, 2, 3].map((d) => `Adaptive${kind}Pooling${d}D`)

/** Pooling into a number of places that does not depend on the size of the input. */
export const adaptivePoolingLayers: readonly KerasLowering[] = [
  ...layers(names('Max'), ADAPTIVE_MAX_OPS, adaptivePooling('max')),
  ...layers(names('Average'), ADAPTIVE_MEAN_OPS, adaptivePooling('mean')),
]
