import { matrixOf, mlSpec, result, rowsBy } from './table.ts'

/** The smallest value up to which at least half of the weight lies; scikit-learn's AdaBoostRegressor, PMML's weightedMedian. */
export const weightedMedian = mlSpec('ml.weightedMedian', {
  infer: (_, ctx) => [rowsBy(ctx, 1)],
  evaluate: ({ weights }, [values, counts], ctx) => {
    const x = matrixOf(ctx.op, values ? [values] : [])
    const counted = counts && matrixOf(ctx.op, [counts]).data
    const y = result(x.rows, 1)
    for (let row = 0; row < x.rows; row++) {
      const start = row * x.columns
      const own = x.data.subarray(start, start + x.columns)
      const weightOf = (k: number) => (weights[k] as number) * (counted ? (counted[start + k] as number) : 1)
      const order = Array.from(own.keys()).sort((a, b) => (own[a] as number) - (own[b] as number))
      const reached: number[] = []
      for (const k of order) reached.push((reached.at(-1) ?? 0) + weightOf(k))
      const half = 0.5 * (reached.at(-1) ?? 0)
      y.data[row] = own[order[reached.findIndex((weight) => weight >= half)] as number] as number
    }
    return [y]
  },
})
