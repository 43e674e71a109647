import type { Diagnostic } from '../../../core/diagnostics.ts'
import { LimitExceededError, PortolanError } from '../../../core/errors.ts'
import { GraphBuilder, type ValueName } from '../../../core/ir/builder.ts'
import type { Graph, Node } from '../../../core/ir/graph.ts'
import { isTensor, tensorOf } from '../../../core/ir/tensor.ts'
import type { ValueType } from '../../../core/ir/types.ts'
import { hubOps } from '../../../core/ops/hub-ops.ts'
import { Blocked } from '../blocked.ts'
import { freeValues, reads } from '../graph-values.ts'
import { fromDialectName, qualifiedName } from '../ops/operator-name.ts'
import type { FunctionTable } from './functions.ts'
import { Scope, type ScopeOptions } from './lower-context.ts'
import { loweringKey } from './lowering.ts'
import { LOWERINGS } from './lowerings/registry.ts'

/** Calls within calls of a file's own functions; more is a function that calls itself. */
const MAX_CALL_DEPTH = 64

/** Nodes that calls of a file's own functions may become; functions that call each other twice would double them each time. */
const MAX_CALLED_NODES = 1_000_000

/** What to do about operators of some domains. */
const HINTS: Readonly<Record<string, string>> = {
  'com.microsoft.nchwc':
    'ONNX Runtime rearranged the model for one kind of processor: save it with a lower optimisation level.',
}

/** What lowering a graph needs of the file. */
export interface LowerSettings {
  readonly opsets: ReadonlyMap<string, number>
  readonly functions: FunctionTable
  readonly signal: AbortSignal | undefined
}

function usedValues(graph: { nodes: readonly Node[]; outputs: readonly string[] }): Set<string> {
  return new Set([...graph.outputs, ...graph.nodes.flatMap(reads)])
}

/** Lowers the graphs of one file; see `lowerToHub`. */
class GraphLowering {
  readonly #settings: LowerSettings
  readonly #diagnostics: Diagnostic[]
  #callDepth = 0
  #calledNodes = 0

  constructor(settings: LowerSettings, diagnostics: Diagnostic[]) {
    this.#settings = settings
    this.#diagnostics = diagnostics
  }

  async graph(source: Graph): Promise<Graph> {
    const hub = new GraphBuilder(source.name, hubOps)
    const scope = await this.#scope({ hub, constants: source.constants, types: source.types, used: usedValues(source) })
    for (const input of source.inputs) {
      const type = source.types.get(input) ?? { dtype: null, shape: null }
      if (type.dtype === null || type.container) this.#diagnostics.push(unsupportedInput(input, type))
      scope.bind(input, hub.input(input, type))
    }
    await this.#nodes(source.nodes, scope)
    return hub.build(this.#outputs(source, scope))
  }

  /** Each output is a value of its own: no input, no constant, no other output. */
  #outputs(source: Graph, scope: Scope): string[] {
    const taken = new Set(source.inputs.map((input) => scope.value(input)))
    const isComplete = this.#diagnostics.every(({ severity }) => severity !== 'blocked')
    return source.outputs
      .filter((name) => {
        const isTensor = scope.hasValue(name)
        if (!isTensor && isComplete) this.#diagnostics.push(unsupportedOutput(name, scope.has(name)))
        return isTensor
      })
      .map((name) => {
        const value = scope.value(name)
        const own = !taken.has(value) && scope.hub.constantOf(value) === undefined
        taken.add(value)
        return own ? value : scope.hub.op('Identity', [value])
      })
  }

  async #scope(
    options: Pick<ScopeOptions, 'hub' | 'constants' | 'types' | 'used'> & Partial<ScopeOptions>,
  ): Promise<Scope> {
    const scope = new Scope({
      opsets: this.#settings.opsets,
      diagnostics: this.#diagnostics,
      lowerBody: (graph, outer) => this.#body(graph, outer),
      inlineBody: (graph, inputs, outer) => this.#inline(graph, inputs, outer),
      ...options,
    })
    await scope.loadSmallConstants()
    return scope
  }

  async #body(source: Graph, outer: Scope): Promise<Graph> {
    // What the body reads from outside must have its name before the body chooses its own.
    for (const name of freeValues(source)) if (outer.hasValue(name)) outer.value(name)
    const hub = outer.hub.child(source.name)
    const { opsets, caller } = outer.options
    const scope = await this.#scope({
      hub,
      constants: source.constants,
      types: source.types,
      used: usedValues(source),
      opsets,
      outer,
      ...(caller === undefined ? {} : { caller }),
    })
    for (const input of source.inputs) {
      scope.bind(input, hub.input(hub.freeName(input), source.types.get(input) ?? { dtype: null, shape: null }))
    }
    await this.#nodes(source.nodes, scope)
    return hub.build(
      source.outputs.filter((name) => scope.has(name)).map((name) => hub.op('Identity', [scope.value(name)])),
    )
  }

  /** The nodes of a body in the graph that it stands in; its outputs for these inputs. */
  async #inline(source: Graph, inputs: readonly ValueName[], outer: Scope): Promise<ValueName[]> {
    const { constants, types } = source
    const { opsets, caller } = outer.options
    const scope = await this.#scope({
      hub: outer.hub,
      constants,
      types,
      used: usedValues(source),
      opsets,
      outer,
      ...(caller === undefined ? {} : { caller }),
    })
    for (const [i, input] of source.inputs.entries()) scope.bind(input, inputs[i] ?? '')
    await this.#nodes(source.nodes, scope)
    return source.outputs.filter((name) => scope.has(name)).map((name) => scope.value(name))
  }

  async #nodes(nodes: readonly Node[], scope: Scope): Promise<void> {
    for (const node of nodes) {
      this.#settings.signal?.throwIfAborted()
      scope.begin(node)
      try {
        await scope.hub.at(scope.options.caller?.id ?? node.id, () => this.#node(node, scope))
      } catch (error) {
        this.#diagnostics.push(asDiagnostic(error, node, scope))
      }
    }
  }

  async #node(node: Node, scope: Scope): Promise<void> {
    const name = fromDialectName(node.op)
    const lowering = LOWERINGS.get(loweringKey(name))
    const definition = lowering ? undefined : this.#settings.functions.find(name)
    if (!lowering && !definition) {
      const domain = name.domain === '' ? 'ai.onnx' : name.domain
      return scope.block(
        `the operator ${name.type} of ${domain} (opset ${scope.version(node)}) has no lowering`,
        HINTS[domain] ?? 'It can be looked at, but not converted: replace it before exporting the model.',
      )
    }
    // Nodes behind a blocked one are not looked at; what blocks them is known.
    if (!reads(node).every((value) => scope.has(value))) return
    if (lowering) await lowering.lower(name.domain === 'ai.onnx.ml' ? await withLoadedTensors(node) : node, scope)
    else if (definition) await this.#call(node, definition, scope)
  }

  /** The nodes of a function's body in place of its call. */
  async #call(node: Node, definition: NonNullable<ReturnType<FunctionTable['find']>>, scope: Scope): Promise<void> {
    if (++this.#callDepth > MAX_CALL_DEPTH) {
      throw new LimitExceededError(
        `The function ${qualifiedName(definition.name)} calls functions deeper than ${MAX_CALL_DEPTH}`,
      )
    }
    const nodes = definition.instantiate(node)
    this.#calledNodes += nodes.length
    if (this.#calledNodes > MAX_CALLED_NODES) {
      throw new LimitExceededError(`The functions of the file become more than ${MAX_CALLED_NODES} nodes`)
    }
    const inner = await this.#scope({
      hub: scope.hub,
      constants: new Map(),
      types: new Map(),
      used: usedValues({ nodes, outputs: definition.outputs }),
      opsets: definition.opsets,
      caller: scope.options.caller ?? node,
    })
    for (const [i, input] of definition.inputs.entries()) {
      const name = node.inputs[i] ?? ''
      const aside = scope.asideOf(name)
      if (aside) inner.bindAside(input, aside)
      if (name === '' || scope.hasValue(name)) inner.bind(input, scope.input(node, i))
    }
    await this.#nodes(nodes, inner)
    for (const [i, output] of definition.outputs.entries()) {
      const aside = inner.asideOf(output)
      if (aside) scope.resultAside(node, aside, i)
      if (inner.hasValue(output)) scope.result(node, inner.value(output), i)
    }
    this.#callDepth--
  }
}

/** Complex numbers, 8-bit floats and 4-bit integers have no type in the hub, nor have sequences, maps and optionals. */
function unsupportedInput(name: string, type: ValueType): Diagnostic {
  return {
    severity: 'blocked',
    code: 'unsupported-input',
    message: `The input ${name} is ${type.container ? `a ${type.container}` : 'of an element type'} that can not be converted`,
    hint: 'Export the model with inputs that are tensors of ordinary numbers or strings.',
    origin: [],
  }
}

function unsupportedOutput(name: string, isSequence: boolean): Diagnostic {
  return {
    severity: 'blocked',
    code: 'unsupported-output',
    message: isSequence ? `The output ${name} is a sequence` : `The output ${name} is made by no operator`,
    hint: isSequence
      ? 'Export the model with outputs that are tensors.'
      : 'The file is inconsistent: export the model again.',
    origin: [],
  }
}

/** Estimators keep their parameters in attributes; large ones may have stayed in the file. */
async function withLoadedTensors(node: Node): Promise<Node> {
  const attributes: Record<string, unknown> = { ...node.attributes }
  for (const [name, value] of Object.entries(attributes)) {
    if (!isTensor(value) || value.data !== undefined) continue
    attributes[name] = tensorOf(value.dtype, value.shape, await value.load())
  }
  return { ...node, attributes }
}

/** What went wrong with one node, as a finding; anything that is no fault of the model is thrown on. */
function asDiagnostic(error: unknown, node: Node, scope: Scope): Diagnostic {
  if (error instanceof Blocked) return error.diagnostic
  if (!(error instanceof PortolanError) || error.code === 'internal' || error.code === 'cancelled') throw error
  return {
    severity: 'blocked',
    code: 'invalid-operator',
    message: `${node.label ?? node.id}: ${error.message}`,
    hint: error.hint ?? 'The file contradicts the operator: export the model again.',
    origin: [scope.options.caller?.id ?? node.id],
    operator: node.op,
  }
}

/**
 * Lowers the main graph of a file to the hub: every operator at whatever opset in the hub's opset and semantics. Nodes that
 * cannot be lowered are reported, all of them, and their outputs are missing.
 */
export function lowerToHub(source: Graph, settings: LowerSettings, diagnostics: Diagnostic[]): Promise<Graph> {
  return new GraphLowering(settings, diagnostics).graph(source)
}
