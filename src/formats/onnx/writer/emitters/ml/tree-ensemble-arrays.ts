import { SPLIT, type TreeEnsemble } from '../../../../../core/ops/ml/tree-ensemble.ts'

/** Trees as the attributes of ai.onnx.ml.TreeEnsemble want them: inner nodes and leaves counted apart. */
export interface NumericTrees {
  readonly roots: Int32Array
  readonly modes: Uint8Array
  readonly features: Int32Array
  readonly splits: Float64Array
  readonly trueIds: Int32Array
  readonly trueLeafs: Int32Array
  readonly falseIds: Int32Array
  readonly falseLeafs: Int32Array
  readonly missingTrue: Int32Array
  /** [leaf positions] the row of `leafValues` of each. */
  readonly leaves: Int32Array
  /** [leaf positions] the tree of each. */
  readonly treeOfLeaf: Int32Array
}

/** An inner node that compares a column of the matrix with a number. */
export interface NumericSplit {
  /** Of `nodes_modes`. */
  readonly mode: number
  readonly feature: number
  readonly threshold: number
  readonly missingTrue: number
}

/** Lays trees out; `split` tells how an inner node is to be tested. A tree of one leaf gets a test whose sides are that leaf. */
export function treeArrays(ensemble: TreeEnsemble, split: (node: number) => NumericSplit): NumericTrees {
  const { mode, whenTrue, whenFalse } = ensemble
  const innerCount = mode.reduce((n, m) => n + (m === SPLIT.leaf ? 0 : 1), 0)
  const lone = ensemble.roots.reduce((n, root) => n + (mode[root] === SPLIT.leaf ? 1 : 0), 0)
  const size = innerCount + lone
  const trees = {
    roots: new Int32Array(ensemble.roots.length),
    modes: new Uint8Array(size),
    features: new Int32Array(size),
    splits: new Float64Array(size),
    trueIds: new Int32Array(size),
    trueLeafs: new Int32Array(size),
    falseIds: new Int32Array(size),
    falseLeafs: new Int32Array(size),
    missingTrue: new Int32Array(size),
  }
  const leaves: number[] = []
  const treeOfLeaf: number[] = []
  let inner = 0
  const addLeaf = (node: number, tree: number): number => {
    treeOfLeaf.push(tree)
    return leaves.push(whenTrue[node] as number) - 1
  }
  for (const [tree, root] of ensemble.roots.entries()) {
    trees.roots[tree] = inner
    if (mode[root] === SPLIT.leaf) {
      const leaf = addLeaf(root, tree)
      const at = inner++
      trees.trueIds[at] = leaf
      trees.falseIds[at] = leaf
      trees.trueLeafs[at] = 1
      trees.falseLeafs[at] = 1
      continue
    }
    const pending = [{ node: root, at: inner++ }]
    for (let next = pending.pop(); next; next = pending.pop()) {
      const { node, at } = next
      const test = split(node)
      trees.modes[at] = test.mode
      trees.features[at] = test.feature
      trees.splits[at] = test.threshold
      trees.missingTrue[at] = test.missingTrue
      for (const [child, ids, leafs] of [
        [whenTrue[node] as number, trees.trueIds, trees.trueLeafs],
        [whenFalse[node] as number, trees.falseIds, trees.falseLeafs],
      ] as const) {
        const isLeaf = mode[child] === SPLIT.leaf
        leafs[at] = isLeaf ? 1 : 0
        ids[at] = isLeaf ? addLeaf(child, tree) : inner++
        if (!isLeaf) pending.push({ node: child, at: ids[at] as number })
      }
    }
  }
  return { ...trees, leaves: Int32Array.from(leaves), treeOfLeaf: Int32Array.from(treeOfLeaf) }
}
