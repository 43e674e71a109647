import type { Node } from '../../../../core/ir/graph.ts'
import { type LowerContext, lowering, type OnnxLowering } from '../lowering.ts'
import { attentionLowering } from './attention.ts'
import { RMS_OPERATORS, rootMeanSquare } from './root-mean-square.ts'
import { rotaryLowerings } from './rotary-embedding.ts'
import { scalarLike } from './scaled-dot-product.ts'

/** x · sigmoid(alpha·x) (Swish-24). */
function swish(node: Node, ctx: LowerContext): void {
  const x = ctx.input(node, 0)
  const alpha = Number(node.attributes['alpha'] ?? 1)
  const scaled = alpha === 1 ? x : ctx.hub.op('Mul', [x, scalarLike(x, alpha, ctx)])
  ctx.result(node, ctx.hub.op('Mul', [x, ctx.hub.op('Sigmoid', [scaled])]))
}

/** x / √(mean(x²) + ε) · scale over the last axes (RMSNormalization-23). */
function rmsNormalization(node: Node, ctx: LowerContext): void {
  const [x, scale] = [ctx.input(node, 0), ctx.input(node, 1)]
  const rank = ctx.type(x).shape?.length ?? ctx.block('the rank of its input is not known')
  const axis = Number(node.attributes['axis'] ?? -1)
  const first = axis < 0 ? axis + rank : axis
  const axes = Array.from({ length: rank - first }, (_, i) => first + i)
  const epsilon = Number(node.attributes['epsilon'] ?? 1e-5)
  ctx.result(node, rootMeanSquare(x, scale, { axes, epsilon }, ctx))
}

/** Operators newer than the hub's opset, in terms of those that it has. */
export const newOperators: readonly OnnxLowering[] = [
  lowering('Swish', ['Mul', 'Sigmoid', 'Cast'], swish),
  lowering('RMSNormalization', RMS_OPERATORS, rmsNormalization),
  attentionLowering,
  ...rotaryLowerings,
]
