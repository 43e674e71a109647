import type { GraphView, NodeView } from '../worker/graph-view.ts'
import { titleOf } from './families.ts'

/** The ids of the nodes that contain every word of a query, in any order and case, in the order of the graph. */
export function searchNodes(graph: GraphView, query: string): readonly string[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return []
  return graph.nodes.filter((node) => words.every((word) => textOf(graph, node).includes(word))).map(({ id }) => id)
}

const texts = new WeakMap<NodeView, string>()

function textOf(graph: GraphView, node: NodeView): string {
  let text = texts.get(node)
  if (text === undefined) {
    const attributes = node.attributes.map((a) => (a.kind === 'text' ? `${a.name}=${a.text}` : a.name))
    const values = [...node.inputs, ...node.outputs]
    const parts = [titleOf(node, graph.dialect), node.op, node.label, node.id, ...values, ...attributes]
    text = parts.join('\n').toLowerCase()
    texts.set(node, text)
  }
  return text
}
