import { readBy } from '../ir/captures.ts'
import { type Graph, type Node, subgraphs } from '../ir/graph.ts'
import type { Tensor } from '../ir/tensor.ts'
import type { ValueType } from '../ir/types.ts'
import { permutationOf } from '../ops/tensor/movement.ts'
import { freshNames } from './fresh-names.ts'
import { compose, isIdentity, type Permutation, permuteTensor, unpermute } from './permutation.ts'
import { renameReads } from './rename.ts'
import { type RuleContext, SINK_RULES, type Sunk } from './transpose-rules.ts'

/** A value that is a permutation of another one and is not computed unless somebody needs it as it is. */
interface Alias {
  readonly base: string
  readonly perm: Permutation
  /** The Transpose it comes from. */
  readonly node: Node
}

/**
 * Moves Transposes towards the outputs, through operators that do not mind, until two of them cancel each other or an
 * operator needs the axes as they are. So a channels-last network, lowered with a pair of Transposes around each
 * convolution, keeps one at its input and one where the axes matter again.
 *
 * A graph that would end up with more Transposes than it has stays as it is.
 */
export function sinkTransposes(graph: Graph): Graph {
  if (!graph.nodes.some((node) => node.op === 'Transpose')) return graph
  const result = new Sinking(graph).run()
  const count = (g: Graph) => g.nodes.filter((node) => node.op === 'Transpose').length
  return count(result) > count(graph) ? graph : result
}

class Sinking {
  readonly #graph: Graph
  readonly #constants: Map<string, Tensor>
  readonly #types: Map<string, ValueType>
  readonly #nodes: Node[] = []
  readonly #aliases = new Map<string, Alias>()
  /** Values that already hold a permutation of a base, by both. */
  readonly #computed = new Map<string, string>()
  readonly #ids = new Set<string>()
  readonly #fresh: (hint: string) => string
  /** Values that must exist under their names: graph outputs, and what bodies read. */
  readonly #named: ReadonlySet<string>

  constructor(graph: Graph) {
    this.#graph = graph
    this.#constants = new Map(graph.constants)
    this.#types = new Map(graph.types)
    this.#fresh = freshNames(graph)
    const holders = graph.nodes.filter((node) => subgraphs(node).length > 0)
    this.#named = new Set([...graph.outputs, ...holders.flatMap((node) => [...readBy(node)])])
  }

  run(): Graph {
    for (const node of this.#graph.nodes) {
      if (!this.#transpose(node) && !this.#sink(node)) this.#keep(node)
    }
    return { ...this.#graph, nodes: this.#nodes, constants: this.#constants, types: this.#types }
  }

  /** A Transpose is not computed: its output becomes an alias. */
  #transpose(node: Node): boolean {
    const [input, output] = [node.inputs[0], node.outputs[0]]
    const rank = this.#types.get(input ?? '')?.shape?.length
    if (node.op !== 'Transpose' || input === undefined || output === undefined || rank === undefined) return false
    const perm = permutationOf(node.attributes, rank)
    const inner = this.#aliases.get(input)
    this.#alias(output, { base: inner?.base ?? input, perm: inner ? compose(inner.perm, perm) : perm, node })
    return true
  }

  #alias(value: string, alias: Alias): void {
    this.#aliases.set(value, alias)
    if (this.#named.has(value)) this.#emitTranspose(value, alias)
  }

  /** Lets the node read the bases of its permuted inputs, where its rule can; its outputs become aliases. */
  #sink(node: Node): boolean {
    const permuted = node.inputs
      .map((value) => this.#aliases.get(value))
      .filter((alias) => alias && !isIdentity(alias.perm))
    const rule = SINK_RULES.get(node.op)
    const [source] = permuted
    if (!rule || !source || node.outputs.some((value) => !this.#types.get(value)?.shape)) return false
    const added = new Map<string, Tensor>()
    const sunk = rule(node, this.#ruleContext(node, added))
    if (!sunk) return false
    for (const [name, tensor] of added) {
      this.#constants.set(name, tensor)
      this.#types.set(name, { dtype: tensor.dtype, shape: tensor.shape })
    }
    this.#emitSunk(node, sunk, source.node)
    return true
  }

  #emitSunk(node: Node, sunk: Sunk, transpose: Node): void {
    const same = isIdentity(sunk.perm)
    const outputs = node.outputs.map((value) => (same || !value ? value : this.#fresh(`${value}_permuted`)))
    this.#emit({
      ...node,
      inputs: sunk.inputs.map((value) => this.#read(value)),
      outputs,
      attributes: sunk.attributes ?? node.attributes,
    })
    if (same) return
    for (const [i, value] of node.outputs.entries()) {
      const type = this.#types.get(value)
      const base = outputs[i]
      if (!type?.shape || !base) continue
      this.#types.set(base, { dtype: type.dtype, shape: unpermute(type.shape, sunk.perm) })
      this.#alias(value, { base, perm: sunk.perm, node: transpose })
    }
  }

  #ruleContext(node: Node, added: Map<string, Tensor>): RuleContext {
    const aliasAt = (index: number) => this.#aliases.get(node.inputs[index] ?? '')
    return {
      perm: (index) => {
        const alias = aliasAt(index)
        return alias && !isIdentity(alias.perm) ? alias.perm : undefined
      },
      base: (index) => aliasAt(index)?.base ?? (node.inputs[index] as string),
      type: (value) => this.#types.get(value ?? ''),
      constant: (index) => this.#constants.get(node.inputs[index] ?? ''),
      addConstant: (tensor, hint) => {
        const name = this.#fresh(hint)
        added.set(name, tensor)
        return name
      },
    }
  }

  /** Emits the node as it is, with its permuted inputs computed. */
  #keep(node: Node): void {
    const names = new Map(node.inputs.map((value) => [value, this.#read(value)]))
    this.#emit(renameReads(node, new Map([...names].filter(([from, to]) => from !== to))))
  }

  /** The name under which a value can be read; computes it when it is an alias. */
  #read(value: string): string {
    const alias = this.#aliases.get(value)
    if (!alias) return value
    if (isIdentity(alias.perm)) return alias.base
    const key = `${alias.base} ${alias.perm.join()}`
    const before = this.#computed.get(key)
    if (before !== undefined) return before
    const constant = this.#constants.get(alias.base)
    if (constant) {
      const tensor = permuteTensor(constant, alias.perm)
      const name = this.#fresh(`${alias.base}_permuted`)
      this.#constants.set(name, tensor)
      this.#types.set(name, { dtype: tensor.dtype, shape: tensor.shape })
      this.#computed.set(key, name)
      return name
    }
    this.#emitTranspose(value, alias)
    return value
  }

  #emitTranspose(value: string, { base, perm, node }: Alias): void {
    const identity = isIdentity(perm)
    this.#emit({
      ...node,
      op: identity ? 'Identity' : 'Transpose',
      inputs: [base],
      outputs: [value],
      attributes: identity ? {} : { perm },
    })
    if (!identity) this.#computed.set(`${base} ${perm.join()}`, value)
  }

  /** One Transpose may become several: each node gets an id of its own. */
  #emit(node: Node): void {
    const id = this.#ids.has(node.id) ? this.#fresh(node.id) : node.id
    this.#ids.add(id)
    this.#nodes.push(id === node.id ? node : { ...node, id })
  }
}
