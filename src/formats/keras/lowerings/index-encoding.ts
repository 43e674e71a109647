import type { ValueName } from '../../../core/ir/builder.ts'
import type { LayerContext } from './context.ts'

/**
 * Indexes below `depth` in the `output_mode` of Keras' categorical layers: as they are (`int`), as one place of `depth`
 * (`one_hot`), or all indexes of an example together (`multi_hot`, `count`).
 */
export function encodeIndexes(ctx: LayerContext, indexes: ValueName, mode: string, depth: number): ValueName {
  if (mode === 'int') return indexes
  const rank = ctx.rank(indexes)
  const hot = (x: ValueName) => ctx.op('OneHot', [x, ctx.int(depth), ctx.numbers([0, 1])], { axis: -1 })
  if (mode === 'one_hot') {
    const isColumn = rank > 1 && ctx.shape(indexes).at(-1) === 1
    return hot(isColumn ? ctx.op('Squeeze', [indexes, ctx.ints([rank - 1])]) : indexes)
  }
  if (mode !== 'multi_hot' && mode !== 'count') ctx.block(`its output_mode ${mode} is not supported`)
  const rows = rank === 1 ? ctx.op('Unsqueeze', [indexes, ctx.ints([1])]) : indexes
  return ctx.op(mode === 'count' ? 'ReduceSum' : 'ReduceMax', [hot(rows), ctx.ints([-2])], { keepdims: 0 })
}

export const ENCODING_OPS: readonly string[] = ['OneHot', 'Unsqueeze', 'Squeeze', 'ReduceMax', 'ReduceSum', 'Cast']
