import type { GraphView } from '../../worker/graph-view.ts'

const NEGATED: Readonly<Record<string, string>> = {
  '≤': '>',
  '<': '≥',
  '≥': '<',
  '>': '≤',
  '=': '≠',
  '≠': '=',
  '∈': '∉',
}

/** The conditions that lead from the root of a tree to a node, each as it holds on the way. */
export function pathTo(tree: GraphView, id: string): readonly string[] {
  const nodes = new Map(tree.nodes.map((node) => [node.id, node]))
  const path: string[] = []
  for (let node = nodes.get(id); node; ) {
    const [parent, branch] = node.inputs[0]?.split(' ') ?? []
    node = parent === undefined ? undefined : nodes.get(parent)
    if (node?.title) path.unshift(branch === 'true' ? node.title : negated(node.title))
  }
  return path
}

/** `age ≤ 30` → `age > 30`; column names may hold signs of their own, so the last one counts. */
function negated(condition: string): string {
  return condition.replace(/^(.*) ([≤<≥>=≠∈]) /u, (_, column: string, sign: string) => `${column} ${NEGATED[sign]} `)
}
