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
    const parts = this.#ofNode(node, (value) => value)
    return parts && JSON.stringify([parts, node.outputs.map((output) => output !== '')])
  }

  /** `named` gives the names of values as they are to be compared; undefined for a node that no other is equal to. */
  #ofNode(node: Node, named: (value: string) => string): unknown[] | undefined {
    if (RANDOM.test(node.op)) return undefined
    const attributes = Object.entries(node.attributes).map(([name, value]) => [
      name,
      isGraph(value) ? this.#ofBody(value, named) : this.#of(value),
    ])
    if (attributes.some(([, value]) => value === undefined)) return undefined
    return [node.op, node.inputs.map(named), attributes]
  }

  /** A body with its own values numbered in the order in which they come to be. */
  #ofBody(body: Graph, outer: (value: string) => string): unknown[] | undefined {
    const own = new Map<string, string>()
    for (const value of [...body.inputs, ...body.constants.keys(), ...body.nodes.flatMap((node) => node.outputs)])
      own.set(value, `#${own.size}`)
    const named = (value: string) => (value === '' ? '' : (own.get(value) ?? outer(value)))
    const nodes = body.nodes.map((node) => this.#ofNode(node, named))
    if (nodes.includes(undefined)) return undefined
    const constants = Array.from(body.constants.values(), (tensor) => this.#of(tensor))
    return [body.inputs.map((input) => body.types.get(input)), constants, nodes, body.outputs.map(named)]
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
