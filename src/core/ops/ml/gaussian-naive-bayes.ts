import { matrixOf, mlSpec, requireNumbers, requireWidth, result, rowsBy } from './table.ts'

/** log prior[k] + Σ_c log N(x[c]; means[k, c], variances[k, c]): the joint log likelihood. */
export const gaussianNaiveBayes = mlSpec('ml.gaussianNaiveBayes', {
  infer: ({ means, logPriors }, ctx) => {
    requireNumbers(ctx)
    requireWidth(ctx, means.length / logPriors.length)
    return [rowsBy(ctx, logPriors.length)]
  },
  evaluate: ({ means, variances, logPriors }, inputs, ctx) => {
    const x = matrixOf(ctx.op, inputs)
    const classes = logPriors.length
    const y = result(x.rows, classes)
    for (let k = 0; k < classes; k++) {
      let constant = logPriors[k] as number
      for (let c = 0; c < x.columns; c++)
        constant -= 0.5 * Math.log(2 * Math.PI * (variances[k * x.columns + c] as number))
      for (let row = 0; row < x.rows; row++) {
        let sum = 0
        for (let c = 0; c < x.columns; c++) {
          const gap = (x.data[row * x.columns + c] as number) - (means[k * x.columns + c] as number)
          sum += (gap * gap) / (variances[k * x.columns + c] as number)
        }
        y.data[row * classes + k] = constant - 0.5 * sum
      }
    }
    return [y]
  },
})
