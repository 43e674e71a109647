import type { ValueName } from '../../../../core/ir/builder.ts'
import type { Category } from '../../../../core/ir/model.ts'
import type { LinkFunction } from '../../../../core/ops/ml/attributes.ts'
import { apply, type Expression } from '../../../../core/ops/ml/expression.ts'
import { block } from '../blocked.ts'
import { type Formula, FormulaBuilder } from '../columns/formula.ts'
import type { LowerContext } from '../context.ts'
import { type LinearRow, linearScores } from './linear-scores.ts'
import { type ClassPrediction, columnOf, columnOfVector, type ModelEnv, once, vectorOf } from './prediction.ts'

/** A classification by its probabilities: the first of the most probable labels. */
export function classesFromScores(
  { ctx, target }: ModelEnv,
  { labels, names }: { labels: readonly Category[]; names: readonly string[] },
  makeScores: () => ValueName,
  canBeMissing = false,
): ClassPrediction {
  const scores = once(makeScores)
  const label = () => ctx.hub.ml('ml.label', [scores()], { labels, rule: 'argmax' })
  return {
    kind: 'classes',
    labels,
    names,
    dataType: target.dataType,
    scores,
    label: once(canBeMissing ? () => answeredLabel(ctx, label(), columnOf(ctx, scores(), 0)) : label),
  }
}

/** The label where there is a score, else missing: the largest of no numbers means nothing. */
export function answeredLabel(ctx: LowerContext, label: ValueName, score: Formula): ValueName {
  const isText = ctx.hub.type(label).dtype === 'string'
  const builder = new FormulaBuilder()
  const missing: Expression = { kind: 'constant', value: null, type: isText ? 'string' : 'number' }
  const own = builder.inline(columnOfVector(ctx, label, isText))
  const guarded = builder.build(apply('if', apply('isMissing', builder.inline(score)), missing, own), isText)
  return vectorOf(ctx, ctx.tables.value(guarded))
}

/** Cumulative links of ordered classes: p₁ = F(s₁), pₖ = F(sₖ) − F(sₖ₋₁), the last class gets the rest. */
export function ordinalScores({ ctx, model }: ModelEnv, rows: readonly LinearRow[], link: LinkFunction): ValueName {
  if (link === 'softmax' || link === 'simplemax' || link === 'exp') return block(model, `${link} of ordered classes`)
  const raw = linearScores(ctx, rows.slice(0, -1))
  const cumulative =
    link === 'identity'
      ? ctx.hub.ml('ml.scale', [raw], { clip: [0, 1] })
      : ctx.hub.ml('ml.link', [raw], { function: link })
  const formulas = rows.map((_, k) => {
    const builder = new FormulaBuilder()
    const at = (i: number) => builder.inline(columnOf(ctx, cumulative, i))
    const upper = k === rows.length - 1 ? ({ kind: 'constant', value: 1, type: 'number' } as const) : at(k)
    return builder.build(k === 0 ? upper : apply('-', upper, at(k - 1)), false)
  })
  return ctx.tables.matrix(formulas)
}
