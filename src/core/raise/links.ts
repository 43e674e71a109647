import type { Node } from '../ir/graph.ts'
import { numbersOf } from '../ir/tensor.ts'
import type { LinkFunction } from '../ops/ml/attributes.ts'
import type { RaiseRule, Rewriting } from './rewriting.ts'

function functionOf(op: string, axis: number): LinkFunction | undefined {
  if (op === 'Sigmoid') return 'logit'
  return op === 'Softmax' && (axis === 1 || axis === -1) ? 'softmax' : undefined
}

/** x of Where(x < 0, e, 1) / (e + 1), e = exp(−|x|), which is a sigmoid that keeps its digits in both tails. */
function sigmoidArgument(node: Node, rewriting: Rewriting): string | undefined {
  const made = (value: string | undefined, op: string) => {
    const producer = rewriting.producer(value)
    return producer?.op === op ? producer : undefined
  }
  const is = (value: string | undefined, number: number) => {
    const numbers = numbersOf(rewriting.constant(value))
    return numbers?.length === 1 && numbers[0] === number
  }
  const [choice, total] = [made(node.inputs[0], 'Where'), made(node.inputs[1], 'Add')]
  const [negative, e, one] = choice?.inputs ?? []
  const [x = '', zero] = made(negative, 'Less')?.inputs ?? []
  const magnitude = made(made(made(e, 'Exp')?.inputs[0], 'Neg')?.inputs[0], 'Abs')?.inputs[0]
  const matches = magnitude === x && is(zero, 0) && is(one, 1) && total?.inputs[0] === e && is(total?.inputs[1], 1)
  return matches ? x : undefined
}

function rewrite(node: Node, rewriting: Rewriting): readonly Node[] | undefined {
  const argument = node.op === 'Div' ? sigmoidArgument(node, rewriting) : undefined
  const link = argument === undefined ? functionOf(node.op, Number(node.attributes['axis'] ?? -1)) : 'logit'
  const scores = rewriting.uncast(argument ?? node.inputs[0] ?? '')
  const shape = rewriting.type(scores).shape
  if (!link || shape?.length !== 2 || !rewriting.producer(scores)?.op.startsWith('ml.')) return undefined
  const raised = rewriting.node(node, 'ml.link', [scores], { function: link }, { dtype: 'float64', shape })
  return rewriting.finish(node, [raised])
}

/** A sigmoid or softmax of an estimator's scores [N, K] is an inverse link. */
export const raiseLinks: RaiseRule = { replaces: ['Sigmoid', 'Softmax', 'Div'], produces: ['ml.link', 'Cast'], rewrite }
