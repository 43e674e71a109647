import { apply, type Expression, number } from '../../../../../core/ops/ml/expression.ts'
import { block } from '../../blocked.ts'
import { type Formula, FormulaBuilder, formulaOfValue } from '../../columns/formula.ts'
import { predicateFormula } from '../../predicates/predicate.ts'
import { linearColumn } from '../linear-scores.ts'
import type { ModelEnv, Prediction } from '../prediction.ts'
import type { Segment, Segmentation } from './segments.ts'
import { weightedMedian } from './weighted-median.ts'

/** One segment's number, and when it counts. */
export interface Part {
  readonly value: Formula
  /** 1 where the segment holds; absent where it always does. */
  readonly condition?: Formula
  readonly weight: number
}

/** Sums, averages and medians of any models' numbers (JPMML-Evaluator, SegmentationlUtil.aggregateValues). */
export function valueOfSegments(env: ModelEnv, segmentation: Segmentation): Prediction {
  const parts = segmentation.segments.map((segment): Part => {
    const [only] = env.nested(segment.model).predictions
    if (only?.prediction.kind !== 'value') return block(segment.element, 'its model gives no number')
    return { value: only.prediction.formula, weight: segment.weight, ...conditionOf(env, segment) }
  })
  return { kind: 'value', formula: combined(env, segmentation, parts) }
}

/** The predicate of a segment as a column; unknown does not hold. */
export function conditionOf({ ctx, scope }: ModelEnv, { predicate }: Segment): { condition?: Formula } {
  if (!predicate) return {}
  const builder = new FormulaBuilder()
  const known = builder.inline(predicateFormula(ctx, scope, predicate))
  const holds = builder.build(apply('and', apply('isNotMissing', known), known), false)
  return { condition: formulaOfValue(ctx.tables.value(holds)) }
}

export function combined(env: ModelEnv, segmentation: Segmentation, parts: readonly Part[]): Formula {
  const { method, missingTreatment } = segmentation
  const isWeighted = method.startsWith('weighted')
  const skips = missingTreatment === 'skipSegment'
  const weights = parts.map(({ weight }) => (isWeighted ? weight : 1))
  const total = weights.reduce((a, b) => a + b, 0)
  const isSum = /sum$/i.test(method)
  if (/median$/i.test(method)) return median(env, segmentation, parts, isWeighted)
  if (!isSum && !/average$/i.test(method)) return block(env.model, `the method ${method} of numbers`)
  if (!skips && parts.every(({ condition }) => !condition)) {
    const terms = parts.map(({ value }, i) => ({
      column: value,
      coefficient: (weights[i] as number) / (isSum ? 1 : total),
    }))
    return linearColumn(env.ctx, { terms, intercept: 0 })
  }
  return conditionalSum(env, segmentation, parts, weights, isSum)
}

/** A sum or an average of the parts that count. */
function conditionalSum(
  { ctx }: ModelEnv,
  { missingTreatment, missingThreshold }: Segmentation,
  parts: readonly Part[],
  weights: readonly number[],
  isSum: boolean,
): Formula {
  const builder = new FormulaBuilder()
  const skips = missingTreatment === 'skipSegment'
  const members = parts.map(({ value, condition, weight }, i) => {
    const x = builder.inline(formulaOfValue(ctx.tables.value(value)))
    const holds = condition ? builder.inline(condition) : number(1)
    const counts = skips ? apply('and', holds, apply('isNotMissing', x)) : holds
    return {
      share: apply('if', counts, apply('*', x, number(weights[i] as number)), number(0)),
      counted: apply('*', counts, number(weights[i] as number)),
      weight: apply('*', holds, number(weight)),
      answered: apply('*', counts, number(weight)),
    }
  })
  const sumOf = (terms: readonly Expression[]) => terms.reduce((a, b) => apply('+', a, b))
  const sum = sumOf(members.map(({ share }) => share))
  const counted = sumOf(members.map(({ counted: own }) => own))
  const all = sumOf(members.map(({ weight }) => weight))
  const missing: Expression = { kind: 'constant', value: null, type: 'number' }
  const answered = apply('/', sumOf(members.map((member) => member.answered)), all)
  const enough = skips
    ? apply('greaterOrEqual', answered, number(1 - missingThreshold))
    : apply('greaterThan', all, number(0))
  // A sum of no answers is 0, an average of none is none.
  const some = isSum && skips ? enough : apply('and', apply('notEqual', counted, number(0)), enough)
  return builder.build(apply('if', some, isSum ? sum : apply('/', sum, counted), missing), false)
}

/** Segments that do not count are missing, and the median leaves missing values out. */
function median(
  env: ModelEnv,
  { missingTreatment }: Segmentation,
  parts: readonly Part[],
  isWeighted: boolean,
): Formula {
  const { ctx } = env
  if (isWeighted) return weightedMedian(env, parts)
  const matrix = ctx.tables.matrix(parts.map(({ value }) => value))
  const builder = new FormulaBuilder()
  const missing: Expression = { kind: 'constant', value: null, type: 'number' }
  const columns = parts.map(({ condition }, index) => {
    const x = builder.inline({
      expression: { kind: 'column', index: 0 },
      sources: [{ kind: 'value', value: matrix, index, width: parts.length }],
      isText: false,
    })
    return { x, holds: condition ? builder.inline(condition) : undefined }
  })
  const middle = apply('median', ...columns.map(({ x, holds }) => (holds ? apply('if', holds, x, missing) : x)))
  if (missingTreatment === 'skipSegment') return builder.build(middle, false)
  const unanswered = columns.map(({ x, holds }) =>
    holds ? apply('and', holds, apply('isMissing', x)) : apply('isMissing', x),
  )
  return builder.build(apply('if', apply('or', ...unanswered, number(0)), missing, middle), false)
}
