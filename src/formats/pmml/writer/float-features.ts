import { consumers } from '../../../core/ir/graph.ts'
import type { Model } from '../../../core/ir/model.ts'

const MOVES: ReadonlySet<string> = new Set(['Identity', 'Concat', 'Gather', 'Reshape', 'Squeeze', 'Unsqueeze'])

/** Inputs whose every use rounds them to float32 first: their DataFields are floats, and nothing needs deriving. */
export function floatFeatures(model: Model): ReadonlySet<string> {
  const readers = consumers(model.graph)
  const isRounded = (value: string): boolean => {
    const nodes = readers.get(value) ?? []
    if (nodes.length === 0 || model.graph.outputs.includes(value)) return false
    return nodes.every((node) => {
      if (node.op === 'Cast') return model.graph.types.get(node.outputs[0] ?? '')?.dtype === 'float32'
      return MOVES.has(node.op) && isRounded(node.outputs[0] ?? '')
    })
  }
  return new Set(model.inputs.filter((input) => isRounded(input.value)).map((input) => input.value))
}
