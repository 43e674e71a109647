import type { Node } from '../ir/graph.ts'
import type { Category } from '../ir/model.ts'
import { numbersOf, type Tensor } from '../ir/tensor.ts'
import { labelType } from '../ops/ml/label.ts'
import type { RaiseRule, Rewriting } from './rewriting.ts'

/** Operators between ArgMax and the choice of a label that only reshape or retype an index. */
const INDEX_MOVES: ReadonlySet<string> = new Set(['Cast', 'Reshape', 'Squeeze', 'Unsqueeze', 'Flatten', 'Identity'])

function labelsOf(tensor: Tensor | undefined): readonly Category[] | undefined {
  if (tensor?.data === undefined || tensor.shape.length !== 1 || tensor.shape[0] === 0) return undefined
  return tensor.dtype === 'string' ? (tensor.data as readonly string[]) : numbersOf(tensor)
}

/** The ArgMax or ArgMin over the columns that an index comes from. */
function choiceBehind(value: string, rewriting: Rewriting): Node | undefined {
  let node = rewriting.producer(value)
  while (node && INDEX_MOVES.has(node.op)) node = rewriting.producer(node.inputs[0])
  if (node?.op !== 'ArgMax' && node?.op !== 'ArgMin') return undefined
  const rank = rewriting.type(node.inputs[0]).shape?.length
  const axis = Number(node.attributes['axis'] ?? 0)
  const isOverColumns = rank === 2 && (axis === 1 || axis === -1)
  return isOverColumns && !node.attributes['select_last_index'] ? node : undefined
}

function rewrite(node: Node, rewriting: Rewriting): readonly Node[] | undefined {
  if (Number(node.attributes['axis'] ?? 0) > 0) return undefined
  const labels = labelsOf(rewriting.constant(node.inputs[0]))
  const choice = choiceBehind(node.inputs[1] ?? '', rewriting)
  const shape = rewriting.type(node.outputs[0]).shape
  const columns = rewriting.type(choice?.inputs[0]).shape?.[1]
  if (!labels || !choice || shape?.length !== 1) return undefined
  if (typeof columns === 'number' && columns !== labels.length) return undefined
  const rule = choice.op === 'ArgMax' ? 'argmax' : 'argmin'
  const scores = rewriting.uncast(choice.inputs[0] ?? '')
  const label = rewriting.node(node, 'ml.label', [scores], { labels, rule }, { dtype: labelType(labels), shape })
  return rewriting.finish(node, [label])
}

/** labels[argmax(scores)] is a label: Gather of a constant vector by the position of the best column. */
export const raiseLabels: RaiseRule = { replaces: ['Gather'], produces: ['ml.label', 'Cast'], rewrite }
