import type { GraphView, NodeView } from '../worker/graph-view.ts'

/** A line of the list of nodes: a container stands before what it holds. */
export interface OutlineRow {
  readonly node: NodeView
  /** From 1. */
  readonly level: number
  readonly holds: number
}

/** A graph's nodes as an outline, without what closed containers hold. */
export function outline(graph: GraphView, closed: ReadonlySet<string>): readonly OutlineRow[] {
  const ids = new Set(graph.nodes.map(({ id }) => id))
  const children = new Map<string | undefined, NodeView[]>()
  for (const node of graph.nodes) {
    const parent = node.parent !== undefined && ids.has(node.parent) ? node.parent : undefined
    const list = children.get(parent)
    if (list) list.push(node)
    else children.set(parent, [node])
  }
  const rows: OutlineRow[] = []
  const add = (node: NodeView, level: number) => {
    const inside = children.get(node.id) ?? []
    rows.push({ node, level, holds: inside.length })
    if (!closed.has(node.id)) for (const child of inside) add(child, level + 1)
  }
  for (const node of children.get(undefined) ?? []) add(node, 1)
  return rows
}
