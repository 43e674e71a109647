import type { ValueName } from '../../../../core/ir/builder.ts'
import type { LayerContext } from '../context.ts'

/** All of the conditions, those that there are; undefined without one. */
export function allOf(ctx: LayerContext, masks: readonly (ValueName | undefined)[]): ValueName | undefined {
  const given = masks.filter((mask) => mask !== undefined)
  const [first, ...rest] = given
  return rest.reduce((all, mask) => ctx.op('And', [all as ValueName, mask]), first)
}

/** Positions of longer sequences are computed by the model. */
const MAX_STEPS = 4096

/** bool [T, S]: step s is not behind step t. */
export function causalMask(ctx: LayerContext, query: ValueName, value: ValueName): ValueName {
  const [steps, seen] = [ctx.shape(query)[1], ctx.shape(value)[1]]
  if (typeof steps === 'number' && typeof seen === 'number' && Math.max(steps, seen) <= MAX_STEPS) {
    const [rows, columns] = [positions(steps), positions(seen)]
    return ctx.op('GreaterOrEqual', [ctx.hub.int64(rows, [steps, 1]), ctx.hub.int64(columns, [1, seen])])
  }
  const range = (x: ValueName) => {
    const size = ctx.op('Squeeze', [ctx.op('Shape', [x], { start: 1, end: 2 }), ctx.ints([0])])
    return ctx.op('Range', [ctx.int(0), size, ctx.int(1)])
  }
  const [row, column] = [range(query), range(value)]
  return ctx.op('GreaterOrEqual', [
    ctx.op('Unsqueeze', [row, ctx.ints([1])]),
    ctx.op('Unsqueeze', [column, ctx.ints([0])]),
  ])
}

const positions = (count: number) => Array.from({ length: count }, (_, i) => i)

/** softmax over the last axis of the scores that count; where none counts, all do equally. */
export function maskedSoftmax(ctx: LayerContext, scores: ValueName, mask: ValueName | undefined): ValueName {
  const kept = mask === undefined ? scores : ctx.op('Where', [mask, scores, ctx.scalar(-1e9)])
  return ctx.op('Softmax', [kept], { axis: -1 })
}

export const MASK_OPS: readonly string[] = [
  ...['And', 'GreaterOrEqual', 'Shape', 'Squeeze', 'Unsqueeze', 'Range', 'Where', 'Softmax', 'Cast'],
]
