import type { Graph } from '../ir/graph.ts'
import { hubOps } from '../ops/hub-ops.ts'
import type { OpSpec } from '../ops/spec.ts'

export interface PassContext {
  readonly ops: ReadonlyMap<string, OpSpec>
  readonly signal?: AbortSignal
}

/**
 * A rewriting of a graph that keeps its meaning: same inputs and outputs by name, same numbers. Pure: the graph that
 * comes in is not changed. Passes look at the top level; bodies of If, Loop and Scan stay as they are.
 */
export type Pass = (graph: Graph, context: PassContext) => Graph | Promise<Graph>

export interface RunOptions {
  readonly ops?: ReadonlyMap<string, OpSpec>
  readonly signal?: AbortSignal
  /** Called after each pass, for the verifier in tests. */
  readonly after?: (graph: Graph, pass: Pass) => void
}

/** Runs the passes one after the other. */
export async function runPasses(graph: Graph, passes: readonly Pass[], options: RunOptions = {}): Promise<Graph> {
  const context = { ops: options.ops ?? hubOps, ...(options.signal ? { signal: options.signal } : {}) }
  let result = graph
  for (const pass of passes) {
    options.signal?.throwIfAborted()
    result = await pass(result, context)
    options.after?.(result, pass)
  }
  return result
}
