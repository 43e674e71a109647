import type { GraphView } from '../../worker/graph-view.ts'

/** What a graph consists of, to be held against another. */
export interface Account {
  readonly nodes: number
  /** Elements of weights and of tensors in attributes. */
  readonly elements: number
  /** Floating-point types of values and weights: `float32`, … */
  readonly precisions: readonly string[]
  /** How often each operator occurs, the most frequent first. */
  readonly operators: readonly (readonly [op: string, count: number])[]
}

export function accountOf(graph: GraphView): Account {
  const counts = new Map<string, number>()
  const dtypes = new Set<string>()
  let elements = 0
  const own = `${graph.dialect}.`
  for (const { op, attributes } of graph.nodes) {
    const name = op.startsWith(own) ? op.slice(own.length) : op
    counts.set(name, (counts.get(name) ?? 0) + 1)
    for (const attribute of attributes) {
      if (attribute.kind !== 'tensor') continue
      elements += attribute.tensor.elements
      dtypes.add(attribute.tensor.dtype)
    }
  }
  for (const constant of Object.values(graph.constants)) {
    elements += constant.elements
    dtypes.add(constant.dtype)
  }
  for (const type of Object.values(graph.types)) dtypes.add(type.replace(/^\w+\(|\[.*$/g, ''))
  return {
    nodes: graph.nodes.length,
    elements,
    precisions: [...dtypes].filter((dtype) => /float/.test(dtype)).sort(),
    operators: [...counts].sort(([a, n], [b, m]) => m - n || a.localeCompare(b)),
  }
}
