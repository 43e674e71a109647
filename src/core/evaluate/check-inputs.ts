import { PortolanError } from '../errors.ts'
import type { Graph } from '../ir/graph.ts'
import { formatType } from '../ir/types.ts'
import type { EvalTensor } from '../ops/spec.ts'

/**
 * Refuses inputs that do not fit the graph's types: a missing one, text for numbers, another rank, another size, or two
 * sizes for one symbol. Throws PortolanError('invalid-input').
 */
export function checkInputs(graph: Graph, inputs: Readonly<Record<string, EvalTensor>>): void {
  const symbols = new Map<string, number>()
  for (const name of graph.inputs) {
    const value = Object.hasOwn(inputs, name) ? inputs[name] : undefined
    const type = graph.types.get(name)
    const refuse = (message: string): never => {
      throw new PortolanError('invalid-input', message, { hint: `The input ${name} is ${formatType(type)}.` })
    }
    if (!value) return refuse(`the input ${name} is missing`)
    if (type?.dtype && (type.dtype === 'string') !== (value.dtype === 'string')) {
      refuse(`the input ${name} holds ${value.dtype === 'string' ? 'text' : 'numbers'}`)
    }
    if (!type?.shape) continue
    const fits =
      type.shape.length === value.shape.length &&
      type.shape.every((dim, axis) => {
        const size = value.shape[axis] as number
        if (typeof dim === 'number') return dim === size
        if (dim === null) return true
        const known = symbols.get(dim) ?? size
        symbols.set(dim, known)
        return known === size
      })
    if (!fits) refuse(`the input ${name} has the shape [${value.shape.join(', ')}]`)
  }
}
