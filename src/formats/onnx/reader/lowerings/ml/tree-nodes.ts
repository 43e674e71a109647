import { MalformedFileError } from '../../../../../core/errors.ts'
import type { Node } from '../../../../../core/ir/graph.ts'
import { SPLIT, type SplitMode, type TreeEnsemble } from '../../../../../core/ops/ml/tree-ensemble.ts'
import { type LeafNode, type SplitNode, TreeEnsembleBuilder } from '../../../../../core/ops/ml/tree-ensemble-builder.ts'
import { numberList, stringList } from './ml-attributes.ts'

const MODES: Readonly<Record<string, Exclude<SplitMode, 0>>> = {
  BRANCH_LEQ: SPLIT.lessOrEqual,
  BRANCH_LT: SPLIT.less,
  BRANCH_GTE: SPLIT.greaterOrEqual,
  BRANCH_GT: SPLIT.greater,
  BRANCH_EQ: SPLIT.equal,
  BRANCH_NEQ: SPLIT.notEqual,
}

export interface LeafWeights {
  /** Trees, nodes and targets that each weight is for. */
  readonly trees: readonly number[]
  readonly nodes: readonly number[]
  readonly targets: readonly number[]
  readonly weights: readonly number[]
}

/** The index of each node, by its tree and its number in the tree. */
class NodeIndex {
  readonly #trees = new Map<number, Map<number, number>>()

  constructor(treeIds: readonly number[], nodeIds: readonly number[]) {
    for (const [i, tree] of treeIds.entries()) {
      const nodes = this.#trees.get(tree)
      if (nodes) nodes.set(nodeIds[i] ?? -1, i)
      else this.#trees.set(tree, new Map([[nodeIds[i] ?? -1, i]]))
    }
  }

  of(tree: number, node: number): number | undefined {
    return this.#trees.get(tree)?.get(node)
  }
}

function required(node: Node, name: string): number[] {
  const values = numberList(node.attributes, name)
  if (!values) throw new MalformedFileError(`The tree ensemble ${node.id} lacks ${name}`)
  return values
}

/** The leaf values of each node that has some, [targets], by its index; those of nodes that do not exist are nobody's. */
function valuesByNode(leaves: LeafWeights, targets: number, index: NodeIndex): Map<number, number[]> {
  const values = new Map<number, number[]>()
  for (const [i, weight] of leaves.weights.entries()) {
    const at = index.of(leaves.trees[i] ?? -1, leaves.nodes[i] ?? -1) ?? -1
    const row = values.get(at) ?? new Array<number>(targets).fill(0)
    values.set(at, row)
    const target = leaves.targets[i] ?? -1
    if (!(target >= 0 && target < targets)) throw new MalformedFileError(`A leaf is for target ${target} of ${targets}`)
    row[target] = (row[target] ?? 0) + weight
  }
  return values
}

/**
 * The trees of TreeEnsembleClassifier and TreeEnsembleRegressor (ai.onnx.ml 1 and 3): nodes by (tree id, node id), the first of
 * a tree being its root. A missing value fails every comparison but ≠, unless the node says that it passes.
 */
export function treesByNodeId(
  node: Node,
  leaves: LeafWeights,
  targets: number,
  options: Pick<TreeEnsemble, 'aggregate'> & { base: readonly number[] },
): TreeEnsemble {
  const a = node.attributes
  const treeIds = required(node, 'nodes_treeids')
  const nodeIds = required(node, 'nodes_nodeids')
  const features = required(node, 'nodes_featureids')
  const thresholds = required(node, 'nodes_values')
  const whenTrue = required(node, 'nodes_truenodeids')
  const whenFalse = required(node, 'nodes_falsenodeids')
  const modes = stringList(a, 'nodes_modes') ?? []
  const missingTrue = numberList(a, 'nodes_missing_value_tracks_true') ?? []
  const indexes = new NodeIndex(treeIds, nodeIds)
  const roots = new Map<number, number>()
  for (const [i, tree] of treeIds.entries()) if (!roots.has(tree)) roots.set(tree, i)
  const values = valuesByNode(leaves, targets, indexes)
  const zeros = new Array<number>(targets).fill(0)
  const builder = new TreeEnsembleBuilder(targets)
  for (const [tree, root] of roots) {
    const child = (id: number | undefined) => {
      const index = indexes.of(tree, id ?? -1)
      if (index === undefined) throw new MalformedFileError(`Tree ${tree} of ${node.id} has no node ${id}`)
      return index
    }
    builder.tree(root, (i): SplitNode<number> | LeafNode => {
      const mode = modes[i] ?? 'LEAF'
      if (mode === 'LEAF') return { values: values.get(i) ?? zeros }
      const test = MODES[mode]
      if (test === undefined)
        throw new MalformedFileError(`Tree ${tree} of ${node.id} has a node of the unknown mode ${mode}`)
      return {
        mode: test,
        column: features[i] ?? 0,
        threshold: thresholds[i] ?? 0,
        whenTrue: child(whenTrue[i]),
        whenFalse: child(whenFalse[i]),
        missingTrue: missingTrue[i] === 1 || test === SPLIT.notEqual,
      }
    })
  }
  return builder.build(options)
}
