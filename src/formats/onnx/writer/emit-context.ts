import type { Diagnostic } from '../../../core/diagnostics.ts'
import { PortolanError } from '../../../core/errors.ts'
import type { GraphBuilder, ValueName } from '../../../core/ir/builder.ts'
import type { DType } from '../../../core/ir/dtype.ts'
import type { Graph, Node } from '../../../core/ir/graph.ts'
import { completedType, type ValueType } from '../../../core/ir/types.ts'
import { Blocked } from '../blocked.ts'
import type { EmitContext, TableBlock } from './emitter.ts'

/** Element types that hold every value of another one. */
const WIDER: Partial<Record<DType, readonly DType[]>> = {
  float16: ['float32', 'float64'],
  float32: ['float64'],
  int32: ['int64', 'float64'],
  int16: ['int32', 'int64', 'float32', 'float64'],
  int8: ['int16', 'int32', 'int64', 'float16', 'float32', 'float64'],
  uint8: ['int16', 'int32', 'int64', 'float16', 'float32', 'float64'],
  bool: ['uint8', 'int8', 'int32', 'int64', 'float16', 'float32', 'float64'],
}

export interface EmitSettings {
  readonly opset: number
  readonly precision: 'float' | 'double'
}

/** The state of one hub → ONNX lowering of one graph: see EmitContext. */
export class GraphEmission implements EmitContext {
  readonly graph: GraphBuilder
  readonly opset: number
  readonly precision: 'float' | 'double'
  readonly diagnostics: Diagnostic[]
  readonly #hub: Graph
  readonly #settings: EmitSettings
  readonly #values = new Map<string, ValueName>()
  readonly #casts = new Map<ValueName, { from: ValueName; dtype: DType }>()
  readonly #outer: GraphEmission | undefined
  readonly #emitBody: (graph: Graph, outer: GraphEmission) => Promise<Graph>
  #node: Node | undefined

  constructor(options: {
    graph: GraphBuilder
    hub: Graph
    settings: EmitSettings
    diagnostics: Diagnostic[]
    emitBody: (graph: Graph, outer: GraphEmission) => Promise<Graph>
    outer?: GraphEmission
  }) {
    this.graph = options.graph
    this.opset = options.settings.opset
    this.precision = options.settings.precision
    this.diagnostics = options.diagnostics
    this.#hub = options.hub
    this.#settings = options.settings
    this.#outer = options.outer
    this.#emitBody = options.emitBody
  }

  get settings(): EmitSettings {
    return this.#settings
  }

  /** The node that diagnostics are about from now on. */
  begin(node: Node): void {
    this.#node = node
  }

  /** States the ONNX value of a hub value: an input or a constant. */
  bind(hub: string, value: ValueName): void {
    this.#values.set(hub, value)
  }

  /** Whether a hub value has been emitted; it has not when its node was blocked. */
  has(hub: string): boolean {
    return this.#values.has(hub) || this.#hub.constants.has(hub) || (this.#outer?.has(hub) ?? false)
  }

  value(hub: string): ValueName {
    if (hub === '') return ''
    const known = this.#values.get(hub)
    if (known !== undefined) return known
    const constant = this.#hub.constants.get(hub)
    if (constant) {
      const value = this.graph.constant(constant, hub)
      this.#values.set(hub, value)
      return value
    }
    if (this.#outer) {
      const value = this.#outer.value(hub)
      this.graph.refine(value, this.#outer.graph.type(value))
      this.#values.set(hub, value)
      return value
    }
    throw new PortolanError('internal', `the value ${hub} was never emitted`)
  }

  inputs(node: Node): ValueName[] {
    return node.inputs.map((input) => this.value(input))
  }

  result(node: Node, value: ValueName, index = 0): void {
    const hub = node.outputs[index]
    if (hub === undefined || hub === '') return
    const expected = this.hubType(hub)?.dtype
    const actual = this.graph.type(value).dtype
    if (this.graph.constantOf(value) === undefined) {
      this.graph.refine(value, completedType(this.graph.type(value), this.hubType(hub)))
    }
    if (expected && actual && expected !== actual) {
      throw new PortolanError('internal', `${node.op} was emitted as ${actual}, but the hub says ${expected}`)
    }
    this.#values.set(hub, value)
  }

  hubType(hub: string): ValueType | undefined {
    const constant = this.#hub.constants.get(hub)
    if (constant) return { dtype: constant.dtype, shape: constant.shape }
    return this.#hub.types.get(hub) ?? this.#outer?.hubType(hub)
  }

  table(node: Node): TableBlock[] {
    let offset = 0
    return node.inputs.map((hub) => {
      const value = this.value(hub)
      const { dtype, shape } = this.graph.type(value)
      const width = shape?.length === 2 ? shape[1] : undefined
      if (typeof width !== 'number' || dtype === null) {
        return this.block(`the number of columns of ${hub} is not known`, 'Give the model a fixed number of columns.')
      }
      const block = { value, dtype, width, offset }
      offset += width
      return block
    })
  }

  column(node: Node, index: number): ValueName {
    const block = this.table(node).find((b) => index >= b.offset && index < b.offset + b.width)
    if (!block) throw new PortolanError('internal', `${node.op} has no column ${index}`)
    if (block.width === 1) return block.value
    return this.graph.op('Gather', [block.value, this.graph.int64([index - block.offset])], { axis: 1 })
  }

  matrix(node: Node, dtype: DType = 'float64'): ValueName {
    const blocks = this.table(node).map((block) => {
      if (block.dtype === 'string') return this.block(`${node.op} reads the text column ${block.offset} as a number`)
      return this.cast(block.value, dtype)
    })
    return blocks.length === 1 ? (blocks[0] as ValueName) : this.graph.op('Concat', blocks, { axis: 1 })
  }

  cast(value: ValueName, dtype: DType): ValueName {
    const from = this.graph.type(value).dtype
    if (from === dtype) return value
    const before = this.#casts.get(value)
    if (before && from && isLossless(this.graph.type(before.from).dtype, from)) return this.cast(before.from, dtype)
    const result = this.graph.op('Cast', [value], { to: dtype })
    this.#casts.set(result, { from: value, dtype })
    return result
  }

  body(graph: Graph): Promise<Graph> {
    return this.#emitBody(graph, this)
  }

  block(message: string, hint?: string): never {
    throw new Blocked({
      severity: 'blocked',
      code: 'unsupported-operator',
      message: this.#about(message),
      ...(hint === undefined ? {} : { hint }),
      origin: this.#node?.origin ?? [],
      ...(this.#node ? { operator: this.#node.op } : {}),
    })
  }

  note(severity: 'info' | 'approximate' | 'lossy', code: string, message: string, hint?: string): void {
    this.diagnostics.push({
      severity,
      code,
      message: this.#about(message),
      ...(hint === undefined ? {} : { hint }),
      origin: this.#node?.origin ?? [],
      ...(this.#node ? { operator: this.#node.op } : {}),
    })
  }

  #about(message: string): string {
    const name = this.#node?.label ?? this.#node?.op
    return name === undefined ? message : `${name}: ${message}`
  }
}

function isLossless(from: DType | null, to: DType): boolean {
  return from !== null && (from === to || (WIDER[from]?.includes(to) ?? false))
}
