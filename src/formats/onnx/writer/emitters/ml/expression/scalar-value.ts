import type { GraphBuilder, ValueName } from '../../../../../../core/ir/builder.ts'
import type { Category } from '../../../../../../core/ir/model.ts'
import type { ExpressionType } from '../../../../../../core/ops/ml/expression.ts'
import { isMissing } from '../../../../../../core/ops/ml/table.ts'
import type { EmitContext } from '../../../emitter.ts'
import { row, scalar } from '../constants.ts'

/**
 * A column of an expression's values, [N, 1] or a constant [1, 1]. Missing is NaN among numbers and '' among strings; truth
 * values are a tensor of bool that is false where the value is missing, beside a tensor that says where (absent: nowhere).
 */
export type ScalarValue =
  | { readonly type: 'number'; readonly value: ValueName; readonly constant?: Category }
  | { readonly type: 'string'; readonly value: ValueName; readonly constant?: Category }
  | {
      readonly type: 'boolean'
      readonly value: ValueName
      readonly missing?: ValueName | undefined
      readonly constant?: undefined
    }

export const numberValue = (value: ValueName): ScalarValue => ({ type: 'number', value })
export const textValue = (value: ValueName): ScalarValue => ({ type: 'string', value })
export const truthValue = (value: ValueName, missing?: ValueName): ScalarValue => ({ type: 'boolean', value, missing })

/** What stands for a missing value of this type. */
export const missingOf = (type: ExpressionType): Category => (type === 'string' ? '' : Number.NaN)

export function constantValue(g: GraphBuilder, constant: Category, type: ExpressionType): ScalarValue {
  if (type === 'string') return { type, value: row(g, [constant], 'string'), constant }
  return { type: 'number', value: row(g, [constant], 'float64'), constant }
}

/** As a number: truth values become 0, 1 and NaN. Text that is not constant is refused. */
export function asNumber(ctx: EmitContext, value: ScalarValue): ValueName {
  const g = ctx.graph
  if (value.type === 'number') return value.value
  if (value.type === 'string') {
    if (value.constant === undefined) return ctx.block('a text is used as a number, which ONNX can not read')
    return scalar(g, value.constant === '' ? Number.NaN : Number(value.constant))
  }
  const number = g.op('Cast', [value.value], { to: 'float64' })
  return value.missing ? g.op('Where', [value.missing, scalar(g, Number.NaN), number]) : number
}

/** As text; numbers only when constant, because ONNX has no rule for how a number is written. */
export function asText(ctx: EmitContext, value: ScalarValue): ValueName {
  if (value.type === 'string') return value.value
  if (value.constant === undefined) return ctx.block('a number is used as text, which ONNX has no rule for')
  return row(ctx.graph, [isMissing(value.constant) ? '' : String(value.constant)], 'string')
}

/** As a truth value: numbers other than 0 are true, NaN is missing. */
export function asTruth(ctx: EmitContext, value: ScalarValue): Extract<ScalarValue, { type: 'boolean' }> {
  if (value.type === 'boolean') return value
  const g = ctx.graph
  const number = asNumber(ctx, value)
  const missing = g.op('IsNaN', [number])
  const isZero = g.op('Equal', [number, scalar(g, 0)])
  return { type: 'boolean', value: g.op('Not', [g.op('Or', [isZero, missing])]), missing }
}

/** Where the value is missing; undefined when it never is. */
export function missingMask(ctx: EmitContext, value: ScalarValue): ValueName | undefined {
  const g = ctx.graph
  if (value.type === 'boolean') return value.missing
  if (value.constant !== undefined && !isMissing(value.constant)) return undefined
  return value.type === 'string' ? g.op('Equal', [value.value, row(g, [''], 'string')]) : g.op('IsNaN', [value.value])
}

/** Where one of the values is missing; undefined when none ever is. */
export function anyMissing(ctx: EmitContext, values: readonly ScalarValue[]): ValueName | undefined {
  return disjunction(
    ctx.graph,
    values.map((value) => missingMask(ctx, value)),
  )
}

/** True where one of the masks is; masks left out are never true. */
export function disjunction(g: GraphBuilder, masks: readonly (ValueName | undefined)[]): ValueName | undefined {
  return masks
    .filter((mask) => mask !== undefined)
    .reduce<ValueName | undefined>((all, mask) => (all === undefined ? mask : g.op('Or', [all, mask])), undefined)
}

/** The value, but `replacement` where the mask is true; an absent mask is never true. */
export function replaced(
  ctx: EmitContext,
  value: ScalarValue,
  mask: ValueName | undefined,
  replacement: Category,
): ScalarValue {
  if (mask === undefined) return value
  const g = ctx.graph
  if (value.type === 'string') return textValue(g.op('Where', [mask, row(g, [replacement], 'string'), value.value]))
  if (value.type === 'boolean' && isMissing(replacement)) {
    const kept = g.op('And', [value.value, g.op('Not', [mask])])
    return truthValue(kept, disjunction(g, [value.missing, mask]))
  }
  return numberValue(g.op('Where', [mask, row(g, [replacement], 'float64'), asNumber(ctx, value)]))
}
