import { type TracedColumn, traceColumns } from '../core/column-trace.ts'
import type { Category, Model } from '../core/ir/model.ts'
import type { MlAttributes } from '../core/ops/ml/attributes.ts'
import { SPLIT, type TreeEnsemble } from '../core/ops/ml/tree-ensemble.ts'
import type { AttributeView, GraphView, NodeView } from './graph-view.ts'

/** Trees that a model decides with, to choose one from. */
export interface EnsembleView {
  /** The hub's node. */
  readonly node: string
  /** The source nodes that it came from. */
  readonly origin: readonly string[]
  readonly trees: number
  /** Nodes of all trees. */
  readonly nodes: number
}

/** One tree as a graph of splits and leaves. */
export interface TreeView {
  readonly graph: GraphView
  /** Splits on the longest way from the root to a leaf. */
  readonly depth: number
  readonly leaves: number
  /** Nodes that are left out of a very large tree, the deepest first. */
  readonly omitted: number
}

/** Nodes of a tree that are shown. */
const MAX_NODES = 20_000

/** The ensembles of a model. Of several made of the same source nodes, the one that says most stands for all. */
export function ensembleViews({ graph }: Model): EnsembleView[] {
  const views = new Map<string, EnsembleView & { readonly targets: number }>()
  for (const { id, op, origin, attributes } of graph.nodes) {
    if (op !== 'ml.treeEnsemble') continue
    const { ensemble } = attributes as unknown as MlAttributes['ml.treeEnsemble']
    const key = origin.join('\n')
    if ((views.get(key)?.targets ?? 0) >= ensemble.targets) continue
    const { roots, mode, targets } = ensemble
    views.set(key, { node: id, origin, trees: roots.length, nodes: mode.length, targets })
  }
  return [...views.values()].map(({ targets: _, ...view }) => view)
}

/** A tree of an ensemble; undefined when there is no such ensemble or tree. */
export function treeView(model: Model, node: string, tree: number): TreeView | undefined {
  const found = model.graph.nodes.find(({ id, op }) => id === node && op === 'ml.treeEnsemble')
  if (!found) return undefined
  const { ensemble } = found.attributes as unknown as MlAttributes['ml.treeEnsemble']
  const root = ensemble.roots[tree]
  if (root === undefined) return undefined
  const traced = traceColumns(model.graph, model.inputs)
  const columns = found.inputs.flatMap((value) => traced.get(value) ?? [])
  const classes = model.outputs.find((output) => output.classes?.length === ensemble.targets)?.classes
  const told = toldTargets(ensemble, root)
  return drawTree(ensemble, root, { columns, told, classes: ensemble.targets > 1 ? classes : undefined })
}

interface Words {
  readonly columns: readonly TracedColumn[]
  /** The targets that the tree says something about: in boosting for several classes, one of them. */
  readonly told: readonly number[]
  readonly classes: readonly Category[] | undefined
}

/** The targets whose value is not 0 in every leaf of a tree; all of them when none is told. */
function toldTargets(ensemble: TreeEnsemble, root: number): readonly number[] {
  const { targets, leafValues, mode, whenTrue, whenFalse } = ensemble
  const all = Array.from({ length: targets }, (_, k) => k)
  const told = new Set<number>()
  const stack = [root]
  for (let node = stack.pop(); node !== undefined && told.size < targets; node = stack.pop()) {
    const row = whenTrue[node] ?? 0
    if (mode[node] !== SPLIT.leaf) stack.push(row, whenFalse[node] ?? 0)
    else for (const k of all) if (leafValues[row * targets + k] !== 0) told.add(k)
  }
  return told.size === 0 ? all : all.filter((k) => told.has(k))
}

/** What a row on the true branch brings along, and on the false one. */
const BRANCHES = ['true', 'false'] as const

function drawTree(ensemble: TreeEnsemble, root: number, words: Words): TreeView {
  const nodes: NodeView[] = []
  const types: Record<string, string> = {}
  let leaves = 0
  let depth = 0
  let omitted = 0
  const queue: { readonly index: number; readonly level: number; readonly value: string | null }[] = [
    { index: root, level: 0, value: null },
  ]
  for (let head = 0; head < queue.length; head++) {
    const { index, level, value } = queue[head]!
    if (head >= MAX_NODES) omitted++
    depth = Math.max(depth, level)
    const isLeaf = ensemble.mode[index] === SPLIT.leaf
    if (isLeaf) leaves++
    const id = `${index - root}`
    const outputs = isLeaf ? [] : BRANCHES.map((branch) => `${id} ${branch}`)
    if (!isLeaf) {
      queue.push({ index: ensemble.whenTrue[index]!, level: level + 1, value: outputs[0]! })
      queue.push({ index: ensemble.whenFalse[index]!, level: level + 1, value: outputs[1]! })
    }
    if (head >= MAX_NODES) continue
    outputs.forEach((output, i) => {
      types[output] = BRANCHES[i]!
    })
    const inputs = value === null ? [] : [value]
    const drawn = isLeaf ? leaf(ensemble, index, words) : split(ensemble, index, words)
    nodes.push({ id, label: id, inputs, outputs, origin: [], ...drawn })
  }
  const graph = { name: 'tree', dialect: 'tree', inputs: [], outputs: [], nodes, constants: {}, types }
  return { graph, depth, leaves, omitted }
}

type Drawn = Pick<NodeView, 'op' | 'attributes'> & { readonly title: string; readonly tone?: number }

const COMPARISON: Readonly<Record<number, string>> = {
  [SPLIT.lessOrEqual]: '≤',
  [SPLIT.less]: '<',
  [SPLIT.greaterOrEqual]: '≥',
  [SPLIT.greater]: '>',
  [SPLIT.equal]: '=',
  [SPLIT.notEqual]: '≠',
}

function split(ensemble: TreeEnsemble, index: number, { columns }: Words): Drawn {
  const at = ensemble.column[index] ?? 0
  const column = columns[at] ?? { label: `[${at}]` }
  return {
    op: 'tree.split',
    title: condition(column, ensemble, index),
    attributes: [
      text('column', column.label),
      ...samples(ensemble, index),
      text('missing', BRANCHES[ensemble.missingTrue[index] === 1 ? 0 : 1]),
    ],
  }
}

function condition({ label, indicates, scale }: TracedColumn, ensemble: TreeEnsemble, index: number): string {
  const mode = ensemble.mode[index] ?? 0
  const threshold = ensemble.threshold[index] ?? 0
  const isBetween = threshold >= 0 && threshold < 1
  if (indicates && isBetween && (mode === SPLIT.lessOrEqual || mode === SPLIT.greater)) {
    return `${indicates.column} ${mode === SPLIT.lessOrEqual ? '≠' : '='} ${indicates.key}`
  }
  const set = ensemble.sets[threshold]
  // in a set of nothing is what is missing, if anything
  if (mode === SPLIT.in && set?.length === 0) return `${label} ${ensemble.missingTrue[index] === 1 ? '=' : '≠'} missing`
  if (mode === SPLIT.in) return `${label} ∈ {${set?.join(', ') ?? ''}}`
  const isText = (mode === SPLIT.equal || mode === SPLIT.notEqual) && typeof set?.[0] === 'string'
  const limit = scale ? threshold * scale.factor + scale.offset : threshold
  return `${label} ${COMPARISON[mode]} ${isText ? set[0] : short(limit)}`
}

/** A leaf by the class that it is for, where it weighs several against each other, else by its value. */
function leaf(ensemble: TreeEnsemble, index: number, { classes, told }: Words): Drawn {
  const row = (ensemble.whenTrue[index] ?? 0) * ensemble.targets
  const value = (target: number) => ensemble.leafValues[row + target] ?? 0
  const best = told.reduce((winner, target) => (value(target) > value(winner) ? target : winner), told[0] ?? 0)
  const isVote = classes !== undefined && told.length > 1
  return {
    op: 'tree.leaf',
    title: isVote ? String(classes[best]) : told.map((target) => short(value(target))).join(', '),
    ...(isVote && { tone: best }),
    attributes: [
      ...told.map((target) => text(classes ? String(classes[target]) : 'value', short(value(target)))),
      ...samples(ensemble, index),
    ],
  }
}

function samples({ counts }: TreeEnsemble, index: number): AttributeView[] {
  const count = counts?.[index]
  return count === undefined ? [] : [text('samples', short(count))]
}

const text = (name: string, value: string): AttributeView => ({ name, kind: 'text', text: value })

/** Five digits say enough in a picture. */
const short = (x: number) => String(Number(x.toPrecision(5)))
