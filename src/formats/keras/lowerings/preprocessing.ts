import type { ValueName } from '../../../core/ir/builder.ts'
import type { Json } from '../../../encodings/json/parse-json.ts'
import { isObject } from '../reader/config.ts'
import { binBoundaries, boundaryCount } from './bin-boundaries.ts'
import type { LayerContext } from './context.ts'
import { ENCODING_OPS, encodeIndexes } from './index-encoding.ts'
import { type KerasLowering, layer } from './lowering.ts'
import { axesOf } from './normalization.ts'
import { computed, reshaped } from './weight-tensors.ts'

/** Numbers of a configuration: one, a list, lists of lists, or an array that NumPy wrote. */
function numbersIn(value: Json | undefined): number[] {
  if (typeof value === 'number') return [value]
  if (Array.isArray(value)) return value.flatMap(numbersIn)
  if (!isObject(value)) return []
  return numbersIn(isObject(value['config']) ? value['config']['value'] : value['value'])
}

/** The input in the layer's type, integers too. */
const numeric = (ctx: LayerContext) => ctx.cast(ctx.rawInput, ctx.dtype)

/** One number, or one for each place of the last axis. */
function setting(ctx: LayerContext, name: string, fallback: number): ValueName {
  const values = ctx.config.has(name) ? numbersIn(ctx.config.get(name)) : [fallback]
  return values.length === 1 ? ctx.scalar(values[0] as number) : ctx.numbers(values)
}

/** x · scale + offset */
function rescaling(ctx: LayerContext): ValueName {
  const scaled = ctx.op('Mul', [numeric(ctx), setting(ctx, 'scale', 1)])
  return ctx.op('Add', [scaled, setting(ctx, 'offset', 0)])
}

/** Keras' epsilon, the smallest standard deviation that Normalization divides by. */
const EPSILON = 1e-7

/** (x − mean) / max(√variance, 1e-7), or its inverse. */
function normalization(ctx: LayerContext): ValueName {
  const x = numeric(ctx)
  const rank = ctx.rank(x)
  const axes = ctx.config.has('axis') || !('axis' in ctx.config.entries) ? axesOf(ctx, rank, -1) : []
  const [mean, deviation] = ctx.config.has('mean') ? givenStatistics(ctx, x, axes) : learnedStatistics(ctx, axes, rank)
  if (ctx.config.flag('invert', false)) return ctx.op('Add', [ctx.op('Mul', [x, deviation]), mean])
  return ctx.op('Div', [ctx.op('Sub', [x, mean]), deviation])
}

/** The shape that the statistics over `axes` have beside an input of `rank` axes. */
function broadcastShape(sizes: readonly number[], axes: readonly number[], rank: number): number[] {
  const first = Math.min(...axes, rank)
  return Array.from({ length: rank - first }, (_, i) => {
    const at = axes.indexOf(first + i)
    return at < 0 ? 1 : (sizes[at] as number)
  })
}

function givenStatistics(ctx: LayerContext, x: ValueName, axes: readonly number[]): [ValueName, ValueName] {
  const sizes = axes.map((axis) => ctx.size(x, axis))
  const count = sizes.reduce((n, d) => n * d, 1)
  const shape = broadcastShape(sizes, axes, ctx.rank(x))
  const constant = (name: string, fn: (value: number) => number) => {
    const values = numbersIn(ctx.config.get(name)).map(fn)
    if (values.length === 1) return ctx.scalar(values[0] as number)
    if (values.length !== count) ctx.block(`its ${name} has ${values.length} values for ${count} features`)
    return ctx.numbers(values, shape)
  }
  return [constant('mean', (m) => m), constant('variance', (v) => Math.max(Math.sqrt(v), EPSILON))]
}

function learnedStatistics(ctx: LayerContext, axes: readonly number[], rank: number): [ValueName, ValueName] {
  const shapeOf = (sizes: readonly number[]) => broadcastShape(sizes, axes, rank)
  const mean = ctx.constant(ctx.tensor('mean'), 'mean', 'mean', (t) =>
    reshaped(
      computed(ctx.dtype, t.shape, [t], ([m], result) => result.set(m as ArrayLike<number>)),
      shapeOf(t.shape),
    ),
  )
  const deviation = ctx.constant(ctx.tensor('variance'), 'deviation', 'deviation', (t) =>
    reshaped(
      computed(ctx.dtype, t.shape, [t], ([variance], result) => {
        for (let i = 0; i < result.length; i++) result[i] = Math.max(Math.sqrt(variance![i]!), EPSILON)
      }),
      shapeOf(t.shape),
    ),
  )
  return [mean, deviation]
}

function categoryEncoding(ctx: LayerContext): ValueName {
  if (ctx.keyword('count_weights')) ctx.block('its count_weights are not supported')
  const indexes = ctx.cast(ctx.rawInput, 'int64')
  return encodeIndexes(ctx, indexes, ctx.config.text('output_mode', 'multi_hot'), ctx.config.number('num_tokens'))
}

/** The number of boundaries that are not above the value. */
function discretization(ctx: LayerContext): ValueName {
  const given = numbersIn(ctx.config.get('bin_boundaries'))
  const boundaries = given.length > 0 ? ctx.numbers(given) : learnedBoundaries(ctx)
  const column = ctx.op('Unsqueeze', [numeric(ctx), ctx.ints([-1])])
  const reached = ctx.op('GreaterOrEqual', [column, boundaries])
  const bins = ctx.op('ReduceSum', [ctx.cast(reached, 'int64'), ctx.ints([-1])], { keepdims: 0 })
  return encodeIndexes(ctx, bins, ctx.config.text('output_mode', 'int'), ctx.size(boundaries, 0) + 1)
}

/** Keras 2 keeps a summary of the values that it has seen, [2, n], and makes the boundaries when the model is loaded. */
function learnedBoundaries(ctx: LayerContext): ValueName {
  const bins = ctx.config.optionalNumber('num_bins')
  const summary = ctx.optionalTensor('summary')
  if (bins === undefined || summary?.shape[0] !== 2) {
    return ctx.block(
      'its bin_boundaries are not in the file',
      'Give the boundaries to the layer instead of adapting it.',
    )
  }
  const size = summary.shape[1] as number
  const count = boundaryCount(size, bins)
  return ctx.constant(summary, 'boundaries', 'boundaries', (t) =>
    computed(ctx.dtype, [count], [t], ([data], result) => {
      const numbers = Array.from(data as ArrayLike<number>)
      result.set(binBoundaries(numbers.slice(0, size), numbers.slice(size), bins))
    }),
  )
}

/** Preprocessing layers whose state is in the file. */
export const preprocessingLayers: readonly KerasLowering[] = [
  layer('Rescaling', ['Mul', 'Add', 'Cast'], rescaling),
  layer('Normalization', ['Sub', 'Div', 'Mul', 'Add', 'Cast'], normalization),
  layer('CategoryEncoding', ENCODING_OPS, categoryEncoding),
  layer('Discretization', [...ENCODING_OPS, 'GreaterOrEqual'], discretization),
]
