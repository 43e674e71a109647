import type { ValueName } from '../../../../../core/ir/builder.ts'
import type { Node } from '../../../../../core/ir/graph.ts'
import type { Category } from '../../../../../core/ir/model.ts'
import type { LowerContext } from '../../lowering.ts'
import { asFloat32 } from './ml-inputs.ts'

/** The hub operators that `postTransform` and `twoScores` may add. */
export const SCORE_OPERATORS = ['ml.link', 'ml.label', 'ml.linear', 'Cast'] as const

/** Scores [N, K] after an element-wise or row-wise transform (ml_common.h, batched_update_scores_inplace). */
export function postTransform(scores: ValueName, transform: unknown, ctx: LowerContext): ValueName {
  switch (transform ?? 'NONE') {
    case 'NONE':
      return scores
    case 'LOGISTIC':
      return ctx.hub.ml('ml.link', [scores], { function: 'logit' })
    case 'SOFTMAX':
      return ctx.hub.ml('ml.link', [scores], { function: 'softmax' })
    default:
      return ctx.block(
        `its post_transform ${String(transform)} is not supported`,
        'Export the model with NONE, LOGISTIC or SOFTMAX.',
      )
  }
}

/** How ONNX Runtime makes two scores of one, s: 1 − s, s when it is a probability; −s, s when it is a decision. */
export function twoScores(score: ValueName, kind: 'probability' | 'decision', ctx: LowerContext): ValueName {
  if (kind === 'probability') return ctx.hub.ml('ml.link', [score], { function: 'identity', complement: true })
  return ctx.hub.ml('ml.linear', [score], {
    coefficients: Float64Array.of(-1, 1),
    intercepts: Float64Array.of(0, 0),
  })
}

/** States a classifier's two outputs. */
export function classifierResult(
  node: Node,
  ctx: LowerContext,
  label: { value: ValueName; rule: 'argmax' | 'threshold'; threshold?: number },
  labels: readonly Category[],
  scores: ValueName,
): void {
  const { value, ...rule } = label
  ctx.result(node, ctx.hub.ml('ml.label', [value], { labels, ...rule }), 0)
  ctx.result(node, asFloat32(scores, ctx), 1)
}
