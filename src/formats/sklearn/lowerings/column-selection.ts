import { isNode, type PyObject } from '../../../encodings/pickle/values.ts'
import type { PyView } from '../../../encodings/pickle/view.ts'
import type { Column, Columns } from './columns.ts'

/**
 * The columns that a branch of a ColumnTransformer takes: names, positions (negative ones from the end), a slice or a
 * mask. `_transformer_to_input_indices` (since 1.0) has the positions when the file keeps it.
 */
export function selectedColumns(owner: PyView, branch: string, selection: PyView, columns: Columns): Columns {
  const resolved = owner.optional('_transformer_to_input_indices')?.findKey(branch)
  const names = owner.optional('feature_names_in_')?.strings() ?? columns.map((column) => column.name)
  const indices = resolved
    ? resolved.isKind('object') && !resolved.isArray
      ? indicesOf(resolved, names, columns.length)
      : resolved.items().map((item) => item.integer())
    : indicesOf(selection, names, columns.length)
  return indices.map((index) => columns.at(index) ?? selection.fail(`there is no column ${index}`))
}

/** Positions in a table of `count` columns with these names. */
export function indicesOf(selection: PyView, names: readonly (string | undefined)[], count: number): number[] {
  const { value } = selection
  if (typeof value === 'string') return [positionOf(selection, value, names)]
  if (isNode(value, 'object') && value.classPath === 'builtins.slice') return sliceIndices(value, names, count)
  const list =
    selection.isKind('object') && selection.has('data') && !selection.isArray ? selection.attr('data') : selection
  if (!list.isArray && !list.isKind('list') && !list.isKind('tuple') && !list.isKind('object')) return [list.integer()]
  const items = list.items()
  if (items.length > 0 && items.every((item) => typeof item.value === 'boolean')) {
    return items.flatMap((item, i) => (item.boolean() ? [i] : []))
  }
  if (list.array()?.dtype.kind === 'b') return items.flatMap((item, i) => (item.number() ? [i] : []))
  return items.map((item) => (typeof item.value === 'string' ? positionOf(item, item.value, names) : item.integer()))
}

function positionOf(at: PyView, name: string, names: readonly (string | undefined)[]): number {
  const index = names.indexOf(name)
  return index >= 0 ? index : at.fail(`the table has no column ${JSON.stringify(name)}`)
}

/** `slice(start, stop, step)`; bounds that are names are inclusive, as in pandas. */
function sliceIndices(slice: PyObject, names: readonly (string | undefined)[], count: number): number[] {
  const bounds = slice.args
  const at = (i: number, absent: number, after: number): number => {
    const bound = bounds[i] ?? null
    if (typeof bound === 'string') return names.indexOf(bound) + after
    return typeof bound === 'number' ? (bound < 0 ? bound + count : bound) : absent
  }
  const step = typeof bounds[2] === 'number' && bounds[2] > 0 ? bounds[2] : 1
  const indices: number[] = []
  for (let i = at(0, 0, 0); i < Math.min(at(1, count, 1), count); i += step) indices.push(i)
  return indices
}

/** Columns by name; a plain position where the selector is a number. Fails at a name that the table has not. */
export function columnsNamed(selection: PyView, columns: Columns): Columns {
  const names = columns.map((column) => column.name)
  return indicesOf(selection, names, columns.length).map((i) => columns[i] as Column)
}
