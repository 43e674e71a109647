import { MalformedFileError } from '../../../../../core/errors.ts'
import type { Node } from '../../../../../core/ir/graph.ts'
import { SPLIT, type SplitMode, type TreeEnsemble } from '../../../../../core/ops/ml/tree-ensemble.ts'
import { type LeafNode, type SplitNode, TreeEnsembleBuilder } from '../../../../../core/ops/ml/tree-ensemble-builder.ts'
import { type LowerContext, mlLowering } from '../../lowering.ts'
import { postTransform } from './classifier-scores.ts'
import { numberList, tensorElements } from './ml-attributes.ts'
import { treeInput } from './tree-ensembles.ts'

/** nodes_modes by number (ai.onnx.ml 5, TreeEnsemble). */
const MODES: readonly Exclude<SplitMode, 0>[] = [
  SPLIT.lessOrEqual,
  SPLIT.less,
  SPLIT.greaterOrEqual,
  SPLIT.greater,
  SPLIT.equal,
  SPLIT.notEqual,
  SPLIT.in,
]

const AGGREGATES: readonly TreeEnsemble['aggregate'][] = ['average', 'sum', 'min', 'max']

/** What ONNX Runtime makes of post_transform: it takes the specification's SOFTMAX (1) for LOGISTIC and the reverse. */
const TRANSFORMS = ['NONE', 'LOGISTIC', 'SOFTMAX', 'SOFTMAX_ZERO', 'PROBIT']

/** The sets of BRANCH_MEMBER nodes in the order of the nodes, each ended by a NaN. */
function memberSets(values: readonly number[]): number[][] {
  const sets: number[][] = []
  let set: number[] = []
  for (const value of values) {
    if (Number.isNaN(value)) {
      sets.push(set)
      set = []
    } else set.push(value)
  }
  return set.length > 0 ? [...sets, set] : sets
}

function ensembleOf(node: Node): TreeEnsemble {
  const a = node.attributes
  const list = (name: string) => numberList(a, name) ?? []
  const numbers = (name: string) => (tensorElements(a, name) ?? []).map(Number)
  const targets = Number(a['n_targets'] ?? 1)
  const modes = numbers('nodes_modes')
  const splits = numbers('nodes_splits')
  const features = list('nodes_featureids')
  const branches = [list('nodes_truenodeids'), list('nodes_falsenodeids')] as const
  const leaf = [list('nodes_trueleafs'), list('nodes_falseleafs')] as const
  const missing = list('nodes_missing_value_tracks_true')
  const leafTargets = list('leaf_targetids')
  const leafWeights = numbers('leaf_weights')
  const sets = memberSets(numbers('membership_values'))
  const setOf = new Map<number, number[]>()
  for (const [i, mode] of modes.entries()) if (mode === 6) setOf.set(i, sets[setOf.size] ?? [])
  // An inner node is its index; a leaf, which may be shared, −1 − 2·parent, one less on the false side.
  const child = (side: 0 | 1, i: number) => (leaf[side][i] === 1 ? -1 - 2 * i - side : (branches[side][i] ?? 0))
  const builder = new TreeEnsembleBuilder(targets)
  for (const root of list('tree_roots')) {
    builder.tree(root, (id): SplitNode<number> | LeafNode => {
      if (id < 0) {
        const reference = -1 - id
        const index = branches[(reference & 1) as 0 | 1][reference >> 1] ?? 0
        const values = new Array<number>(targets).fill(0)
        values[leafTargets[index] ?? 0] = leafWeights[index] ?? 0
        return { values }
      }
      const mode = MODES[modes[id] ?? -1]
      if (mode === undefined) throw new MalformedFileError(`The tree ensemble ${node.id} has no valid node ${id}`)
      const set = setOf.get(id)
      return {
        mode,
        column: features[id] ?? 0,
        ...(set === undefined ? { threshold: splits[id] ?? 0 } : { set }),
        whenTrue: child(0, id),
        whenFalse: child(1, id),
        missingTrue: missing[id] === 1 || mode === SPLIT.notEqual,
      }
    })
  }
  return builder.build({ aggregate: AGGREGATES[Number(a['aggregate_function'] ?? 1)] ?? 'sum' })
}

function treeEnsemble(node: Node, ctx: LowerContext): void {
  const x = treeInput(node, ctx)
  const ensemble = ensembleOf(node)
  const sums = ctx.hub.ml('ml.treeEnsemble', [x], { ensemble }, { label: node.label ?? node.id })
  const transform = TRANSFORMS[Number(node.attributes['post_transform'] ?? 0)]
  const isIgnored = ensemble.targets === 1 && transform !== 'PROBIT'
  const scores = isIgnored ? sums : postTransform(sums, transform, ctx)
  ctx.result(node, ctx.cast(scores, ctx.type(x).dtype ?? 'float32'))
}

/** TreeEnsemble (ai.onnx.ml 5): nodes and leaves by index, set membership, one target per leaf. */
export const treeEnsemble5Lowering = mlLowering(
  'TreeEnsemble',
  ['ml.treeEnsemble', 'ml.link', 'Cast', 'Unsqueeze'],
  treeEnsemble,
)
