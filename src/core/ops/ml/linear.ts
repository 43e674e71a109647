import { matrixOf, mlSpec, requireNumbers, requireWidth, result, rowsBy } from './table.ts'

/** x · coefficientsᵀ + intercepts. */
export const linear = mlSpec('ml.linear', {
  infer: ({ coefficients, intercepts }, ctx) => {
    requireNumbers(ctx)
    requireWidth(ctx, coefficients.length / intercepts.length)
    return [rowsBy(ctx, intercepts.length)]
  },
  evaluate: ({ coefficients, intercepts }, inputs, ctx) => {
    const x = matrixOf(ctx.op, inputs)
    const y = result(x.rows, intercepts.length)
    for (let row = 0; row < x.rows; row++) {
      for (let k = 0; k < intercepts.length; k++) {
        let sum = 0
        for (let c = 0; c < x.columns; c++) {
          sum += (x.data[row * x.columns + c] as number) * (coefficients[k * x.columns + c] as number)
        }
        y.data[row * intercepts.length + k] = sum + (intercepts[k] as number)
      }
    }
    return [y]
  },
})
