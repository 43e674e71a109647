import { PortolanError } from '../errors.ts'
import type { MlAttributes, MlOp } from '../ops/ml/attributes.ts'
import type { OpSpec } from '../ops/spec.ts'
import type { Attributes, Graph, Node } from './graph.ts'
import { float32, float64, int64, strings, type Tensor } from './tensor.ts'
import type { ValueType } from './types.ts'

/** The name of a value in the graph being built. */
export type ValueName = string

/** What a builder needs of an operator: its output types. A target dialect has no evaluation of its own. */
export type TypeRules = Pick<OpSpec, 'op' | 'infer'>

export interface NodeOptions {
  /** Number of outputs; 1 when absent. */
  readonly outputs?: number
  /** Exact names of the outputs, where they matter (graph outputs). */
  readonly names?: readonly string[]
  readonly label?: string
}

/**
 * Builds a hub graph: every operator's output types are inferred as it is added, so a lowering can ask `type(value)`;
 * every node gets the origin in force (`at(origin, fn)`).
 */
export class GraphBuilder {
  readonly #ops: ReadonlyMap<string, TypeRules>
  readonly #nodes: Node[] = []
  readonly #constants = new Map<string, Tensor>()
  readonly #types = new Map<string, ValueType>()
  readonly #inputs: string[] = []
  /** Names of this graph, and those of the graphs around it when it was begun. */
  readonly #taken = new Set<string>()
  /** Names of all graphs of the family: a body and the graph around it must not use one name for two values. */
  #family = new Set<string>()
  readonly #counters = new Map<string, number>()
  readonly #name: string
  #origin: readonly string[] = []

  constructor(name: string, ops: ReadonlyMap<string, TypeRules>) {
    this.#name = name
    this.#ops = ops
  }

  /** Adds a graph input. */
  input(name: string, type: ValueType): ValueName {
    const value = this.#fresh(name, true)
    this.#inputs.push(value)
    this.#types.set(value, type)
    return value
  }

  /** Adds a constant. */
  constant(tensor: Tensor, name = 'constant'): ValueName {
    const value = this.#fresh(name)
    this.#constants.set(value, tensor)
    this.#types.set(value, { dtype: tensor.dtype, shape: tensor.shape })
    return value
  }

  float32 = (values: readonly number[], shape?: readonly number[]) => this.constant(float32(values, shape))
  float64 = (values: ArrayLike<number>, shape?: readonly number[]) => this.constant(float64(values, shape))
  int64 = (values: readonly number[], shape?: readonly number[]) => this.constant(int64(values, shape))
  strings = (values: readonly string[], shape?: readonly number[]) => this.constant(strings(values, shape))

  /** Adds a tensor operator with one output. */
  op(op: string, inputs: readonly ValueName[], attributes: Attributes = {}, options: NodeOptions = {}): ValueName {
    return this.ops(op, inputs, attributes, options)[0] as ValueName
  }

  /** Adds a tensor operator with any number of outputs. */
  ops(op: string, inputs: readonly ValueName[], attributes: Attributes = {}, options: NodeOptions = {}): ValueName[] {
    const spec = this.#ops.get(op)
    if (!spec) throw new PortolanError('internal', `the hub has no operator ${op}`)
    for (const value of inputs) {
      if (value && !this.#types.has(value))
        throw new PortolanError('internal', `${op} reads the unknown value ${value}`)
    }
    const id = this.#fresh(options.label ?? op.replace('ml.', ''))
    const count = options.names?.length ?? options.outputs ?? 1
    const types = spec.infer({
      op,
      attributes,
      inputs: inputs.map((value) => (value ? this.#types.get(value) : undefined)),
      outputCount: count,
      constant: (index) => this.#constants.get(inputs[index] ?? ''),
    })
    const outputs = Array.from({ length: count }, (_, i) =>
      options.names?.[i] === undefined
        ? this.#fresh(count > 1 ? `${id}_${i}` : `${id}_out`)
        : this.#fresh(options.names[i], true),
    )
    for (const [i, value] of outputs.entries()) this.#types.set(value, types[i] ?? { dtype: null, shape: null })
    this.#nodes.push({
      id,
      op,
      inputs: [...inputs],
      outputs,
      attributes,
      origin: this.#origin,
      ...(options.label === undefined ? {} : { label: options.label }),
    })
    return outputs
  }

  /** Adds an `ml.*` operator with its typed attributes. */
  ml<O extends MlOp>(
    op: O,
    inputs: readonly ValueName[],
    attributes: MlAttributes[O],
    options: NodeOptions = {},
  ): ValueName {
    return this.op(op, inputs, attributes as Attributes, options)
  }

  /** The type of a value. */
  type(value: ValueName): ValueType {
    const type = this.#types.get(value)
    if (!type) throw new PortolanError('internal', `there is no value ${value}`)
    return type
  }

  /** Whether a value is known here: made here, or stated by `refine`. */
  has(value: ValueName): boolean {
    return this.#types.has(value)
  }

  /** The constant behind a value, if it is one. */
  constantOf(value: ValueName): Tensor | undefined {
    return this.#constants.get(value)
  }

  /** States what a source file knows better than inference does. */
  refine(value: ValueName, type: ValueType): void {
    this.#types.set(value, type)
  }

  /** Everything that `fn` adds comes from these source nodes. Synchronous and asynchronous functions work alike. */
  at<T>(origin: string | readonly string[], fn: () => T): T {
    const before = this.#origin
    this.#origin = typeof origin === 'string' ? [origin] : origin
    const restore = () => {
      this.#origin = before
    }
    let result: T
    try {
      result = fn()
    } catch (error) {
      restore()
      throw error
    }
    if (result instanceof Promise) return result.finally(restore) as T
    restore()
    return result
  }

  get origin(): readonly string[] {
    return this.#origin
  }

  /** The graph with these outputs. */
  build(outputs: readonly ValueName[]): Graph {
    return {
      name: this.#name,
      dialect: 'hub',
      inputs: [...this.#inputs],
      outputs: [...outputs],
      nodes: [...this.#nodes],
      constants: new Map(this.#constants),
      types: new Map(this.#types),
    }
  }

  /** A builder for a body (If, Loop, Scan) that sees this graph's values by name. */
  child(name: string): GraphBuilder {
    const child = new GraphBuilder(name, this.#ops)
    for (const taken of this.#taken) child.#taken.add(taken)
    child.#family = this.#family
    for (const [value, type] of this.#types) child.#types.set(value, type)
    child.#origin = this.#origin
    return child
  }

  /** A name nobody has yet, for an input or an output that is added next: the hint itself if free, else with a number. */
  freeName(hint: string): string {
    if (!this.#family.has(hint)) return hint
    let n = this.#counters.get(hint) ?? 1
    while (this.#family.has(`${hint}_${n}`)) n++
    this.#counters.set(hint, n)
    return `${hint}_${n}`
  }

  /** Takes a free name; `exact` names must be free. */
  #fresh(hint: string, exact = false): string {
    if (exact && this.#taken.has(hint)) {
      throw new PortolanError('internal', `the name ${hint} is taken in graph ${this.#name}`)
    }
    const name = exact ? hint : this.freeName(hint)
    this.#taken.add(name)
    this.#family.add(name)
    return name
  }
}
