import type { ValueName } from '../../../core/ir/builder.ts'
import type { Json } from '../../../encodings/json/parse-json.ts'
import type { LayerContext } from './context.ts'
import { type KerasLowering, layer, layers } from './lowering.ts'
import { isChannelsFirst } from './windows.ts'

const INT64_MAX = 2 ** 53 - 1

const range = (count: number, start = 0) => Array.from({ length: count }, (_, i) => i + start)

/** [N, …] → [N, all the rest], channels last. */
function flatten(ctx: LayerContext): ValueName {
  const x = ctx.rawInput
  const rank = ctx.rank(x)
  if (rank === 1) return ctx.op('Unsqueeze', [x, ctx.ints([1])])
  if (rank === 2) return x
  const last = isChannelsFirst(ctx) ? ctx.op('Transpose', [x], { perm: [0, ...range(rank - 2, 2), 1] }) : x
  const sizes = ctx.shape(x).slice(1)
  // The size of a row is worth stating: the batch may be unknown.
  const width = sizes.every((d) => typeof d === 'number') ? sizes.reduce((n, d) => n * d, 1) : undefined
  return ctx.op('Reshape', [last, ctx.ints(width === undefined ? [0, -1] : [-1, width])])
}

function reshape(ctx: LayerContext): ValueName {
  const target = ctx.config.list('target_shape') as number[]
  return ctx.op('Reshape', [ctx.rawInput, ctx.ints([0, ...target])])
}

function permute(ctx: LayerContext): ValueName {
  return ctx.op('Transpose', [ctx.rawInput], { perm: [0, ...(ctx.config.list('dims') as number[])] })
}

function repeatVector(ctx: LayerContext): ValueName {
  const row = ctx.op('Unsqueeze', [ctx.rawInput, ctx.ints([1])])
  return ctx.op('Tile', [row, ctx.ints([1, ctx.config.number('n'), 1])])
}

/** Pairs [begin, end] for each spatial axis from `1`, `[1, 2]`, `[[1, 2], [0, 3]]`. */
function pairs(ctx: LayerContext, key: string, axes: number): [number, number][] {
  const value = ctx.config.get(key) ?? 1
  if (typeof value === 'number') return range(axes).map(() => [value, value])
  const list: Json[] = Array.isArray(value) ? value : []
  if (axes === 1 && list.length === 2 && typeof list[0] === 'number') return [list as [number, number]]
  const result = list.map((item) => (typeof item === 'number' ? [item, item] : item)) as [number, number][]
  if (
    result.length === axes &&
    result.every((p) => Array.isArray(p) && p.length === 2 && p.every((n) => typeof n === 'number'))
  ) {
    return result
  }
  return ctx.block(`its ${key} does not fit ${axes} axes`)
}

function spatialStart(ctx: LayerContext): number {
  return isChannelsFirst(ctx) ? 2 : 1
}

/** Zeros around the spatial axes: `padding` before and behind each. */
export function zeroPadding(ctx: LayerContext): ValueName {
  const x = ctx.input
  const rank = ctx.rank(x)
  const sides = pairs(ctx, 'padding', rank - 2)
  const pads = (side: 0 | 1) => range(rank).map((axis) => sides[axis - spatialStart(ctx)]?.[side] ?? 0)
  return ctx.op('Pad', [x, ctx.ints([...pads(0), ...pads(1)])], { mode: 'constant' })
}

function slice(ctx: LayerContext, x: ValueName, starts: number[], ends: number[]): ValueName {
  const axes = range(starts.length, spatialStart(ctx))
  return ctx.op('Slice', [x, ctx.ints(starts), ctx.ints(ends), ctx.ints(axes)])
}

/** Without `cropping` places before and behind each spatial axis. */
export function cropping(ctx: LayerContext): ValueName {
  const x = ctx.rawInput
  const sides = pairs(ctx, 'cropping', ctx.rank(x) - 2)
  return slice(
    ctx,
    x,
    sides.map(([begin]) => begin),
    sides.map(([, end]) => (end === 0 ? INT64_MAX : -end)),
  )
}

const dims = (prefix: string) => [1, 2, 3].map((d) => `${prefix}${d}D`)

/** Layers that move, cut out and resize. */
export const shapeLayers: readonly KerasLowering[] = [
  layer('Flatten', ['Reshape', 'Transpose', 'Unsqueeze'], flatten),
  layer('Reshape', ['Reshape'], reshape),
  layer('Permute', ['Transpose'], permute),
  layer('RepeatVector', ['Unsqueeze', 'Tile'], repeatVector),
  ...layers(dims('ZeroPadding'), ['Pad'], zeroPadding),
  ...layers(dims('Cropping'), ['Slice'], cropping),
]
