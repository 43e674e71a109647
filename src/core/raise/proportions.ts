import type { Node } from '../ir/graph.ts'
import { numbersOf } from '../ir/tensor.ts'
import type { RaiseRule, Rewriting } from './rewriting.ts'

/** The row sum that a divisor is: ReduceSum, or ReduceL1, of the numerator over the columns, replaced by 1 where it is 0. */
function isRowSumOf(divisor: string, numerator: string, rewriting: Rewriting): boolean {
  const guarded = rewriting.producer(divisor)
  const sum = guarded?.op === 'Where' ? rewriting.producer(guarded.inputs[2]) : guarded
  const axes = numbersOf(rewriting.constant(sum?.inputs[1]))
  return (
    (sum?.op === 'ReduceL1' || sum?.op === 'ReduceSum') &&
    sum.inputs[0] === numerator &&
    (axes?.[0] === -1 || axes?.[0] === 1)
  )
}

function rewrite(node: Node, rewriting: Rewriting): readonly Node[] | undefined {
  const [numerator = '', divisor = ''] = node.inputs
  if (!isRowSumOf(divisor, numerator, rewriting)) return undefined
  const scores = rewriting.uncast(numerator)
  const link = rewriting.producer(scores)
  const shape = rewriting.type(scores).shape
  if (link?.op !== 'ml.link' || shape?.length !== 2) return undefined
  const { function: inverse } = link.attributes
  const { dtype } = rewriting.type(node.outputs[0])
  if (inverse === 'softmax' && dtype) return [{ ...node, op: 'Cast', inputs: [scores], attributes: { to: dtype } }]
  if (inverse !== 'logit') return undefined
  const raised = rewriting.node(node, 'ml.link', [scores], { function: 'simplemax' }, { dtype: 'float64', shape })
  return rewriting.finish(node, [raised])
}

/**
 * Probabilities of one-versus-rest classes divided by their sum, which is never 0, are an inverse link of their own; those of
 * a softmax add up to 1 already.
 */
export const raiseProportions: RaiseRule = { replaces: ['Div'], produces: ['ml.link', 'Cast'], rewrite }
