import type { Node } from '../ir/graph.ts'

/** The source nodes that several nodes came from, each once, in order. */
export function uniteOrigins(...nodes: readonly Node[]): string[] {
  return [...new Set(nodes.flatMap((node) => node.origin))]
}
