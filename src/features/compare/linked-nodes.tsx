import { useWords } from '../../i18n/words.tsx'
import type { GraphView as Graph } from '../../worker/graph-view.ts'
import styles from './compare-view.module.css'

const MAX_NAMES = 6

interface LinkedNodesProps {
  source: Graph
  target: Graph
  selected: readonly string[]
  linked: readonly string[]
  /** The target nodes that the selection came from, if it came from there. */
  picked: readonly string[]
}

/** Says what became of the selected nodes, or where they came from. */
export function LinkedNodes({ source, target, selected, linked, picked }: LinkedNodesProps) {
  const { t } = useWords()
  const names = (graph: Graph, ids: readonly string[]) => {
    const chosen = new Set(ids)
    const ops = counted(graph.nodes.filter(({ id }) => chosen.has(id)))
    return ops.length > MAX_NAMES
      ? `${ops.slice(0, MAX_NAMES).join(', ')} ${t.compare.andMore(ops.length - MAX_NAMES)}`
      : ops.join(', ')
  }
  let text = t.compare.hint
  if (picked.length > 0) {
    text =
      selected.length === 0
        ? t.compare.added(names(target, picked))
        : t.compare.cameFrom(names(target, picked), names(source, selected))
  } else if (selected.length > 0) {
    text =
      linked.length === 0
        ? t.compare.gone(names(source, selected))
        : t.compare.became(names(source, selected), names(target, linked))
  }
  return (
    <p className={styles.linked} role="status">
      {text}
    </p>
  )
}

/** A node by its name, several of one operator by their number: `Cast × 4`. */
function counted(nodes: Graph['nodes']): string[] {
  const groups = new Map<string, Graph['nodes'][number][]>()
  for (const node of nodes) {
    const group = groups.get(node.op)
    if (group) group.push(node)
    else groups.set(node.op, [node])
  }
  return [...groups.values()].flatMap(([first, ...others]) => {
    if (!first) return []
    return others.length === 0 ? [nameOf(first)] : [`${shortName(first)} × ${others.length + 1}`]
  })
}

const shortName = ({ op }: Graph['nodes'][number]) => op.slice(op.lastIndexOf('.') + 1)

/** `Dense hidden_1`; only the operator where the label repeats it. */
function nameOf(node: Graph['nodes'][number]): string {
  const short = shortName(node)
  const { label } = node
  const isSaid = label.toLowerCase().startsWith(short.toLowerCase()) || label.endsWith(short)
  return isSaid ? label : `${short} ${label}`
}
