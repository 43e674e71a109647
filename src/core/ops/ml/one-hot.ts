import type { Category } from '../../ir/model.ts'
import type { OneHotEncoding } from './attributes.ts'
import { cell, columnsOf, isMissing, keyFor, mlSpec, requireWidth, result, rowCount, rowsBy } from './table.ts'

export const encodedWidth = (encodings: readonly OneHotEncoding[]): number => encodings.reduce((n, e) => n + e.size, 0)

/** 1 in the slot of each column's value, 0 elsewhere. A value that is missing but also a key takes its key's slot. */
export const oneHot = mlSpec('ml.oneHot', {
  infer: ({ encodings }, ctx) => {
    requireWidth(ctx, encodings.length)
    return [rowsBy(ctx, encodedWidth(encodings))]
  },
  evaluate: ({ encodings }, inputs) => {
    const rows = rowCount(inputs)
    const width = encodedWidth(encodings)
    const y = result(rows, width)
    const columns = columnsOf(inputs)
    let start = 0
    for (const [c, encoding] of encodings.entries()) {
      const column = columns[c]
      if (!column) break
      const slots = new Map<Category, number>()
      for (const [i, key] of encoding.keys.entries()) {
        const typed = keyFor(key, column.isText)
        if (!slots.has(typed)) slots.set(typed, encoding.slots[i] ?? -1)
      }
      for (let row = 0; row < rows; row++) {
        const value = cell(column, row)
        const slot = slots.get(value) ?? (isMissing(value) ? encoding.missingSlot : encoding.unknownSlot)
        if (slot >= 0) y.data[row * width + start + slot] = 1
      }
      start += encoding.size
    }
    return [y]
  },
})
