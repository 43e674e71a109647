import type { ValueName } from '../../../../core/ir/builder.ts'
import type { Category } from '../../../../core/ir/model.ts'
import type { LinkFunction } from '../../../../core/ops/ml/attributes.ts'
import { apply } from '../../../../core/ops/ml/expression.ts'
import { block } from '../blocked.ts'
import { FormulaBuilder } from '../columns/formula.ts'
import { type LinearRow, linearScores } from './linear-scores.ts'
import { type ClassPrediction, columnOf, type ModelEnv, once } from './prediction.ts'

/** A classification by its probabilities: the first of the most probable labels. */
export function classesFromScores(
  { ctx, target }: ModelEnv,
  { labels, names }: { labels: readonly Category[]; names: readonly string[] },
  makeScores: () => ValueName,
): ClassPrediction {
  const scores = once(makeScores)
  return {
    kind: 'classes',
    labels,
    names,
    dataType: target.dataType,
    scores,
    label: once(() => ctx.hub.ml('ml.label', [scores()], { labels, rule: 'argmax' })),
  }
}

/** Cumulative links of ordered classes: p₁ = F(s₁), pₖ = F(sₖ) − F(sₖ₋₁), the last class gets the rest. */
export function ordinalScores({ ctx, model }: ModelEnv, rows: readonly LinearRow[], link: LinkFunction): ValueName {
  if (link === 'softmax' || link === 'simplemax' || link === 'exp') return block(model, `${link} of ordered classes`)
  const raw = linearScores(ctx, rows.slice(0, -1))
  const cumulative = link === 'identity' ? raw : ctx.hub.ml('ml.link', [raw], { function: link })
  const formulas = rows.map((_, k) => {
    const builder = new FormulaBuilder()
    const at = (i: number) => builder.inline(columnOf(ctx, cumulative, i))
    const upper = k === rows.length - 1 ? ({ kind: 'constant', value: 1, type: 'number' } as const) : at(k)
    return builder.build(k === 0 ? upper : apply('-', upper, at(k - 1)), false)
  })
  return ctx.tables.matrix(formulas)
}
