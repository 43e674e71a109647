import { UnsupportedError } from '../../../../core/errors.ts'
import type { PyView } from '../../../../encodings/pickle/view.ts'
import { type Column, type Columns, renamed } from '../columns.ts'
import type { EstimatorLowering, LoweringContext } from '../context.ts'

/** Keeps columns in a Memory under names, and adds none to the table. */
function memorize(ctx: LoweringContext, memorizer: PyView, columns: Columns): Columns {
  const memory = ctx.memory(memorizer.attr('memory'))
  for (const [i, name] of memorizer.attr('names').strings().entries()) {
    memory.set(name, columns[i] ?? memorizer.fail(`there is no column ${i}`))
  }
  return []
}

/** The columns that a Memorizer on the way kept under the same names. */
function recall(ctx: LoweringContext, recaller: PyView): Columns {
  const memory = ctx.memory(recaller.attr('memory'))
  const names = recaller.attr('names').strings()
  const found = names.map((name): Column => {
    const column = memory.get(name)
    if (column) return column
    throw new UnsupportedError(`Nothing was memorized under the name ${name} before it is recalled`)
  })
  return renamed(found, names)
}

/** sklearn2pmml.cross_reference: columns that a later step takes up again. */
export const crossReferences: readonly EstimatorLowering[] = [
  { operator: 'sklearn2pmml.Memorizer', produces: [], transform: memorize },
  { operator: 'sklearn2pmml.Recaller', produces: [], transform: (ctx, recaller) => recall(ctx, recaller) },
]
