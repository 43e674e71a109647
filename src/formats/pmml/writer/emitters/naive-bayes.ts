import type { Node } from '../../../../core/ir/graph.ts'
import type { MlAttributes } from '../../../../core/ops/ml/attributes.ts'
import type { Emitter, PmmlContext } from '../context.ts'
import { type Column, number } from '../field.ts'
import { applied } from './columns.ts'

/** ml.gaussianNaiveBayes: the log densities as expressions; NaiveBayesModel multiplies densities, which underflow. */
export const naiveBayesEmitters: Readonly<Record<string, Emitter>> = { 'ml.gaussianNaiveBayes': gaussian }

function gaussian(ctx: PmmlContext, node: Node): readonly Column[] {
  const { means, variances, logPriors } = node.attributes as unknown as MlAttributes['ml.gaussianNaiveBayes']
  const columns = ctx.table(node).map((column): Column => ({ kind: 'field', field: ctx.field(column) }))
  return Array.from(logPriors, (logPrior, k) => {
    let constant = logPrior
    const terms = columns.map((column, j) => {
      const [mean, variance] = [means[k * columns.length + j] ?? 0, variances[k * columns.length + j] ?? 1]
      constant -= 0.5 * Math.log(2 * Math.PI * variance)
      const deviation = applied(ctx, '-', column, number(mean))
      return applied(ctx, '/', applied(ctx, 'pow', deviation, number(2)), number(-2 * variance))
    })
    return applied(ctx, 'sum', number(constant), ...terms)
  })
}
