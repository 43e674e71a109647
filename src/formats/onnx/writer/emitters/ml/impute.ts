import type { ValueName } from '../../../../../core/ir/builder.ts'
import { type DType, isFloat } from '../../../../../core/ir/dtype.ts'
import type { Category } from '../../../../../core/ir/model.ts'
import { isMissing, keyFor } from '../../../../../core/ops/ml/table.ts'
import { type EmitContext, mlEmitter } from '../../emitter.ts'
import { row } from './constants.ts'

/** Where(missing or the marker, replacement, x), in the column's own element type. */
export const impute = mlEmitter('ml.impute', (node, { missingValue, replacements }, ctx) => {
  const g = ctx.graph
  const x = ctx.value(node.inputs[0] as string)
  const dtype = g.type(x).dtype as DType
  const tests = tester(ctx, x, dtype)
  const marker = missingValue === undefined ? undefined : keyFor(missingValue, dtype === 'string')
  const conditions = [
    ...(isFloat(dtype) ? [g.op('IsNaN', [x])] : []),
    ...(dtype === 'string' ? [tests('')] : []),
    ...(marker === undefined || isMissing(marker) ? [] : [tests(marker)]),
  ]
  const [first, ...more] = conditions
  if (first === undefined) return ctx.result(node, x)
  const missing = more.reduce((a, b) => g.op('Or', [a, b]), first)
  ctx.result(node, g.op('Where', [missing, row(g, replacements, dtype), x]))
})

const tester = (ctx: EmitContext, x: ValueName, dtype: DType) => (value: Category) =>
  ctx.graph.op('Equal', [x, row(ctx.graph, [value], dtype)])
