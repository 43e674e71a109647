import type { MlAttributes } from '../../../../core/ops/ml/attributes.ts'
import { el } from '../element.ts'
import type { Estimator } from '../estimator.ts'
import { aggregation, type Member, type Predicate } from './aggregation.ts'
import { regressionsOf } from './regressions.ts'

/** ml.weightedMedian as a MiningModel over the models that give its values. */
export const weightedMedian: Estimator = {
  op: 'ml.weightedMedian',
  regression(ctx, node) {
    const { weights } = node.attributes as unknown as MlAttributes['ml.weightedMedian']
    const [values = '', counts] = node.inputs
    const predicates = (counts === undefined ? [] : ctx.columns(counts)).map((column): Predicate | undefined => {
      if (column.kind === 'constant') return undefined
      const field = ctx.field(column)
      return { field, element: el('SimplePredicate', { field: field.name, operator: 'equal', value: 1 }) }
    })
    const members = regressionsOf(ctx, values).map((spec, k): Member => {
      const predicate = predicates[k]
      return { spec, weight: weights[k] ?? 0, ...(predicate ? { predicate } : {}) }
    })
    return [aggregation(ctx, 'weightedMedian', members, { functionName: 'regression', origin: node.origin })]
  },
}
