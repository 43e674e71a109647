import type { Node } from '../../../../core/ir/graph.ts'
import { numbersOf, type Tensor } from '../../../../core/ir/tensor.ts'
import type { PmmlContext } from '../context.ts'
import { el } from '../element.ts'
import { type Column, type Field, formatNumber } from '../field.ts'

/** More cells than this make no readable document, nor a usable one. */
const MAX_CELLS = 1_000_000

/** Rows of a constant table [P, …] chosen by computed indices: a MapValues for each element. */
export function tableLookup(ctx: PmmlContext, node: Node): readonly Column[] {
  const [table, indices] = node.inputs
  const tensor = ctx.constant(table ?? '')
  if (Number(node.attributes.axis ?? 0) !== 0 || !tensor || tensor.shape.length === 0) {
    return ctx.block(node, 'unsupported-gather', 'only rows of a fixed table can be looked up in PMML')
  }
  const columns = ctx.columns(indices ?? '')
  const [rows = 0] = tensor.shape
  const elements = (tensor.data?.length ?? 0) / Math.max(1, rows)
  const keys = columns.map((column) => ctx.field(column, 'index'))
  const classes = oneHotClasses(tensor, elements)
  if (keys.length * rows * (classes ? 1 : elements) > MAX_CELLS) {
    return ctx.block(node, 'large-table', `a lookup table of ${rows} rows is too large for PMML`)
  }
  return keys.flatMap((key): readonly Column[] => {
    if (classes) return indicators(mapped(key, classes, ctx, `class of ${key.name}`), elements)
    return Array.from({ length: elements }, (_, k): Column => {
      const values = valuesOf(tensor).filter((_, i) => i % elements === k)
      return { kind: 'field', field: mapped(key, values, ctx, `value of ${key.name}`) }
    })
  })
}

function valuesOf(tensor: Tensor): readonly (number | string)[] {
  return tensor.dtype === 'string' ? (tensor.data as readonly string[]) : (numbersOf(tensor) ?? [])
}

/** The slots of a table whose rows are one-hot, or undefined: then one lookup serves all columns of a row. */
function oneHotClasses(tensor: Tensor, width: number): readonly number[] | undefined {
  const numbers = numbersOf(tensor)
  if (!numbers || width < 2) return undefined
  const classes: number[] = []
  for (let at = 0; at < numbers.length; at += width) {
    const row = numbers.slice(at, at + width)
    if (row.filter((x) => x === 1).length !== 1 || row.filter((x) => x === 0).length !== width - 1) return undefined
    classes.push(row.indexOf(1))
  }
  return classes
}

function indicators(field: Field, width: number): Column[] {
  return Array.from({ length: width }, (_, k) => ({ kind: 'indicator', field, members: [k], missing: false }))
}

/** A field that is values[key]. */
function mapped(key: Field, values: readonly (number | string)[], ctx: PmmlContext, name: string): Field {
  const dataType = typeof values[0] === 'string' ? 'string' : 'double'
  const rows = values.map((value, i) =>
    el(
      'row',
      {},
      el('input', {}, String(i)),
      el('output', {}, typeof value === 'string' ? value : formatNumber(value)),
    ),
  )
  const expression = el(
    'MapValues',
    { outputColumn: 'output', dataType },
    el('FieldColumnPair', { field: key.name, column: 'input' }),
    el('InlineTable', {}, rows),
  )
  return ctx.derive(expression, [key], dataType, name)
}
