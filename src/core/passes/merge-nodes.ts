import { type Graph, isGraph, type Node } from '../ir/graph.ts'
import { isTensor } from '../ir/tensor.ts'
import { uniteOrigins } from './origins.ts'
import { renameReads } from './rename.ts'

/** Lists and tensors of at most this many elements are compared by their elements; larger ones only by identity. */
const MAX_ELEMENTS = 256

/** Operators that give something else each time. */
const RANDOM = /^(?:Random|Bernoulli|Multinomial|Dropout)/

/**
 * Keeps one of the nodes that compute the same of the same values (common subexpressions); it then comes from the sources of all
 * of them. Nodes that make graph outputs stay, and so do those with bodies.
 */
export function mergeNodes(graph: Graph): Graph {
  const outputs = new Set(graph.outputs)
  const keys = new AttributeKeys()
  const first = new Map<string, number>()
  const names = new Map<string, string>()
  const kept: Node[] = []
  for (const original of graph.nodes) {
    const node = renameReads(original, names)
    const key = node.outputs.some((output) => outputs.has(output)) ? undefined : keys.ofNode(node)
    const at = key === undefined ? undefined : first.get(key)
    const same = at === undefined ? undefined : kept[at]
    if (at === undefined || same === undefined) {
      if (key !== undefined) first.set(key, kept.length)
      kept.push(node)
      continue
    }
    for (const [i, output] of node.outputs.entries()) names.set(output, same.outputs[i] as string)
    kept[at] = { ...same, origin: uniteOrigins(same, node) }
  }
  if (names.size === 0) return graph
  return { ...graph, nodes: kept, types: new Map([...graph.types].filter(([value]) => !names.has(value))) }
}

/** Texts that are equal for equal nodes. */
class AttributeKeys {
  readonly #identities = new Map<unknown, number>()

  ofNode(node: Node): string | undefined {
    const attributes = Object.entries(node.attributes)
    if (RANDOM.test(node.op) || attributes.some(([, value]) => isGraph(value))) return undefined
    return JSON.stringify([
      node.op,
      node.inputs,
      node.outputs.map((output) => output !== ''),
      attributes.map(([name, value]) => [name, this.#of(value)]),
    ])
  }

  #of(value: unknown): unknown {
    if (typeof value !== 'object' || value === null) return [typeof value, textOf(value)]
    if (isTensor(value) && value.data && value.data.length <= MAX_ELEMENTS)
      return [value.dtype, value.shape, Array.from<unknown>(value.data).map(textOf)]
    if (Array.isArray(value) && value.length <= MAX_ELEMENTS && value.every((each) => typeof each !== 'object'))
      return value.map(textOf)
    const known = this.#identities.get(value) ?? this.#identities.size
    this.#identities.set(value, known)
    return { identity: known }
  }
}

/** Where −0 differs from 0 and a NaN equals itself. */
const textOf = (value: unknown): string => (Object.is(value, -0) ? '-0' : String(value))
