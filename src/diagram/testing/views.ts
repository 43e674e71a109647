import type { AttributeView, GraphView, NodeView } from '../../worker/graph-view.ts'

type NodeDraft = Pick<NodeView, 'id' | 'op' | 'inputs' | 'outputs'> & Partial<NodeView>

/** A graph's view with the parts that matter to a test. */
export function viewOf(nodes: readonly NodeDraft[], rest: Partial<GraphView> = {}): GraphView {
  return {
    name: 'test',
    dialect: 'sklearn',
    inputs: ['X'],
    outputs: ['y'],
    constants: {},
    types: {},
    ...rest,
    nodes: nodes.map((node) => ({ label: node.id, origin: [], attributes: [], ...node })),
  }
}

export const text = (name: string, value: string): AttributeView => ({ name, kind: 'text', text: value })

/** A pipeline of a scaler and a forest of two trees: containers follow what they hold, as readers write them. */
export const pipelineView = viewOf(
  [
    { id: 'scaler', op: 'sklearn.StandardScaler', inputs: ['X'], outputs: ['scaled'], parent: 'pipe' },
    { id: 'tree-1', op: 'sklearn.DecisionTreeClassifier', inputs: ['scaled'], outputs: ['t1'], parent: 'forest' },
    { id: 'tree-2', op: 'sklearn.DecisionTreeClassifier', inputs: ['scaled'], outputs: ['t2'], parent: 'forest' },
    { id: 'forest', op: 'sklearn.RandomForestClassifier', inputs: ['t1', 't2'], outputs: ['f'], parent: 'pipe' },
    { id: 'pipe', op: 'sklearn.Pipeline', inputs: ['f'], outputs: ['y'] },
  ],
  { types: { X: 'float64[N, 4]', scaled: 'float64[N, 4]' } },
)
