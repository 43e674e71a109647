import type { Node } from '../../../../core/ir/graph.ts'
import type { MlAttributes } from '../../../../core/ops/ml/attributes.ts'
import type { Emitter, PmmlContext } from '../context.ts'
import { type Column, number } from '../field.ts'
import { applied } from './columns.ts'
import { coupledProbabilities, MOST_COUPLED, plattProbability } from './pairwise-coupling.ts'
import { plus } from './products.ts'

/** What follows one-versus-one decisions. */
export const pairwiseEmitters: Readonly<Record<string, Emitter>> = {
  'ml.pairwiseVote': pairwiseVote,
  'ml.pairwiseProbability': pairwiseProbability,
}

/** The decisions of class `k`, and whether a positive one speaks for it. */
function decisionsOf(decisions: readonly Column[], classes: number, k: number): { decision: Column; first: boolean }[] {
  const found: { decision: Column; first: boolean }[] = []
  let at = 0
  for (let i = 0; i < classes; i++) {
    for (let j = i + 1; j < classes; j++) {
      const decision = decisions[at++]
      if (decision && (i === k || j === k)) found.push({ decision, first: i === k })
    }
  }
  return found
}

function pairwiseVote(ctx: PmmlContext, node: Node): readonly Column[] {
  const { classes, confidence } = node.attributes as unknown as MlAttributes['ml.pairwiseVote']
  const decisions = ctx.columns(node.inputs[0] ?? '')
  return Array.from({ length: classes }, (_, k) => {
    const own = decisionsOf(decisions, classes, k)
    const votes = plus(
      ctx,
      own.map(({ decision, first }) => {
        const [yes, no] = first ? [1, 0] : [0, 1]
        return applied(ctx, 'if', applied(ctx, 'greaterThan', decision, number(0)), number(yes), number(no))
      }),
    )
    if (!confidence) return votes
    const strength = plus(
      ctx,
      own.map(({ decision, first }) => (first ? decision : applied(ctx, '-', number(0), decision))),
    )
    const named: Column = { kind: 'field', field: ctx.field(strength, `confidence(${k})`) }
    const scale = applied(ctx, '*', number(3), applied(ctx, '+', applied(ctx, 'abs', named), number(1)))
    return applied(ctx, '+', votes, applied(ctx, '/', named, scale))
  })
}

function pairwiseProbability(ctx: PmmlContext, node: Node): readonly Column[] {
  const { classes, a, b } = node.attributes as unknown as MlAttributes['ml.pairwiseProbability']
  if (classes > MOST_COUPLED) {
    return ctx.block(
      node,
      'pairwise-coupling',
      `libsvm's probabilities of ${classes} classes come from an iteration that PMML has to spell out, which is too long`,
      'Convert to ONNX for the probabilities; the label is not affected.',
    )
  }
  const pairs = ctx
    .columns(node.inputs[0] ?? '')
    .map((decision, pair) => plattProbability(ctx, decision, a[pair] ?? 0, b[pair] ?? 0))
  return coupledProbabilities(ctx, pairs, classes, node.id)
}
