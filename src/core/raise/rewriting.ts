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
  readonly #constants: Map<string, Tensor>
  readonly #producers: Map<string, Node>
  readonly #taken: Set<string>
  #hasActivations: boolean | undefined

  constructor(graph: Graph, isTabular: boolean) {
    this.isTabular = isTabular
    this.#graph = graph
    this.#types = new Map(graph.types)
    this.#constants = new Map(graph.constants)
    this.#producers = producers(graph)
    this.#taken = new Set([...graph.inputs, ...graph.constants.keys(), ...this.#producers.keys()])
    for (const node of graph.nodes) this.#taken.add(node.id)
  }

  /** Whether the graph has hidden layers: their activations are no estimator's. */
  get hasActivations(): boolean {
    this.#hasActivations ??= this.#graph.nodes.some((node) => ACTIVATIONS.has(node.op) || this.#isHiddenSigmoid(node))
    return this.#hasActivations
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
    return this.#constants.get(value ?? '')
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

  /** Adds a constant. */
  addConstant(tensor: Tensor): string {
    const name = this.#fresh('constant')
    this.#constants.set(name, tensor)
    this.#types.set(name, { dtype: tensor.dtype, shape: tensor.shape })
    return name
  }

  /** A node in place of `like`, making values of its own, one of each type. */
  node(
    like: Node,
    op: string,
    inputs: readonly string[],
    attributes: Node['attributes'],
    ...types: readonly ValueType[]
  ): Node {
    const id = this.#fresh(`${like.id}/${op.replace('ml.', '')}`)
    const outputs = types.map((type) => {
      const output = this.#fresh(`${id}_out`)
      this.#types.set(output, type)
      return output
    })
    return { ...like, id, op, inputs, attributes, outputs }
  }

  /** The last node in place of `like`: makes its value, casting to the type that it had. */
  finish(like: Node, nodes: readonly Node[]): readonly Node[] {
    const last = nodes.at(-1) as Node
    const [output = ''] = like.outputs
    if (this.type(output).dtype === this.type(last.outputs[0]).dtype)
      return [...nodes.slice(0, -1), { ...last, outputs: like.outputs }]
    return [...nodes, this.copy(like, last.outputs[0] ?? '', output)]
  }

  /** The node that makes one value of another one: a cast to its element type. */
  copy(like: Node, from: string, to: string): Node {
    const id = this.#fresh(`${like.id}/Cast`)
    return { ...like, id, op: 'Cast', inputs: [from], attributes: { to: this.type(to).dtype }, outputs: [to] }
  }

  /** The graph with the rule applied wherever it fits; the same graph where it fits nowhere. */
  apply(rule: RaiseRule): Graph {
    const candidates = new Set(rule.replaces)
    let isChanged = false
    const nodes = this.#graph.nodes.flatMap((node) => {
      const raised = candidates.has(node.op) ? rule.rewrite(node, this) : undefined
      const undeclared = raised?.find(({ op }) => op !== node.op && !rule.produces.includes(op))
      if (undeclared)
        throw new PortolanError('internal', `${node.op} is raised to ${undeclared.op}, which is not declared`)
      isChanged ||= raised !== undefined
      return raised ?? [node]
    })
    return isChanged ? { ...this.#graph, nodes, constants: this.#constants, types: this.#types } : this.#graph
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
