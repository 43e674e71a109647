import type { GraphView, NodeView } from '../../worker/graph-view.ts'

/** A tree of so few nodes is shown whole. */
const SMALL = 63
/** Levels of a larger one that are shown at first, and that open below a branch. */
const LEVELS = 3

/** The splits whose branches are shown at first. */
export function openAtFirst(tree: GraphView): ReadonlySet<string> {
  const [root] = tree.nodes
  if (!root) return new Set()
  return opened(tree, new Set(), root.id, tree.nodes.length <= SMALL ? Number.POSITIVE_INFINITY : LEVELS)
}

/** Opens a split and some levels below it. */
export function opened(tree: GraphView, open: ReadonlySet<string>, id: string, levels = LEVELS): ReadonlySet<string> {
  const children = childrenOf(tree)
  const next = new Set(open)
  let level = tree.nodes.filter((node) => node.id === id)
  for (let l = 0; l < levels && level.length > 0; l++) {
    for (const node of level) next.add(node.id)
    level = level.flatMap((node) => children.get(node.id) ?? [])
  }
  return next
}

/** The part of a tree that is shown; a split whose branches are not says how many nodes they have. */
export function shownBranches(tree: GraphView, open: ReadonlySet<string>): GraphView {
  const children = childrenOf(tree)
  const below = new Map<string, number>()
  for (const { id } of tree.nodes.toReversed()) {
    const held = children.get(id) ?? []
    below.set(
      id,
      held.reduce((sum, child) => sum + 1 + (below.get(child.id) ?? 0), 0),
    )
  }
  const nodes: NodeView[] = []
  const queue = tree.nodes.slice(0, 1)
  for (const node of queue) {
    const folded = open.has(node.id) ? 0 : (below.get(node.id) ?? 0)
    nodes.push(folded > 0 ? { ...node, folded } : node)
    if (folded === 0) queue.push(...(children.get(node.id) ?? []))
  }
  return { ...tree, nodes }
}

/** Parents come before their children, the true branch first. */
function childrenOf(tree: GraphView): ReadonlyMap<string, readonly NodeView[]> {
  const children = new Map<string, NodeView[]>()
  for (const node of tree.nodes) {
    const parent = node.inputs[0]?.split(' ')[0]
    if (parent === undefined) continue
    const known = children.get(parent)
    if (known) known.push(node)
    else children.set(parent, [node])
  }
  return children
}
