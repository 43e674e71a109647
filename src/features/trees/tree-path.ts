import type { TreeView } from '../../worker/tree-view.ts'

/** The conditions that lead from the root of a tree to a node, each as it holds on the way. */
export function pathTo({ graph, otherwise }: Pick<TreeView, 'graph' | 'otherwise'>, id: string): readonly string[] {
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]))
  const path: string[] = []
  for (let node = nodes.get(id); node; ) {
    const [parent, branch] = node.inputs[0]?.split(' ') ?? []
    node = parent === undefined ? undefined : nodes.get(parent)
    const condition = node && (branch === 'true' ? node.title : otherwise[node.id])
    if (condition) path.unshift(condition)
  }
  return path
}
