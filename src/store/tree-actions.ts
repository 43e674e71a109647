import { PortolanError } from '../core/errors.ts'
import type { TreeView } from '../worker/tree-view.ts'
import { changeDocument, documentOf, sessionsOf } from './document-access.ts'
import type { TreeChoice } from './documents-state.ts'
import { settle } from './task.ts'

/** Looks at the lowered model: its answers, and its trees. One that is nothing but a tree is shown as one. */
export async function lookInside(id: string): Promise<void> {
  const session = sessionsOf(id)?.model
  if (!session) return
  const found = await settle(session.client().then((client) => client.lowered(null)))
  if (found.status !== 'done') return
  const lowered = found.value
  const [only, ...others] = lowered?.ensembles ?? []
  const isAlone = only?.trees === 1 && others.length === 0 && isAllThereIs(id, only.origin)
  changeDocument(id, () => ({ lowered, tree: isAlone ? { node: only.node, index: 0 } : null }))
}

/** Whether a model's operators are these and what only names their results. */
function isAllThereIs(id: string, origin: readonly string[]): boolean {
  const summary = documentOf(id)?.summary
  if (summary?.status !== 'done') return false
  const { nodes } = summary.value.graph
  return nodes.every((node) => origin.includes(node.id) || node.inputs.every((value) => origin.includes(value)))
}

/** Shows a tree in place of the graph of operators; null shows the operators again. */
export function showTree(id: string, tree: TreeChoice | null): void {
  changeDocument(id, () => ({ tree }))
}

/** A tree as a graph. Rejects when the model was closed. */
export async function readTree(id: string, tree: TreeChoice): Promise<TreeView> {
  const session = sessionsOf(id)?.model
  if (!session) throw new PortolanError('cancelled', 'The model was closed.')
  return (await session.client()).tree(tree)
}
