import type { ValueName } from '../../../../../core/ir/builder.ts'
import { apply, number } from '../../../../../core/ops/ml/expression.ts'
import { type Formula, FormulaBuilder, formulaOfValue } from '../../columns/formula.ts'
import type { ModelEnv } from '../prediction.ts'
import type { Part } from './combine-values.ts'

/** The smallest value up to which at least half of the weight lies; segments that do not hold weigh nothing. */
export function weightedMedian(env: ModelEnv, parts: readonly Part[]): Formula {
  const { ctx } = env
  const { hub } = ctx
  const matrix = ctx.tables.matrix(parts.map(({ value }) => value))
  const [sorted, order] = hub.ops(
    'TopK',
    [matrix, hub.int64([parts.length])],
    { axis: 1, largest: 0 },
    { outputs: 2 },
  ) as [ValueName, ValueName]
  const inOrder = weightsInOrder(env, parts, order)
  const cumulative = hub.op('CumSum', [inOrder, hub.int64([1], [])])
  const reached = hub.op('GreaterOrEqual', [cumulative, halfOfWeight(env, parts, cumulative)])
  const isReached = hub.op('Cast', [reached], { to: 'float64' })
  const first = hub.op('ArgMax', [isReached], { axis: 1, keepdims: 1 })
  return formulaOfValue(hub.op('GatherElements', [sorted, first], { axis: 1 }))
}

/** Half of the weight that counts: known in advance where every segment does. */
function halfOfWeight({ ctx }: ModelEnv, parts: readonly Part[], cumulative: ValueName): ValueName {
  const { hub } = ctx
  if (parts.every(({ condition }) => !condition)) {
    return hub.float64([0.5 * parts.reduce((total, { weight }) => total + weight, 0)], [])
  }
  const total = hub.op('Gather', [cumulative, hub.int64([parts.length - 1])], { axis: 1 })
  return hub.op('Mul', [total, hub.float64([0.5])])
}

/** [N, K]: the weight of each value, sorted as the values are. */
function weightsInOrder({ ctx }: ModelEnv, parts: readonly Part[], order: ValueName): ValueName {
  const { hub } = ctx
  const weights = parts.map(({ weight }) => weight)
  if (parts.every(({ condition }) => !condition)) return hub.op('Gather', [hub.float64(weights), order], { axis: 0 })
  const columns = parts.map(({ condition, weight }) => {
    const builder = new FormulaBuilder()
    const counts = condition ? builder.inline(condition) : number(1)
    return builder.build(apply('*', counts, number(weight)), false)
  })
  return hub.op('GatherElements', [ctx.tables.matrix(columns), order], { axis: 1 })
}
