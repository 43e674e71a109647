import type { TreeChoice } from '../../store/documents-state.ts'
import type { GraphView } from '../../worker/graph-view.ts'
import type { EnsembleView } from '../../worker/tree-view.ts'

/** The tree behind a source node: the first of the ensemble that it became, or the one that it is among its siblings. */
export function treeOf(graph: GraphView, ensembles: readonly EnsembleView[], id: string): TreeChoice | undefined {
  const whole = ensembles.find(({ origin }) => origin.includes(id))
  if (whole) return { node: whole.node, index: 0 }
  const parent = graph.nodes.find((node) => node.id === id)?.parent
  const around = parent === undefined ? undefined : ensembles.find(({ origin }) => origin.includes(parent))
  if (!around) return undefined
  const siblings = graph.nodes.filter((node) => node.parent === parent)
  const index = siblings.findIndex((node) => node.id === id)
  return index < around.trees ? { node: around.node, index } : undefined
}
