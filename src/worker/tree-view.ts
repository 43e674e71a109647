import { type TracedColumn, traceColumns } from '../core/column-trace.ts'
import type { Graph, Node } from '../core/ir/graph.ts'
import type { Category, Model } from '../core/ir/model.ts'
import type { MlAttributes } from '../core/ops/ml/attributes.ts'
import { SPLIT, type TreeEnsemble } from '../core/ops/ml/tree-ensemble.ts'
import type { AttributeView, GraphView, NodeView } from './graph-view.ts'
import { short, splitCondition } from './split-condition.ts'

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
  /** What holds on a split's false branch, by the split's id; its title is what holds on the true one. */
  readonly otherwise: Readonly<Record<string, string>>
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
  return drawTree(ensemble, root, {
    columns,
    told,
    classes: ensemble.targets > 1 ? classes : undefined,
    labels: labelsOf(model.graph, found),
  })
}

/** What the values of an ensemble with one target stand for, where all that is done with them is to look them up. */
function labelsOf({ nodes }: Graph, { outputs: [output] }: Node): Words['labels'] {
  const [reader, ...others] = nodes.filter(({ inputs }) => inputs.some((value) => value === output))
  if (reader?.op !== 'ml.expression' || reader.inputs.length > 1 || others.length > 0) return undefined
  const { expressions } = reader.attributes as unknown as MlAttributes['ml.expression']
  const [only] = expressions
  if (expressions.length > 1 || only?.kind !== 'lookup' || only.arg.kind !== 'column') return undefined
  return new Map(only.keys.map((key, i) => [key, { label: only.values[i] ?? key, place: i }]))
}

interface Words {
  readonly columns: readonly TracedColumn[]
  /** The targets that the tree says something about: in boosting for several classes, one of them. */
  readonly told: readonly number[]
  readonly classes: readonly Category[] | undefined
  /** The labels that the values of leaves are numbers of, and their places among all labels. */
  readonly labels: ReadonlyMap<Category, { readonly label: Category; readonly place: number }> | undefined
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
  const otherwise: Record<string, string> = {}
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
    const place = { id, label: id, inputs, outputs, origin: [] }
    if (isLeaf) {
      nodes.push({ ...place, ...leaf(ensemble, index, words) })
    } else {
      const { fails, ...drawn } = split(ensemble, index, words)
      nodes.push({ ...place, ...drawn })
      otherwise[id] = fails
    }
  }
  const graph = { name: 'tree', dialect: 'tree', inputs: [], outputs: [], nodes, constants: {}, types }
  return { graph, depth, leaves, omitted, otherwise }
}

type Drawn = Pick<NodeView, 'op' | 'attributes'> & { readonly title: string; readonly tone?: number }

function split(ensemble: TreeEnsemble, index: number, { columns }: Words): Drawn & { readonly fails: string } {
  const at = ensemble.column[index] ?? 0
  const column = columns[at] ?? { label: `[${at}]` }
  const { holds, fails } = splitCondition(column, ensemble, index)
  return {
    op: 'tree.split',
    title: holds,
    fails,
    attributes: [
      text('column', column.label),
      ...samples(ensemble, index),
      text('missing', BRANCHES[ensemble.missingTrue[index] === 1 ? 0 : 1]),
    ],
  }
}

/** A leaf by its label or the class that it is for, where it weighs several against each other, else by its value. */
function leaf(ensemble: TreeEnsemble, index: number, { classes, told, labels }: Words): Drawn {
  const row = (ensemble.whenTrue[index] ?? 0) * ensemble.targets
  const value = (target: number) => ensemble.leafValues[row + target] ?? 0
  const named = labels?.get(value(0))
  if (named) {
    return {
      op: 'tree.leaf',
      title: String(named.label),
      tone: named.place,
      attributes: samples(ensemble, index),
    }
  }
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
