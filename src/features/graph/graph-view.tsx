import { Diagram } from '../../diagram/diagram.tsx'
import { arrangeGraph } from '../../store/layout-session.ts'
import type { GraphView as Graph } from '../../worker/graph-view.ts'

interface GraphViewProps {
  graph: Graph
  selected: readonly string[]
  highlighted: readonly string[]
  onSelect: (nodes: readonly string[]) => void
  /** Whether the list of nodes stands beside the drawing at first. */
  isListOpen?: boolean
}

/** A model's graph as it flows. */
export function GraphView(props: GraphViewProps) {
  return <Diagram {...props} name={props.graph.name} arrange={arrangeGraph} />
}
