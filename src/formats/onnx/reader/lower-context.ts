import type { Diagnostic } from '../../../core/diagnostics.ts'
import { PortolanError } from '../../../core/errors.ts'
import type { GraphBuilder, ValueName } from '../../../core/ir/builder.ts'
import type { DType } from '../../../core/ir/dtype.ts'
import type { Graph, Node } from '../../../core/ir/graph.ts'
import { elementCount, numbersOf, type Tensor, tensorOf } from '../../../core/ir/tensor.ts'
import { completedType, type ValueType } from '../../../core/ir/types.ts'
import { Blocked } from '../blocked.ts'
import { fromDialectName } from '../ops/operator-name.ts'
import type { Aside } from './asides.ts'
import type { LowerContext } from './lowering.ts'

/** Constants up to this size are read when they are used, so that shapes can be inferred from them. */
const SMALL_ELEMENTS = 4096

export interface ScopeOptions {
  readonly hub: GraphBuilder
  readonly constants: ReadonlyMap<string, Tensor>
  /** Types that the file states. */
  readonly types: ReadonlyMap<string, ValueType>
  readonly opsets: ReadonlyMap<string, number>
  readonly diagnostics: Diagnostic[]
  /** Names that somebody reads. */
  readonly used: ReadonlySet<string>
  readonly lowerBody: (graph: Graph, outer: Scope) => Promise<Graph>
  readonly inlineBody: (graph: Graph, inputs: readonly ValueName[], outer: Scope) => Promise<ValueName[]>
  readonly outer?: Scope
  /** The source node that diagnostics are about: the call, inside a function. */
  readonly caller?: Node
}

/** The values of one graph or function body that is being lowered: see LowerContext. */
export class Scope implements LowerContext {
  readonly hub: GraphBuilder
  readonly options: ScopeOptions
  readonly #values = new Map<string, ValueName>()
  readonly #constants: Map<string, Tensor>
  readonly #asides = new Map<string, Aside>()
  #node: Node | undefined

  constructor(options: ScopeOptions) {
    this.hub = options.hub
    this.options = options
    this.#constants = new Map(options.constants)
  }

  /** Reads small constants that stand in a file, so that they are in memory when operators ask. */
  async loadSmallConstants(): Promise<void> {
    for (const [name, tensor] of this.#constants) {
      if (tensor.data !== undefined || elementCount(tensor.shape) > SMALL_ELEMENTS) continue
      try {
        this.#constants.set(name, tensorOf(tensor.dtype, tensor.shape, await tensor.load()))
      } catch (error) {
        // A tensor that cannot be had is reported by the reader; its readers may not need the elements.
        if (!(error instanceof PortolanError)) throw error
      }
    }
  }

  begin(node: Node): void {
    this.#node = node
  }

  bind(name: string, value: ValueName): void {
    this.#values.set(name, value)
  }

  has(name: string): boolean {
    return (
      this.#values.has(name) ||
      this.#constants.has(name) ||
      this.#asides.has(name) ||
      (this.options.outer?.has(name) ?? false)
    )
  }

  /** What a value of this graph, or of one around it, is beside a value of the hub. */
  asideOf(name: string): Aside | undefined {
    return this.#asides.get(name) ?? this.options.outer?.asideOf(name)
  }

  bindAside(name: string, aside: Aside): void {
    this.#asides.set(name, aside)
  }

  /** Whether a name means a value of the hub. */
  hasValue(name: string): boolean {
    return this.#values.has(name) || this.#constants.has(name) || (this.options.outer?.hasValue(name) ?? false)
  }

  /** The hub value of an ONNX value. */
  value(name: string): ValueName {
    if (name === '') return ''
    const known = this.#values.get(name)
    if (known !== undefined) return known
    const constant = this.#constants.get(name)
    if (constant) {
      const value = this.hub.constant(constant, name)
      this.#values.set(name, value)
      return value
    }
    const { outer } = this.options
    if (this.has(name) && !this.hasValue(name)) {
      return this.block(
        `its input ${name} is no tensor`,
        'Export the model with tensors in place of sequences and tokens.',
      )
    }
    if (!outer?.has(name))
      return this.block(`its input ${name} is made by nobody`, 'The file is inconsistent: export the model again.')
    const value = outer.value(name)
    this.#see(value)
    this.#values.set(name, value)
    return value
  }

  version(node: Node): number {
    return this.options.opsets.get(fromDialectName(node.op).domain) ?? 1
  }

  input(node: Node, index: number): ValueName {
    return this.value(node.inputs[index] ?? '')
  }

  inputs(node: Node): ValueName[] {
    return node.inputs.map((name) => this.value(name))
  }

  type(value: ValueName): ValueType {
    return this.hub.type(value)
  }

  constant(node: Node, index: number): Tensor | undefined {
    return this.constantNamed(node.inputs[index] ?? '')
  }

  constantNamed(name: string): Tensor | undefined {
    const value = this.#values.get(name)
    const known = value === undefined ? this.#constants.get(name) : this.hub.constantOf(value)
    return known ?? this.options.outer?.constantNamed(name)
  }

  numbers(node: Node, index: number, what: string): number[] {
    const numbers = numbersOf(this.constant(node, index))
    return numbers ?? this.block(`its ${what} are computed`, 'Export the model with constant arguments.')
  }

  cast(value: ValueName, dtype: DType): ValueName {
    return this.hub.type(value).dtype === dtype ? value : this.hub.op('Cast', [value], { to: dtype })
  }

  result(node: Node, value: ValueName, index = 0): void {
    const name = node.outputs[index]
    if (!name) return
    this.#values.set(name, value)
    const stated = this.options.types.get(name)
    if (stated && this.hub.constantOf(value) === undefined)
      this.hub.refine(value, completedType(this.hub.type(value), stated))
  }

  aside(node: Node, index: number): Aside | undefined {
    const aside = this.asideOf(node.inputs[index] ?? '')
    if (aside) for (const value of aside.kind === 'sequence' ? aside.parts : [aside.text]) this.#see(value)
    return aside
  }

  resultAside(node: Node, aside: Aside, index = 0): void {
    const name = node.outputs[index]
    if (name) this.#asides.set(name, aside)
  }

  inline(graph: Graph, inputs: readonly ValueName[]): Promise<ValueName[]> {
    return this.options.inlineBody(graph, inputs, this)
  }

  /** Makes a value of a graph around this one known to its builder, which is another one. */
  #see(value: ValueName): void {
    const { outer } = this.options
    if (outer && this.hub !== outer.hub && !this.hub.has(value)) this.hub.refine(value, outer.type(value))
  }

  isUsed(node: Node, index: number): boolean {
    const name = node.outputs[index]
    return name !== undefined && name !== '' && this.options.used.has(name)
  }

  body(graph: Graph): Promise<Graph> {
    return this.options.lowerBody(graph, this)
  }

  block(message: string, hint?: string): never {
    throw new Blocked({ severity: 'blocked', code: 'unsupported-operator', ...this.#about(message, hint) })
  }

  note(severity: 'info' | 'approximate' | 'lossy', code: string, message: string, hint?: string): void {
    this.options.diagnostics.push({ severity, code, ...this.#about(message, hint) })
  }

  #about(message: string, hint: string | undefined) {
    const node = this.#node
    const origin = this.options.caller?.id ?? node?.id
    return {
      message: node ? `${node.label ?? node.id}: ${message}` : message,
      ...(hint === undefined ? {} : { hint }),
      origin: origin === undefined ? [] : [origin],
      ...(node ? { operator: node.op } : {}),
    }
  }
}
