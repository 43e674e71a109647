import type { ValueName } from '../../../../../core/ir/builder.ts'
import { float64, tensorOf } from '../../../../../core/ir/tensor.ts'
import type { TreeEnsemble } from '../../../../../core/ops/ml/tree-ensemble.ts'
import { type EmitContext, mlEmitter } from '../../emitter.ts'
import type { NumericTrees } from './tree-ensemble-arrays.ts'
import { numericSplits } from './tree-ensemble-columns.ts'
import { leafRows, targetOfLeaf } from './tree-ensemble-leaves.ts'

/** `aggregate_function` of ai.onnx.ml.TreeEnsemble; an average is a sum that is divided afterwards. */
const AGGREGATE = { sum: 1, average: 1, min: 2, max: 3 } as const
const REDUCE = { sum: 'ReduceSum', average: 'ReduceSum', min: 'ReduceMin', max: 'ReduceMax' } as const

/** Elements of [trees, targets] that one row may cost at once; more trees are aggregated in portions. */
const ELEMENTS_PER_ROW = 4096

/** ReduceSum of ONNX Runtime 1.30 adds up in order as long as there are no more than about 128 terms. */
const SUMMED_IN_ORDER = 100

/**
 * TreeEnsemble of ai.onnx.ml 5, in float64: float32 values that an explicit Cast made are compared with the float64
 * thresholds as the framework does it, so rows on a threshold fall where they should, and sums of many trees do not drift. (With
 * ONNX Runtime 1.30 the double kernel is not slower than the float one.)
 *
 * A leaf of TreeEnsemble has one target. Where a leaf has a value for several, each tree becomes a target of its own whose
 * value is the number of the leaf, and the leaves' rows are gathered and aggregated.
 */
export const treeEnsemble = mlEmitter('ml.treeEnsemble', (node, { ensemble }, ctx) => {
  const { aggregate, base, targets, roots } = ensemble
  const g = ctx.graph
  const { x, trees } = numericSplits(ctx, node, ensemble)
  const target = targetOfLeaf(ensemble)
  let y = target ? single(ctx, x, trees, ensemble, target) : several(ctx, x, trees, ensemble)
  if (aggregate === 'average') y = g.op('Div', [y, g.float64([roots.length], [1, 1])])
  if (base.some((value) => value !== 0)) y = g.op('Add', [y, g.float64(base, [1, targets])])
  ctx.result(node, y)
})

function ensembleNode(
  ctx: EmitContext,
  x: ValueName,
  trees: NumericTrees,
  options: {
    aggregate: number
    targets: number
    leafTargets: Int32Array
    leafWeights: Float64Array
  },
): ValueName {
  return ctx.graph.op('ai.onnx.ml.TreeEnsemble', [x], {
    aggregate_function: options.aggregate,
    post_transform: 0,
    n_targets: options.targets,
    tree_roots: trees.roots,
    nodes_modes: tensorOf('uint8', [trees.modes.length], trees.modes),
    nodes_featureids: trees.features,
    nodes_splits: float64(trees.splits),
    nodes_truenodeids: trees.trueIds,
    nodes_trueleafs: trees.trueLeafs,
    nodes_falsenodeids: trees.falseIds,
    nodes_falseleafs: trees.falseLeafs,
    ...(trees.missingTrue.includes(1) ? { nodes_missing_value_tracks_true: trees.missingTrue } : {}),
    leaf_targetids: options.leafTargets,
    leaf_weights: float64(options.leafWeights),
  })
}

/** Each leaf adds to one target. */
function single(
  ctx: EmitContext,
  x: ValueName,
  trees: NumericTrees,
  ensemble: TreeEnsemble,
  target: Int32Array,
): ValueName {
  const { leafValues, targets, aggregate } = ensemble
  return ensembleNode(ctx, x, trees, {
    aggregate: AGGREGATE[aggregate],
    targets,
    leafTargets: Int32Array.from(trees.leaves, (leaf) => target[leaf] as number),
    leafWeights: Float64Array.from(
      trees.leaves,
      (leaf) => leafValues[leaf * targets + (target[leaf] as number)] as number,
    ),
  })
}

/** The trees' leaf numbers [N, trees], and their rows of values aggregated over the trees. */
function several(ctx: EmitContext, x: ValueName, trees: NumericTrees, ensemble: TreeEnsemble): ValueName {
  const g = ctx.graph
  const { targets, aggregate } = ensemble
  const { rows, rowOfLeaf } = leafRows(ensemble)
  const count = trees.roots.length
  const ids = ensembleNode(ctx, x, trees, {
    aggregate: AGGREGATE.sum,
    targets: count,
    leafTargets: trees.treeOfLeaf,
    leafWeights: Float64Array.from(trees.leaves, (leaf) => rowOfLeaf[leaf] as number),
  })
  const indices = ctx.cast(ids, 'int64')
  const table = g.float64(rows, [rows.length / targets, targets])
  const portion = Math.max(1, Math.min(SUMMED_IN_ORDER, Math.floor(ELEMENTS_PER_ROW / targets)))
  let total: ValueName | undefined
  for (let from = 0; from < count; from += portion) {
    const part =
      portion >= count
        ? indices
        : g.op('Slice', [indices, g.int64([from]), g.int64([Math.min(from + portion, count)]), g.int64([1])])
    const values = g.op('Gather', [table, part], { axis: 0 })
    // The total so far goes first, so that the order of additions is that of the trees, and ties stay ties.
    const all =
      total === undefined ? values : g.op('Concat', [g.op('Unsqueeze', [total, g.int64([1])]), values], { axis: 1 })
    total = g.op(REDUCE[aggregate], [all, g.int64([1])], { keepdims: 0 })
  }
  return total as ValueName
}
