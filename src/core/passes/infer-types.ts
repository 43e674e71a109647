import type { Graph } from '../ir/graph.ts'
import type { Dim, ValueType } from '../ir/types.ts'
import type { PassContext } from './pass.ts'

/** Infers all types again, in order, as folded constants reveal more shapes. What was recorded fills what inference can not tell. */
export function inferTypes(graph: Graph, { ops }: PassContext): Graph {
  const types = new Map<string, ValueType>()
  for (const value of graph.inputs) types.set(value, graph.types.get(value) ?? { dtype: null, shape: null })
  for (const [value, { dtype, shape }] of graph.constants) types.set(value, { dtype, shape })
  for (const node of graph.nodes) {
    const inferred = ops.get(node.op)?.infer({
      op: node.op,
      attributes: node.attributes,
      inputs: node.inputs.map((value) => (value ? (types.get(value) ?? { dtype: null, shape: null }) : undefined)),
      outputCount: node.outputs.length,
      constant: (index) => graph.constants.get(node.inputs[index] ?? ''),
    })
    for (const [i, value] of node.outputs.entries()) {
      if (value) types.set(value, refined(inferred?.[i], graph.types.get(value)))
    }
  }
  return { ...graph, types }
}

/** What is known of a type from both sides; a number is more than a symbol, a symbol more than nothing. */
function refined(inferred: ValueType | undefined, recorded: ValueType | undefined): ValueType {
  if (!inferred) return recorded ?? { dtype: null, shape: null }
  if (!recorded) return inferred
  const dtype = inferred.dtype ?? recorded.dtype
  if (!inferred.shape || !recorded.shape || inferred.shape.length !== recorded.shape.length) {
    return { dtype, shape: inferred.shape ?? recorded.shape }
  }
  const better = (a: Dim, b: Dim) => (typeof a === 'number' ? a : typeof b === 'number' ? b : (a ?? b))
  return { dtype, shape: inferred.shape.map((d, i) => better(d, recorded.shape?.[i] ?? null)) }
}
