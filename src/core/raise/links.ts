import type { LinkFunction } from '../ops/ml/attributes.ts'
import type { RaiseRule } from './rewriting.ts'

function functionOf(op: string, axis: number): LinkFunction | undefined {
  if (op === 'Sigmoid') return 'logit'
  return op === 'Softmax' && (axis === 1 || axis === -1) ? 'softmax' : undefined
}

/** A sigmoid or softmax of an estimator's scores [N, K] is an inverse link. */
export const raiseLinks: RaiseRule = (node, rewriting) => {
  const link = functionOf(node.op, Number(node.attributes['axis'] ?? -1))
  const scores = rewriting.uncast(node.inputs[0] ?? '')
  const shape = rewriting.type(scores).shape
  if (!link || shape?.length !== 2 || !rewriting.producer(scores)?.op.startsWith('ml.')) return undefined
  const raised = rewriting.node(node, 'ml.link', [scores], { function: link }, { dtype: 'float64', shape })
  return rewriting.finish(node, [raised])
}
