import { PortolanError } from '../errors.ts'
import type { DType } from '../ir/dtype.ts'
import { type Graph, type Node, producers } from '../ir/graph.ts'
import type { Tensor } from '../ir/tensor.ts'
import type { ValueType } from '../ir/types.ts'

/** A pattern of tensor operators, and the estimator that it is. */
export interface RaiseRule {
  /** Operators of the node that a pattern ends in. */
  readonly replaces: readonly string[]
  /** Operators that may stand in its place. */
  readonly produces: readonly string[]
  /** The nodes to put in place of one that ends such a pattern: they make the same values. Undefined where there is none. */
  rewrite(node: Node, rewriting: Rewriting): readonly Node[] | undefined
}

const ACTIVATIONS: ReadonlySet<string> = new Set([
  'Elu',
  'Gelu',
  'HardSigmoid',
  'LeakyRelu',
  'PRelu',
  'Relu',
  'Selu',
  'Softplus',
  'Tanh',
])

/** A hub graph while rules look at it. */
export class Rewriting {
  /** Whether the graph is a model over a table: then arithmetic on matrices is an estimator's. */
  readonly isTabular: boolean
  readonly #graph: Graph
  readonly #types: Map<string, ValueType>
  readonly #producers: Map<string, Node>
  readonly #taken: Set<string>

  constructor(graph: Graph, isTabular: boolean) {
    this.isTabular = isTabular
    this.#graph = graph
    this.#types = new Map(graph.types)
    this.#producers = producers(graph)
    this.#taken = new Set([...graph.inputs, ...graph.constants.keys(), ...this.#producers.keys()])
    for (const node of graph.nodes) this.#taken.add(node.id)
  }

  /** Whether the graph has hidden layers: their activations are no estimator's. */
  get hasActivations(): boolean {
    return this.#graph.nodes.some((node) => ACTIVATIONS.has(node.op) || this.#isHiddenSigmoid(node))
  }

  #isHiddenSigmoid(node: Node): boolean {
    return (
      (node.op === 'MatMul' || node.op === 'Gemm') && this.producer(this.uncast(node.inputs[0] ?? ''))?.op === 'Sigmoid'
    )
  }

  producer(value: string | undefined): Node | undefined {
    return this.#producers.get(value ?? '')
  }

  constant(value: string | undefined): Tensor | undefined {
    return this.#graph.constants.get(value ?? '')
  }

  type(value: string | undefined): ValueType {
    return this.#types.get(value ?? '') ?? { dtype: null, shape: null }
  }

  /** The first input of the node that makes a value, going up through casts: what the numbers are. */
  uncast(value: string): string {
    const node = this.producer(value)
    return node?.op === 'Cast' && isFloating(this.type(node.inputs[0]).dtype) && isFloating(this.type(value).dtype)
      ? this.uncast(node.inputs[0] ?? '')
      : value
  }

  /** A node in place of `like`, making a value of its own. */
  node(like: Node, op: string, inputs: readonly string[], attributes: Node['attributes'], type: ValueType): Node {
    const id = this.#fresh(`${like.id}/${op.replace('ml.', '')}`)
    const output = this.#fresh(`${id}_out`)
    this.#types.set(output, type)
    return { ...like, id, op, inputs, attributes, outputs: [output] }
  }

  /** The last node in place of `like`: makes its value, casting to the type that it had. */
  finish(like: Node, nodes: readonly Node[]): readonly Node[] {
    const last = nodes.at(-1) as Node
    const [output = ''] = like.outputs
    const before = this.type(output).dtype
    const after = this.type(last.outputs[0]).dtype
    if (before === after) return [...nodes.slice(0, -1), { ...last, outputs: like.outputs }]
    const id = this.#fresh(`${like.id}/Cast`)
    return [...nodes, { ...like, id, op: 'Cast', inputs: last.outputs, attributes: { to: before } }]
  }

  /** The graph with the rule applied wherever it fits. */
  apply(rule: RaiseRule): Graph {
    const candidates = new Set(rule.replaces)
    const nodes = this.#graph.nodes.flatMap((node) => {
      const raised = candidates.has(node.op) ? rule.rewrite(node, this) : undefined
      const undeclared = raised?.find(({ op }) => op !== node.op && !rule.produces.includes(op))
      if (undeclared)
        throw new PortolanError('internal', `${node.op} is raised to ${undeclared.op}, which is not declared`)
      return raised ?? [node]
    })
    return { ...this.#graph, nodes, types: this.#types }
  }

  #fresh(hint: string): string {
    let name = hint
    for (let n = 1; this.#taken.has(name); n++) name = `${hint}_${n}`
    this.#taken.add(name)
    return name
  }
}

export function isFloating(dtype: DType | null): boolean {
  return dtype === 'float32' || dtype === 'float64'
}
