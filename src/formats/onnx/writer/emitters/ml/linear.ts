import type { ValueName } from '../../../../../core/ir/builder.ts'
import { type EmitContext, mlEmitter } from '../../emitter.ts'

/** [K, C] row-major as [C, K]. */
export function transposed(matrix: Float64Array, rows: number): Float64Array {
  const columns = matrix.length / rows
  const result = new Float64Array(matrix.length)
  for (let r = 0; r < rows; r++)
    for (let c = 0; c < columns; c++) result[c * rows + r] = matrix[r * columns + c] as number
  return result
}

/** x · matrixᵀ, for a matrix [rows, C]: [N, rows]. */
export function times(ctx: EmitContext, x: ValueName, matrix: Float64Array, rows: number): ValueName {
  const g = ctx.graph
  return g.op('MatMul', [x, g.float64(transposed(matrix, rows), [matrix.length / rows, rows])])
}

/** MatMul and Add in float64: LinearRegressor has no double kernel. */
export const linear = mlEmitter('ml.linear', (node, { coefficients, intercepts }, ctx) => {
  const product = times(ctx, ctx.matrix(node), coefficients, intercepts.length)
  ctx.result(node, ctx.graph.op('Add', [product, ctx.graph.float64(intercepts)]))
})
