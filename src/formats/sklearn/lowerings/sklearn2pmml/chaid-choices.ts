import type { Category } from '../../../../core/ir/model.ts'
import { PyView } from '../../../../encodings/pickle/view.ts'
import { category, vector } from '../estimator.ts'

/** How CHAID writes a missing number, among the values of a column and among the choices of a node. */
export const MISSING_CHOICE = '<missing>'

/** A number that CHAID gave to a value of a column. */
interface Numbered {
  readonly id: number
  readonly value: Category
}

/**
 * The values of a column (a CHAID.column.NominalColumn) by the choice that nodes list for them: mostly each value by
 * itself. CHAID 5.4 numbers the values in place, one after the other, and takes a number that it has just given
 * for a value when it comes to an equal one: of 0, 0, 1 (numpy.unique repeats values where some are NaN) the zeros become
 * 1, and with the ones 2, so that the choice 1 stands for both. Numbers that no row has tell that this has happened.
 */
export function valuesByChoice(column: PyView): ReadonlyMap<Category, readonly Category[]> {
  const numbered = column
    .attr('metadata')
    .entries()
    .map(([id, value]): Numbered => ({ id: new PyView(id, value.path).number(), value: category(value) }))
    .filter(({ value }) => value !== MISSING_CHOICE)
  const used = new Set(vector(column.attr('arr')))
  const merged = numbered.some(({ id }) => !used.has(id))
  const names = new Map(numbered.map(({ id, value }) => [id as Category, value]))
  const values = new Map<Category, Category[]>()
  for (const value of new Set(numbered.map((each) => each.value))) {
    const choice = (merged ? names.get(numberInPlace(numbered, value)) : undefined) ?? value
    values.set(choice, [...(values.get(choice) ?? []), value])
  }
  return values
}

/** What a value is in the end when each value in turn is replaced by its number. */
function numberInPlace(numbered: readonly Numbered[], value: Category): Category {
  return numbered.reduce((now, each) => (Object.is(now, each.value) ? each.id : now), value)
}
