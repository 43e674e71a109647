import { PortolanError } from '../errors.ts'
import { readBy } from '../ir/captures.ts'
import { isFloat } from '../ir/dtype.ts'
import { type Graph, type Node, subgraphs } from '../ir/graph.ts'
import type { Model } from '../ir/model.ts'
import type { ValueType } from '../ir/types.ts'
import { hubOps } from '../ops/hub-ops.ts'
import type { EvalTensor, OpSpec } from '../ops/spec.ts'
import { castTensor } from '../ops/tensor/cast.ts'
import { checkInputs } from './check-inputs.ts'
import { loadTensor } from './tensor-values.ts'

export interface EvaluateOptions {
  readonly signal?: AbortSignal
  /** The operators; the hub's when absent. */
  readonly ops?: ReadonlyMap<string, OpSpec>
}

/** Between two looks at the signal the evaluator holds the thread at least this long, in milliseconds. */
const SLICE = 50

/**
 * The reference evaluator: every operator in float64, node by node. `inputs` are the graph's inputs by name; so are the
 * outputs. Constants are loaded when first read, and values are dropped after their last use.
 *
 * Throws PortolanError('invalid-input') for inputs that do not fit; an error inside an operator names the node.
 */
export async function evaluate(
  model: Model | Graph,
  inputs: Readonly<Record<string, EvalTensor>>,
  options: EvaluateOptions = {},
): Promise<Record<string, EvalTensor>> {
  const graph = 'graph' in model ? model.graph : model
  checkInputs(graph, inputs)
  const ops = options.ops ?? hubOps
  const uses = countUses(graph)
  const bodies: BodyConstants = new Map()
  const values = new Map(
    graph.inputs.map((name) => [name, asDeclared(inputs[name] as EvalTensor, graph.types.get(name))]),
  )
  let pause = Date.now() + SLICE
  for (const node of graph.nodes) {
    if (options.signal && Date.now() > pause) {
      await new Promise((resolve) => setTimeout(resolve, 0))
      pause = Date.now() + SLICE
    }
    options.signal?.throwIfAborted()
    const read = readBy(node)
    await loadConstants(graph, read, values)
    for (const body of subgraphs(node)) await loadBody(body, bodies)
    const scope: Scope = { values, bodies, ops }
    runNode(node, scope)
    for (const name of read) release(name, uses, values)
    for (const name of node.outputs) if (!uses.get(name)) values.delete(name)
  }
  await loadConstants(graph, graph.outputs, values)
  return Object.fromEntries(graph.outputs.map((name) => [name, findValue(name, { values, bodies, ops })]))
}

/** An input as the model gets it: of the declared element type, floats rounded to it. A missing integer stays NaN. */
function asDeclared(value: EvalTensor, type: ValueType | undefined): EvalTensor {
  if (!type?.dtype) return value
  return isFloat(type.dtype) ? castTensor(value, type.dtype) : { ...value, dtype: type.dtype }
}

/** Constants of If, Loop and Scan bodies, loaded once. */
type BodyConstants = Map<Graph, ReadonlyMap<string, EvalTensor>>

/** The values in sight of a node: those of its graph, then those of the graphs around it. */
interface Scope {
  readonly values: Map<string, EvalTensor>
  readonly outer?: Scope
  readonly bodies: BodyConstants
  readonly ops: ReadonlyMap<string, OpSpec>
}

/** How many nodes read each value; a graph output counts as one more. */
function countUses(graph: Graph): Map<string, number> {
  const uses = new Map<string, number>()
  const add = (name: string) => uses.set(name, (uses.get(name) ?? 0) + 1)
  for (const node of graph.nodes) for (const name of readBy(node)) add(name)
  for (const name of graph.outputs) add(name)
  return uses
}

function release(name: string, uses: Map<string, number>, values: Map<string, EvalTensor>): void {
  const left = (uses.get(name) ?? 1) - 1
  uses.set(name, left)
  if (left === 0) values.delete(name)
}

async function loadConstants(graph: Graph, names: Iterable<string>, values: Map<string, EvalTensor>): Promise<void> {
  for (const name of names) {
    const constant = values.has(name) ? undefined : graph.constants.get(name)
    if (constant) values.set(name, await loadTensor(constant))
  }
}

async function loadBody(body: Graph, bodies: BodyConstants): Promise<void> {
  if (bodies.has(body)) return
  const constants = new Map<string, EvalTensor>()
  bodies.set(body, constants)
  await loadConstants(body, body.constants.keys(), constants)
  for (const node of body.nodes) for (const inner of subgraphs(node)) await loadBody(inner, bodies)
}

function findValue(name: string, scope: Scope): EvalTensor {
  for (let at: Scope | undefined = scope; at; at = at.outer) {
    const value = at.values.get(name)
    if (value) return value
  }
  throw new PortolanError('internal', `there is no value ${name}`)
}

/** Evaluates a node whose inputs are in sight, and stores its outputs. */
function runNode(node: Node, scope: Scope): void {
  const spec = scope.ops.get(node.op)
  if (!spec) throw new PortolanError('internal', `the hub has no operator ${node.op}`)
  try {
    const outputs = spec.evaluate(
      node.inputs.map((name) => (name ? findValue(name, scope) : undefined)),
      {
        op: node.op,
        attributes: node.attributes,
        outputCount: node.outputs.length,
        run: (body, inputs) => runBody(body, inputs, scope),
      },
    )
    for (const [i, name] of node.outputs.entries()) if (name) scope.values.set(name, outputs[i] as EvalTensor)
  } catch (error) {
    throw atNode(node, error)
  }
}

function runBody(body: Graph, inputs: readonly EvalTensor[], outer: Scope): EvalTensor[] {
  const values = new Map(outer.bodies.get(body))
  for (const [i, name] of body.inputs.entries()) values.set(name, inputs[i] as EvalTensor)
  const scope: Scope = { ...outer, values, outer }
  for (const node of body.nodes) runNode(node, scope)
  return body.outputs.map((name) => findValue(name, scope))
}

/** The error with the node it happened in; the innermost node is named, once. */
function atNode(node: Node, error: unknown): PortolanError {
  const inner = error instanceof PortolanError ? error : undefined
  if (inner?.context['node'] !== undefined) return inner
  const message = error instanceof Error ? error.message : String(error)
  const name = node.label ?? node.id
  return new PortolanError(inner?.code ?? 'runtime', `${name} (${node.op}): ${message}`, {
    ...(inner?.hint === undefined ? {} : { hint: inner.hint }),
    context: { ...inner?.context, node: node.id, origin: node.origin.join(', ') },
    cause: error,
  })
}
