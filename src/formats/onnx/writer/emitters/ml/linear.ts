import type { ValueName } from '../../../../../core/ir/builder.ts'
import { type EmitContext, mlEmitter } from '../../emitter.ts'

/**
 * x · matrixᵀ (+ bias), for a matrix [rows, C] row-major and a bias [rows]: [N, rows] in float64. Not as MatMul, which ONNX Runtime
 * merges with a neighbouring multiplication by a constant (MatMulScaleFusion), and that constant becomes a float.
 */
export function times(
  ctx: EmitContext,
  x: ValueName,
  matrix: Float64Array,
  rows: number,
  bias?: Float64Array,
): ValueName {
  const g = ctx.graph
  const weights = g.float64(matrix, [rows, matrix.length / rows])
  return g.op('Gemm', [x, weights, ...(bias ? [g.float64(bias)] : [])], { transB: 1 })
}

/** Gemm in float64: LinearRegressor has no double kernel. */
export const linear = mlEmitter('ml.linear', (node, { coefficients, intercepts }, ctx) => {
  ctx.result(node, times(ctx, ctx.matrix(node), coefficients, intercepts.length, intercepts))
})
