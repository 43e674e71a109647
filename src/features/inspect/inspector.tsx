import type { ReactNode } from 'react'
import { Facts } from '../../components/facts.tsx'
import { Section } from '../../components/panel.tsx'
import { useWords } from '../../i18n/words.tsx'
import type { AttributeView, GraphView, NodeView } from '../../worker/graph-view.ts'
import type { TensorAddress } from '../../worker/model-service.ts'
import styles from './inspector.module.css'
import { TensorEntry } from './tensor-entry.tsx'

interface InspectorProps {
  /** The document. */
  id: string
  /** 'source', or the target that the graph was converted to. */
  graphName: string
  graph: GraphView
  /** Ids of the selected nodes. */
  selected: readonly string[]
  onSelect: (nodes: readonly string[]) => void
  /** What else there is to see of a node, or of the whole graph while none is selected. */
  renderMore: (node: string | null) => ReactNode
}

/** What there is to know of the selected node. */
export function Inspector({ id, graphName, graph, selected, onSelect, renderMore }: InspectorProps) {
  const { t } = useWords()
  const nodes = graph.nodes.filter((node) => selected.includes(node.id))
  const [node] = nodes
  return (
    <aside className={styles.inspector} aria-label={t.inspect.title}>
      {!node && (
        <>
          <p className={styles.empty}>{t.inspect.empty}</p>
          {renderMore(null)}
        </>
      )}
      {nodes.length > 1 && <SelectedNodes nodes={nodes} onSelect={onSelect} />}
      {node && nodes.length === 1 && (
        <NodeSheet key={node.id} id={id} graphName={graphName} graph={graph} node={node} onSelect={onSelect}>
          {renderMore(node.id)}
        </NodeSheet>
      )}
    </aside>
  )
}

/** Nodes listed when many are selected. */
const LISTED = 100

function SelectedNodes({ nodes, onSelect }: { nodes: readonly NodeView[] } & Pick<InspectorProps, 'onSelect'>) {
  const { t } = useWords()
  return (
    <Section title={t.inspect.several(nodes.length)}>
      <ul>
        {nodes.slice(0, LISTED).map(({ id, label, op }) => (
          <li key={id}>
            <button type="button" className={styles.link} onClick={() => onSelect([id])}>
              {label} <code>{op}</code>
            </button>
          </li>
        ))}
      </ul>
    </Section>
  )
}

interface NodeSheetProps extends Pick<InspectorProps, 'id' | 'graphName' | 'graph' | 'onSelect'> {
  node: NodeView
  children: ReactNode
}

function NodeSheet({ id, graphName, graph, node, onSelect, children }: NodeSheetProps) {
  const { t } = useWords()
  const link = (nodeId: string) => (
    <button key={nodeId} type="button" className={styles.link} onClick={() => onSelect([nodeId])}>
      {nodeId}
    </button>
  )
  const weights = node.inputs.filter((value, i) => value in graph.constants && node.inputs.indexOf(value) === i)
  return (
    <>
      <header>
        <p className={styles.operator}>{node.op}</p>
        <h2 className={styles.label}>{node.label}</h2>
      </header>
      <Facts
        facts={[
          ...(node.id === node.label ? [] : [{ name: t.inspect.id, value: node.id }]),
          ...(node.parent === undefined ? [] : [{ name: t.inspect.inside, value: link(node.parent) }]),
          ...(node.origin.length === 0 ? [] : [{ name: t.inspect.origin, value: node.origin.join(', ') }]),
        ]}
      />
      {children}
      <Section title={t.inspect.attributes}>
        {node.attributes.length === 0 ? (
          <p className={styles.empty}>{t.inspect.noAttributes}</p>
        ) : (
          <ul className={styles.entries}>
            {node.attributes.map((attribute) => (
              <li key={attribute.name}>
                <Attribute id={id} graphName={graphName} node={node.id} attribute={attribute} />
              </li>
            ))}
          </ul>
        )}
      </Section>
      <Values title={t.inspect.inputs} values={node.inputs} graph={graph} />
      <Values title={t.inspect.outputs} values={node.outputs} graph={graph} />
      {weights.length > 0 && (
        <Section title={t.inspect.weights}>
          <ul className={styles.entries}>
            {weights.map((name) => (
              <li key={name}>
                <TensorEntry
                  id={id}
                  graph={graphName}
                  name={name}
                  address={{ constant: name }}
                  view={graph.constants[name]}
                />
              </li>
            ))}
          </ul>
        </Section>
      )}
    </>
  )
}

interface AttributeProps {
  id: string
  graphName: string
  node: string
  attribute: AttributeView
}

function Attribute({ id, graphName, node, attribute }: AttributeProps) {
  const { t } = useWords()
  if (attribute.kind === 'tensor') {
    const address: TensorAddress = { node, attribute: attribute.name }
    return <TensorEntry id={id} graph={graphName} name={attribute.name} address={address} view={attribute.tensor} />
  }
  return (
    <div className={styles.attribute}>
      <span className={styles.attributeName}>{attribute.name}</span>
      <code className={styles.attributeValue}>
        {attribute.kind === 'text' ? attribute.text : `${t.graph.subgraph}, ${t.graph.nodeCount(attribute.nodes)}`}
      </code>
    </div>
  )
}

function Values({ title, values, graph }: { title: string; values: readonly string[]; graph: GraphView }) {
  const { t } = useWords()
  if (values.length === 0) return null
  return (
    <Section title={title}>
      <ul className={styles.entries}>
        {values.map((value, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a value can be read twice; its place tells
          <li key={i} className={styles.attribute}>
            <span className={styles.attributeName}>{value || t.inspect.unnamed}</span>
            <code className={styles.attributeValue}>{graph.types[value] ?? ''}</code>
          </li>
        ))}
      </ul>
    </Section>
  )
}
