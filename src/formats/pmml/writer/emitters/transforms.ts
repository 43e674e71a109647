import type { Node } from '../../../../core/ir/graph.ts'
import type { MlAttributes } from '../../../../core/ops/ml/attributes.ts'
import type { Emitter, PmmlContext } from '../context.ts'
import { constantElement } from '../context.ts'
import { el } from '../element.ts'
import { type Column, formatValue } from '../field.ts'
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
    if (clip) column = applied(ctx, 'min', applied(ctx, 'max', column, constant(clip[0])), constant(clip[1]))
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
    let expression = el('FieldRef', { field: field.name, mapMissingTo: formatValue(replacement, field.dataType) })
    if (missingValue !== undefined && missingValue !== '') {
      const isSentinel = el('Apply', { function: 'equal' }, expression, constantElement(missingValue, field.dataType))
      expression = el('Apply', { function: 'if' }, isSentinel, constantElement(replacement, field.dataType), expression)
    }
    return { kind: 'expression', expression, inputs: [field], dataType: field.dataType, name: `impute(${field.name})` }
  })
}

function oneHot(ctx: PmmlContext, node: Node): readonly Column[] {
  const { encodings } = node.attributes as unknown as MlAttributes['ml.oneHot']
  const table = ctx.table(node)
  return encodings.flatMap((encoding, i) => {
    const field = ctx.field(table[i] ?? ctx.block(node, 'malformed', `there is no column ${i}`))
    if (encoding.unknownSlot >= 0) {
      ctx.block(
        node,
        'unknown-category-slot',
        `the encoding of ${field.name} has a column of its own for unknown categories`,
      )
    }
    if (encoding.unknownIsInvalid) {
      const use = ctx.dataFields.find((d) => d.field === field)
      if (use) use.refusesUnknown = true
    }
    return Array.from(
      { length: encoding.size },
      (_, slot): Column => ({
        kind: 'indicator',
        field,
        members: encoding.keys.filter((_, k) => encoding.slots[k] === slot),
        missing: encoding.missingSlot === slot,
      }),
    )
  })
}

function nameOf(column: Column): string {
  if (column.kind === 'field' || column.kind === 'indicator') return column.field.name
  return column.kind === 'expression' ? (column.name ?? 'derived') : String(column.value)
}
