import type { ValueName } from '../../../../../core/ir/builder.ts'
import { type EmitContext, mlEmitter } from '../../emitter.ts'
import { ExpressionEmitter } from './expression/emit-expression.ts'
import { asNumber, asText, type ScalarValue } from './expression/scalar-value.ts'

/** Each expression as a column [N, 1] of tensor operators; missing values follow PMML's rules. */
export const expression = mlEmitter('ml.expression', (node, { expressions, type }, ctx) => {
  const g = ctx.graph
  const emitter = new ExpressionEmitter(ctx, node)
  const columns = expressions.map((each) => {
    const value = emitter.emit(each)
    return allRows(ctx, node.inputs[0], value, type === 'string' ? asText(ctx, value) : asNumber(ctx, value))
  })
  ctx.result(node, columns.length === 1 ? (columns[0] as ValueName) : g.op('Concat', columns, { axis: 1 }))
})

/** A constant is repeated for every row of the table. */
function allRows(ctx: EmitContext, input: string | undefined, { constant }: ScalarValue, column: ValueName): ValueName {
  if (constant === undefined || input === undefined) return column
  const g = ctx.graph
  const rows = g.op('Shape', [ctx.value(input)], { start: 0, end: 1 })
  return g.op('Expand', [column, g.op('Concat', [rows, g.int64([1])], { axis: 0 })])
}
