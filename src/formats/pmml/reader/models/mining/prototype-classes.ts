import type { ValueName } from '../../../../../core/ir/builder.ts'
import { apply, type Expression, number } from '../../../../../core/ops/ml/expression.ts'
import { type Formula, FormulaBuilder, formulaOfValue } from '../../columns/formula.ts'
import { columnOf, type ModelEnv } from '../prediction.ts'

/** One model's probabilities [N, K], and when they count. */
export interface Member {
  readonly scores: ValueName
  /** 1 where the segment holds; absent where it always does. */
  readonly condition?: Formula
}

const MISSING: Expression = { kind: 'constant', value: null, type: 'number' }

/**
 * The methods `max` and `median` of classes: the class whose largest (or median) probability is the largest wins, and the
 * models whose probability of it is nearest to that one are averaged (JPMML-Evaluator, ProbabilityAggregator).
 *
 * @returns [N, K]
 */
export function prototypeScores(
  { ctx }: ModelEnv,
  fn: 'max' | 'median',
  members: readonly Member[],
  classes: number,
): ValueName {
  const { hub } = ctx
  /** A member's column where the member counts, else missing. */
  const counted = (builder: FormulaBuilder, { condition }: Member, column: Formula): Expression => {
    const own = builder.inline(column)
    return condition ? apply('if', builder.inline(condition), own, MISSING) : own
  }
  const references = Array.from({ length: classes }, (_, k) => {
    const builder = new FormulaBuilder()
    const columns = members.map((member) => counted(builder, member, columnOf(ctx, member.scores, k)))
    return builder.build(apply(fn, ...columns), false)
  })
  const reference = ctx.tables.matrix(references)
  const winner = hub.op('ArgMax', [reference], { axis: 1, keepdims: 1 })
  const ofWinner = (value: ValueName) => formulaOfValue(hub.op('GatherElements', [value, winner], { axis: 1 }))
  const goal = ofWinner(reference)
  const gaps = members.map((member) => {
    const builder = new FormulaBuilder()
    const own = counted(builder, member, ofWinner(member.scores))
    return builder.build(apply('abs', apply('-', own, builder.inline(goal))), false)
  })
  const gap = gaps.map((formula) => formulaOfValue(ctx.tables.value(formula)))
  const scores = Array.from({ length: classes }, (_, k) => {
    const builder = new FormulaBuilder()
    const each = gap.map((own) => builder.inline(own))
    const least = apply('min', ...each)
    const counts = each.map(
      (own): Expression => ({ kind: 'apply', function: 'lessOrEqual', args: [own, least], mapMissingTo: 0 }),
    )
    const sum = (terms: readonly Expression[]) => terms.reduce((a, b) => apply('+', a, b), number(0))
    const shares = members.map(({ scores: own }, i) =>
      apply('*', counts[i] as Expression, builder.inline(columnOf(ctx, own, k))),
    )
    return builder.build(apply('/', sum(shares), sum(counts)), false)
  })
  return ctx.tables.matrix(scores)
}
