import type { ValueName } from '../../../../../core/ir/builder.ts'
import { apply, type Expression, number } from '../../../../../core/ops/ml/expression.ts'
import { FormulaBuilder, formulaOfValue } from '../../columns/formula.ts'
import { columnOf, type ModelEnv } from '../prediction.ts'

/**
 * The methods `max` and `median` of classes: the class whose largest (or median) probability is the largest wins, and the
 * models whose probability of it is nearest to that one are averaged (JPMML-Evaluator, ProbabilityAggregator).
 *
 * @param members one hub value [N, K] per model
 * @returns [N, K]
 */
export function prototypeScores(
  { ctx }: ModelEnv,
  fn: 'max' | 'median',
  members: readonly ValueName[],
  classes: number,
): ValueName {
  const { hub } = ctx
  const references = Array.from({ length: classes }, (_, k) => {
    const builder = new FormulaBuilder()
    return builder.build(apply(fn, ...members.map((member) => builder.inline(columnOf(ctx, member, k)))), false)
  })
  const reference = ctx.tables.matrix(references)
  const winner = hub.op('ArgMax', [reference], { axis: 1, keepdims: 1 })
  const ofWinner = (value: ValueName) => formulaOfValue(hub.op('GatherElements', [value, winner], { axis: 1 }))
  const target = ofWinner(reference)
  const gaps = members.map((member) => {
    const builder = new FormulaBuilder()
    return builder.build(apply('abs', apply('-', builder.inline(ofWinner(member)), builder.inline(target))), false)
  })
  const gap = ctx.tables.matrix(gaps)
  const scores = Array.from({ length: classes }, (_, k) => {
    const builder = new FormulaBuilder()
    const each = members.map((_member, i) => builder.inline(columnOf(ctx, gap, i)))
    const least = apply('min', ...each)
    const counts = each.map((own) => apply('lessOrEqual', own, least))
    const sum = (terms: readonly Expression[]) => terms.reduce((a, b) => apply('+', a, b), number(0))
    const shares = members.map((member, i) =>
      apply('*', counts[i] as Expression, builder.inline(columnOf(ctx, member, k))),
    )
    return builder.build(apply('/', sum(shares), sum(counts)), false)
  })
  return ctx.tables.matrix(scores)
}
