import { number } from '../../../../../core/ops/ml/expression.ts'
import { type Formula, formulaOfValue } from '../../columns/formula.ts'
import type { ModelEnv } from '../prediction.ts'
import type { Part } from './combine-values.ts'

const ALWAYS: Formula = { expression: number(1), sources: [], isText: false }

/** The smallest value up to which at least half of the weight lies; segments that do not hold weigh nothing. */
export function weightedMedian({ ctx }: ModelEnv, parts: readonly Part[]): Formula {
  const inputs = [ctx.tables.matrix(parts.map(({ value }) => value))]
  if (parts.some(({ condition }) => condition)) {
    inputs.push(ctx.tables.matrix(parts.map(({ condition }) => condition ?? ALWAYS)))
  }
  const weights = Float64Array.from(parts, ({ weight }) => weight)
  return formulaOfValue(ctx.hub.ml('ml.weightedMedian', inputs, { weights }))
}
