import type { Category } from '../../../../../core/ir/model.ts'
import type { OneHotEncoding } from '../../../../../core/ops/ml/attributes.ts'
import { encodedWidth } from '../../../../../core/ops/ml/one-hot.ts'
import { mlEmitter } from '../../emitter.ts'
import { lookup } from './lookup.ts'

/** A slot that no column of the result has. */
const NO_SLOT = -1

/**
 * Each column's value becomes the number of its column in the result (LabelEncoder); all of them are compared with those
 * numbers at once.
 */
export const oneHot = mlEmitter('ml.oneHot', (node, { encodings }, ctx) => {
  const g = ctx.graph
  const width = encodedWidth(encodings)
  const sources: number[] = []
  const codes = encodings.map((encoding, column) => {
    const start = sources.length
    for (let slot = 0; slot < encoding.size; slot++) sources.push(column)
    return lookup(ctx, ctx.column(node, column), slotTable(encoding, start))
  })
  const all = codes.length === 1 ? (codes[0] as string) : g.op('Concat', codes, { axis: 1 })
  const spread = g.op('Gather', [all, g.int64(sources)], { axis: 1 })
  const hits = g.op('Equal', [spread, g.int64(Array.from({ length: width }, (_, i) => i))])
  ctx.result(node, ctx.cast(hits, 'float64'))
})

function slotTable(encoding: OneHotEncoding, start: number) {
  const at = (slot: number | undefined): Category => (slot === undefined || slot < 0 ? NO_SLOT : start + slot)
  return {
    keys: encoding.keys,
    values: encoding.slots.map(at),
    otherwise: at(encoding.unknownSlot),
    missing: at(encoding.missingSlot),
    type: 'int64' as const,
  }
}
