import { MalformedFileError } from '../../errors.ts'
import type { EvalTensor } from '../spec.ts'
import { compileExpression } from './evaluate-expression.ts'
import { columnsRead } from './expression-type.ts'
import { columnsOf, mlSpec, rowCount, rowsBy, widthOf } from './table.ts'

/** Derived columns, one per expression. */
export const expression = mlSpec('ml.expression', {
  infer: ({ expressions, type }, ctx) => {
    const width = widthOf(ctx)
    for (const each of expressions) {
      const last = Math.max(-1, ...columnsRead(each))
      if (width !== null && last >= width) {
        throw new MalformedFileError(`${ctx.op} reads column ${last} of a table of ${width} columns`)
      }
    }
    return [rowsBy(ctx, expressions.length, type === 'string' ? 'string' : 'float64')]
  },
  evaluate: ({ expressions, type }, inputs) => {
    const rows = rowCount(inputs)
    const columns = columnsOf(inputs)
    const compiled = expressions.map((each) => compileExpression(each, columns))
    const shape = [rows, expressions.length]
    const at = (i: number) => compiled[i % expressions.length]?.(Math.floor(i / expressions.length))
    const length = rows * expressions.length
    const output: EvalTensor =
      type === 'string'
        ? { dtype: 'string', shape, data: Array.from({ length }, (_, i) => asText(at(i))) }
        : { dtype: 'float64', shape, data: Float64Array.from({ length }, (_, i) => asNumber(at(i))) }
    return [output]
  },
})

const asText = (value: string | number | undefined): string =>
  typeof value === 'string' ? value : value === undefined || Number.isNaN(value) ? '' : String(value)

const asNumber = (value: string | number | undefined): number =>
  value === undefined || value === '' ? Number.NaN : Number(value)
