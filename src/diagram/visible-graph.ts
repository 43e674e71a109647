import type { ConstantView, GraphView, NodeView } from '../worker/graph-view.ts'
import { colourOf, type Family, titleOf } from './families.ts'

/** Something that is drawn: a node of the graph, or a graph input or output, which has no node. */
export interface DiagramNode {
  readonly kind: 'node' | 'open' | 'closed' | 'input' | 'output'
  /** The node's id; `input:name` or `output:name` for the graph's own. */
  readonly id: string
  /** Absent for the graph's inputs and outputs. */
  readonly node?: NodeView
  readonly op: string
  /** What it is called, where that says more than the operator. */
  readonly label: string
  /** What else is worth knowing at a glance. */
  readonly detail: string
  readonly family: Family
  /** Index of the open container that it stands in, −1 for none. */
  readonly parent: number
  /** How many nodes a closed container holds, or hang below a folded node. */
  readonly hidden: number
}

export interface DiagramEdge {
  readonly from: number
  readonly to: number
  /** The type of the value that flows. */
  readonly type: string
}

/** The part of a graph that is drawn while some of its containers are closed. */
export interface VisibleGraph {
  readonly nodes: readonly DiagramNode[]
  readonly edges: readonly DiagramEdge[]
  /** The index of what stands for each node: itself, or the closed container that it is in. */
  readonly indexOf: ReadonlyMap<string, number>
}

export function visibleGraph(graph: GraphView, closed: ReadonlySet<string>): VisibleGraph {
  const { holders, sizes } = containment(graph)
  const standsFor = (node: NodeView): string => {
    let shown = node.id
    for (const holder of holders(node)) if (closed.has(holder)) shown = holder
    return shown
  }
  const nodes: DiagramNode[] = []
  const indexOf = new Map<string, number>()
  const add = (node: DiagramNode): number => nodes.push(node) - 1

  const inputs = graph.inputs.filter((name) => !(name in graph.constants))
  const inputIndex = new Map(inputs.map((name) => [name, add(terminal('input', name, graph.types[name] ?? ''))]))
  for (const node of byDepth(graph.nodes, holders)) {
    if (standsFor(node) !== node.id) continue
    const hidden = node.folded ?? sizes.get(node.id) ?? 0
    const kind = hidden === 0 ? 'node' : node.folded || closed.has(node.id) ? 'closed' : 'open'
    const parent = node.parent === undefined ? -1 : (indexOf.get(node.parent) ?? -1)
    indexOf.set(node.id, add(operator(graph, node, kind, parent, hidden)))
  }
  for (const node of graph.nodes) indexOf.set(node.id, indexOf.get(standsFor(node))!)

  const producer = new Map<string, number>(inputIndex)
  for (const node of graph.nodes)
    for (const value of node.outputs) if (value) producer.set(value, indexOf.get(node.id)!)
  const edges = new EdgeSet(graph.types)
  const readInside = valuesReadInside(graph.nodes, holders)
  for (const node of graph.nodes) {
    const inside = readInside.get(node.id)
    for (const value of node.inputs)
      if (!inside?.has(value)) edges.add(producer.get(value), indexOf.get(node.id)!, value)
    for (const value of node.results ?? []) edges.add(producer.get(value), indexOf.get(node.id)!, value)
  }
  for (const name of graph.outputs) {
    edges.add(producer.get(name), add(terminal('output', name, graph.types[name] ?? '')), name)
  }
  return { nodes, edges: edges.list, indexOf }
}

/** By container of a body: what its nodes read. A line that leads on into the body does not end at its border, too. */
function valuesReadInside(nodes: readonly NodeView[], holders: (node: NodeView) => readonly string[]) {
  const read = new Map(nodes.flatMap(({ id, results }) => (results ? [[id, new Set<string>()] as const] : [])))
  if (read.size === 0) return read
  for (const node of nodes)
    for (const holder of holders(node)) for (const value of node.inputs) read.get(holder)?.add(value)
  return read
}

/** Nodes directly inside a container from which on it is better closed at first, and the same for members of an ensemble. */
const CROWDED = 13
const MANY = 4

/** Containers that would take more room than they tell: crowded ones, and ensembles of many alike. */
export function closedAtFirst(graph: GraphView): ReadonlySet<string> {
  const children = new Map<string, NodeView[]>()
  for (const node of graph.nodes) {
    if (node.parent === undefined) continue
    const siblings = children.get(node.parent)
    if (siblings) siblings.push(node)
    else children.set(node.parent, [node])
  }
  const isClosed = (inside: readonly NodeView[]) =>
    inside.length >= CROWDED || (inside.length >= MANY && isEnsemble(inside))
  return new Set([...children].filter(([, inside]) => isClosed(inside)).map(([id]) => id))
}

/** Nodes of one operator that stand side by side. */
function isEnsemble(nodes: readonly NodeView[]): boolean {
  const made = new Set(nodes.flatMap(({ outputs }) => outputs))
  return nodes.every(({ op, inputs }) => op === nodes[0]?.op && !inputs.some((value) => made.has(value)))
}

/** The ids of all nodes that contain others. */
export function containerIds(graph: GraphView): readonly string[] {
  const ids = new Set(graph.nodes.map(({ id }) => id))
  return [...new Set(graph.nodes.flatMap(({ parent }) => (parent !== undefined && ids.has(parent) ? [parent] : [])))]
}

/** The containers around each node from the inside out, and how many nodes each container holds. */
function containment(graph: GraphView) {
  const byId = new Map(graph.nodes.map((node) => [node.id, node]))
  const holders = (node: NodeView): string[] => {
    const found: string[] = []
    let at = node.parent === undefined ? undefined : byId.get(node.parent)
    while (at && !found.includes(at.id) && at.id !== node.id) {
      found.push(at.id)
      at = at.parent === undefined ? undefined : byId.get(at.parent)
    }
    return found
  }
  const sizes = new Map<string, number>()
  for (const node of graph.nodes) for (const holder of holders(node)) sizes.set(holder, (sizes.get(holder) ?? 0) + 1)
  return { holders, sizes }
}

function byDepth(nodes: readonly NodeView[], holders: (node: NodeView) => string[]): NodeView[] {
  const depth = new Map(nodes.map((node) => [node, holders(node).length]))
  return [...nodes].sort((a, b) => depth.get(a)! - depth.get(b)!)
}

const MOST_NODES = 2 ** 26

class EdgeSet {
  readonly list: DiagramEdge[] = []
  readonly #seen = new Set<number>()
  readonly #types: GraphView['types']

  constructor(types: GraphView['types']) {
    this.#types = types
  }

  add(from: number | undefined, to: number, value: string): void {
    if (from === undefined || from === to) return
    const key = from * MOST_NODES + to
    if (this.#seen.has(key)) return
    this.#seen.add(key)
    this.list.push({ from, to, type: this.#types[value] ?? '' })
  }
}

function terminal(kind: 'input' | 'output', name: string, type: string): DiagramNode {
  return { kind, id: `${kind}:${name}`, op: name, label: '', detail: type, family: 'other', parent: -1, hidden: 0 }
}

function operator(
  graph: GraphView,
  node: NodeView,
  kind: DiagramNode['kind'],
  parent: number,
  hidden: number,
): DiagramNode {
  const op = titleOf(node, graph.dialect)
  return {
    kind,
    id: node.id,
    node,
    op,
    label: isTelling(node, op) ? node.label : '',
    detail: detailOf(graph, node),
    family: colourOf(node, graph.dialect, hidden > 0),
    parent,
    hidden,
  }
}

/** Names such as `Conv_12` or `minmaxscaler` only repeat the operator. */
function isTelling({ label, title }: NodeView, op: string): boolean {
  if (title !== undefined) return false
  const bare = label
    .toLowerCase()
    .replace(/^node_/, '')
    .replace(/[_\-\d/]+/g, '')
  return bare !== '' && bare !== 'n' && bare !== op.toLowerCase().replace(/[_\-\d/.]+/g, '')
}

/** Attributes that say most about an operator, in the words of the frameworks; the first two present are shown. */
const TELLING = [
  ...['kernel_shape', 'kernel_size', 'pool_size', 'units', 'filters', 'strides', 'perm', 'axis', 'axes', 'to'],
  ...['n_estimators', 'n_clusters', 'n_components', 'max_depth', 'kernel', 'strategy', 'activation', 'rate'],
  ...[
    'samples',
    'n_targets',
    'aggregate',
    'function',
    'functionName',
    'modelType',
    'multipleModelMethod',
    'alpha',
    'C',
    'gamma',
  ],
]
const LONGEST_VALUE = 18

/** Numbers that were trained, and not a shape or axes. */
const isWeight = ({ dtype, elements }: ConstantView) => elements > 1 && /float|int8/.test(dtype)

function detailOf(graph: GraphView, node: NodeView): string {
  const texts = new Map(node.attributes.flatMap((a) => (a.kind === 'text' ? [[a.name, a.text] as const] : [])))
  const telling = TELLING.flatMap((name) => {
    const text = texts.get(name)
    return text && text !== '—' && text.length <= LONGEST_VALUE ? [`${name} ${text}`] : []
  })
  if (telling.length > 0) return telling.slice(0, 2).join(' · ')
  const weight = node.inputs.map((name) => graph.constants[name]).find((constant) => constant && isWeight(constant))
  return weight ? weight.shape.join(' × ') : ''
}
