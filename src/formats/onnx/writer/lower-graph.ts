import type { Diagnostic } from '../../../core/diagnostics.ts'
import type { GraphBuilder } from '../../../core/ir/builder.ts'
import type { Graph, Node } from '../../../core/ir/graph.ts'
import { Blocked } from '../blocked.ts'
import { freeValues, reads } from '../graph-values.ts'
import { type EmitSettings, GraphEmission } from './emit-context.ts'
import { EMITTERS } from './emitters/registry.ts'

/** Writes all nodes of a graph. A blocked node blocks those that read it; the others go on, so that every reason is found. */
async function emitNodes(hub: Graph, emission: GraphEmission, signal: AbortSignal | undefined): Promise<void> {
  for (const node of hub.nodes) {
    signal?.throwIfAborted()
    emission.begin(node)
    try {
      await emission.graph.at(node.origin, () => emitNode(node, emission))
    } catch (error) {
      if (!(error instanceof Blocked)) throw error
      emission.diagnostics.push(error.diagnostic)
    }
  }
}

async function emitNode(node: Node, emission: GraphEmission): Promise<void> {
  const emitter = EMITTERS.get(node.op)
  if (!emitter) {
    return emission.block(
      `${node.op} can not be written as ONNX`,
      'Convert to another format, or take this step out of the model before converting.',
    )
  }
  if (reads(node).every((value) => emission.has(value))) await emitter.emit(node, emission)
}

/** A body of If, Loop or Scan as an ONNX graph that sees the values of the graph around it. */
async function emitBody(hub: Graph, outer: GraphEmission, signal: AbortSignal | undefined): Promise<Graph> {
  // Constants of the outer graph must have their names before the body chooses its own.
  for (const value of freeValues(hub)) if (outer.has(value)) outer.value(value)
  const graph = outer.graph.child(hub.name || 'body')
  const emission = new GraphEmission({
    graph,
    hub,
    settings: outer.settings,
    diagnostics: outer.diagnostics,
    emitBody: (body, around) => emitBody(body, around, signal),
    outer,
  })
  for (const input of hub.inputs) {
    emission.bind(input, graph.input(graph.freeName(input), hub.types.get(input) ?? { dtype: null, shape: null }))
  }
  await emitNodes(hub, emission, signal)
  const outputs = hub.outputs
    .filter((value) => emission.has(value))
    // A body's output must be made in the body, each by itself.
    .map((value) => graph.op('Identity', [emission.value(value)]))
  return { ...graph.build(outputs), dialect: 'onnx' }
}

/**
 * Lowers the hub's nodes into the ONNX graph that `graph` builds. `bind` states the ONNX values of the hub's inputs before.
 */
export async function lowerGraph(options: {
  hub: Graph
  graph: GraphBuilder
  settings: EmitSettings
  diagnostics: Diagnostic[]
  bind: (emission: GraphEmission) => void
  signal?: AbortSignal | undefined
}): Promise<GraphEmission> {
  const { hub, graph, settings, diagnostics, bind, signal } = options
  const emission = new GraphEmission({
    graph,
    hub,
    settings,
    diagnostics,
    emitBody: (body, outer) => emitBody(body, outer, signal),
  })
  bind(emission)
  await emitNodes(hub, emission, signal)
  return emission
}
