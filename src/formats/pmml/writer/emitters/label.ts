import type { Node } from '../../../../core/ir/graph.ts'
import type { Category } from '../../../../core/ir/model.ts'
import type { MlAttributes } from '../../../../core/ops/ml/attributes.ts'
import type { Emitter, PmmlContext } from '../context.ts'
import type { Column } from '../field.ts'
import { applied } from './columns.ts'

/** Decisions in the middle of a model: the label of the first score that is the best one, as an expression. */
export const labelEmitters: Readonly<Record<string, Emitter>> = {
  'ml.label': (ctx, node) => {
    const { labels, rule, threshold } = node.attributes as unknown as MlAttributes['ml.label']
    const scores = ctx.columns(node.inputs[0] ?? '').map((score) => ctx.named(score, 'score'))
    const [score] = scores
    if (!score) return ctx.block(node, 'malformed', 'a decision without scores')
    const [low = '', high = ''] = labels
    if (rule === 'threshold') {
      const isAbove = applied(ctx, 'greaterThan', score, { kind: 'constant', value: threshold ?? 0 })
      return [{ ...applied(ctx, 'if', isAbove, constant(high), constant(low)), ...typeOf(labels) }]
    }
    return [{ ...chosen(ctx, scores, rule === 'argmax' ? 'max' : 'min', labels.map(constant)), ...typeOf(labels) }]
  },
  ArgMax: (ctx, node) => position(ctx, node, 'max'),
  ArgMin: (ctx, node) => position(ctx, node, 'min'),
}

const constant = (value: Category): Column => ({ kind: 'constant', value })

const typeOf = (labels: readonly Category[]) =>
  labels.some((label) => typeof label === 'string') ? ({ dataType: 'string' } as const) : {}

/** The answer whose score is the first of the best. */
function chosen(ctx: PmmlContext, scores: readonly Column[], best: 'max' | 'min', answers: readonly Column[]): Column {
  const bound = ctx.named(applied(ctx, best, ...scores), best === 'max' ? 'largest' : 'smallest')
  const last = answers.at(-1) ?? constant(0)
  return scores
    .slice(0, -1)
    .reduceRight<Column>(
      (rest, score, k) => applied(ctx, 'if', applied(ctx, 'equal', score, bound), answers[k] ?? last, rest),
      last,
    )
}

function position(ctx: PmmlContext, node: Node, best: 'max' | 'min'): readonly Column[] {
  const axis = Number(node.attributes.axis ?? 0)
  const rank = ctx.shape(node.inputs[0] ?? '')?.length
  if (rank !== 2 || (axis !== 1 && axis !== -1) || node.attributes.select_last_index) {
    return ctx.block(node, 'unsupported-axis', `${node.op} over anything but the columns of a row has no PMML form`)
  }
  const scores = ctx.columns(node.inputs[0] ?? '').map((score) => ctx.named(score, 'score'))
  return [
    chosen(
      ctx,
      scores,
      best,
      scores.map((_, k) => constant(k)),
    ),
  ]
}
