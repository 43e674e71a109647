import { mlEmitter } from '../../emitter.ts'
import { columnsBetween, reducePairs } from './pairwise-terms.ts'

/** constant[k] − ½ Σ (x − mean)² / variance. */
export const gaussianNaiveBayes = mlEmitter('ml.gaussianNaiveBayes', (node, { means, variances, logPriors }, ctx) => {
  const g = ctx.graph
  const classes = logPriors.length
  const columns = means.length / classes
  const sum = reducePairs(ctx, ctx.matrix(node), means, classes, ({ gap, from, to }) =>
    g.op('Div', [
      g.op('Mul', [gap, gap]),
      g.float64(columnsBetween(variances, classes, from, to), [classes, to - from]),
    ]),
  )
  const constants = logPriors.map((prior, k) =>
    variances
      .subarray(k * columns, (k + 1) * columns)
      .reduce((total, v) => total - 0.5 * Math.log(2 * Math.PI * v), prior),
  )
  ctx.result(node, g.op('Add', [g.op('Mul', [sum, g.float64([-0.5], [1, 1])]), g.float64(constants)]))
})
