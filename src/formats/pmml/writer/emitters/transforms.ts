import type { Node } from '../../../../core/ir/graph.ts'
import type { Category } from '../../../../core/ir/model.ts'
import type { MlAttributes } from '../../../../core/ops/ml/attributes.ts'
import type { Emitter, PmmlContext } from '../context.ts'
import { type Element, el } from '../element.ts'
import { type Column, type Field, formatValue } from '../field.ts'
import { constantElement } from '../indicator.ts'
import { between } from './arithmetic.ts'
import { applied } from './columns.ts'
import { expressionColumn } from './expression.ts'

/** The hub's column transforms as DerivedField expressions. */
export const transformEmitters: Readonly<Record<string, Emitter>> = {
  'ml.scale': scale,
  'ml.impute': impute,
  'ml.oneHot': oneHot,
  'ml.expression': (ctx, node) => {
    const { expressions, names } = node.attributes as unknown as MlAttributes['ml.expression']
    const table = ctx.table(node)
    return expressions.map((expression, i) => {
      const column = expressionColumn(ctx, node, expression, table)
      const name = names?.[i]
      return column.kind === 'expression' && name !== undefined ? { ...column, name } : column
    })
  },
}

function scale(ctx: PmmlContext, node: Node): readonly Column[] {
  const { center, divisor, factor, shift, clip } = node.attributes as unknown as MlAttributes['ml.scale']
  const constant = (value: number): Column => ({ kind: 'constant', value })
  return ctx.columns(node.inputs[0] ?? '').map((input, i) => {
    const step = (column: Column, fn: string, operand: number | undefined, neutral: number) =>
      operand === undefined || operand === neutral ? column : applied(ctx, fn, column, constant(operand))
    let column = step(input, '-', center?.[i], 0)
    column = step(column, '/', divisor?.[i], 1)
    column = step(column, '*', factor?.[i], 1)
    column = step(column, '+', shift?.[i], 0)
    if (clip) column = between(ctx, column, clip[0], clip[1])
    if (column.kind !== 'expression') return column
    return { ...column, name: `scale(${nameOf(input)})` }
  })
}

function impute(ctx: PmmlContext, node: Node): readonly Column[] {
  const { missingValue, replacements } = node.attributes as unknown as MlAttributes['ml.impute']
  return ctx.columns(node.inputs[0] ?? '').map((input, i): Column => {
    const replacement = replacements[i]
    if (replacement === undefined || Number.isNaN(replacement) || input.kind === 'indicator') return input
    const field = ctx.field(input)
    const replaced = el('FieldRef', { field: field.name, mapMissingTo: formatValue(replacement, field.dataType) })
    const expression =
      missingValue === undefined || missingValue === '' || Number.isNaN(missingValue)
        ? replaced
        : sentinelReplaced(field, missingValue, replacement)
    const name = `impute(${field.name})`
    return { kind: 'expression', expression, inputs: [field], dataType: field.dataType, name, named: true }
  })
}

/** A value that stands for a missing one is replaced, and so is a missing one. */
function sentinelReplaced(field: Field, sentinel: Category, replacement: Category): Element {
  const apply = (name: string, ...args: Element[]) => el('Apply', { function: name }, ...args)
  const ref = el('FieldRef', { field: field.name })
  const isSentinel = apply('equal', ref, constantElement(sentinel, field.dataType))
  const constant = constantElement(replacement, field.dataType)
  return apply('if', apply('isMissing', ref), constant, apply('if', isSentinel, constant, ref))
}

function oneHot(ctx: PmmlContext, node: Node): readonly Column[] {
  const { encodings } = node.attributes as unknown as MlAttributes['ml.oneHot']
  const table = ctx.table(node)
  return encodings.flatMap((encoding, i) => {
    const field = ctx.field(table[i] ?? ctx.block(node, 'malformed', `there is no column ${i}`))
    if (encoding.unknownIsInvalid) {
      const use = ctx.dataFields[ctx.dataFieldIndex(field) ?? -1]
      if (use) use.refusesUnknown = true
    }
    return Array.from({ length: encoding.size }, (_, slot): Column => {
      // unknown values go where no known key of another slot is
      const others = encoding.unknownSlot === slot
      return {
        kind: 'indicator',
        field,
        members: encoding.keys.filter((_, k) => (encoding.slots[k] === slot) !== others),
        missing: encoding.missingSlot === slot,
        ...(others ? { others } : {}),
      }
    })
  })
}

function nameOf(column: Column): string {
  if (column.kind === 'field' || column.kind === 'indicator') return column.field.name
  return column.kind === 'expression' ? (column.name ?? 'derived') : String(column.value)
}
