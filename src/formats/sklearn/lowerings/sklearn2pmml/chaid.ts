import { MalformedFileError } from '../../../../core/errors.ts'
import type { ValueName } from '../../../../core/ir/builder.ts'
import type { Category } from '../../../../core/ir/model.ts'
import { SPLIT } from '../../../../core/ops/ml/tree-ensemble.ts'
import { type LeafNode, type SplitNode, TreeEnsembleBuilder } from '../../../../core/ops/ml/tree-ensemble-builder.ts'
import type { PyView } from '../../../../encodings/pickle/view.ts'
import { byProbability } from '../classification.ts'
import { type Columns, keyedTable, TABLE_OPS } from '../columns.ts'
import type { EstimatorLowering, LoweringContext } from '../context.ts'
import { category, classLabels, isMissingValue, vector } from '../estimator.ts'
import { MISSING_CHOICE, valuesByChoice } from './chaid-choices.ts'

/** A node of a CHAID tree (package CHAID 5): children are told apart by the values of one column. */
interface ChaidNode {
  readonly id: number
  readonly parent: number | undefined
  /** The column that tells the children apart; undefined in a leaf. */
  readonly column: number | undefined
  /** The values of the parent's column that lead here. */
  readonly choices: readonly Category[]
  readonly takesMissing: boolean
  /** The target in the training rows of this node. */
  readonly target: Float64Array
}

/** A missing value of a column of numbers, or None or NaN itself. */
const isMissingChoice = (choice: Category): boolean => choice === MISSING_CHOICE || isMissingValue(choice)

const splitColumn = (node: PyView): number | undefined => node.attr('split').optional('column_id')?.integer()

function nodesOf(estimator: PyView): ChaidNode[] {
  const tree = estimator.attr('tree_')
  const stored = tree.attr('_tree_store').items()
  const columnOf = new Map(stored.map((node) => [node.attr('node_id').integer(), splitColumn(node)]))
  const values = tree.attr('vectorised_array').items().map(valuesByChoice)
  return stored.map((node) => {
    const parent = node.optional('parent')?.integer()
    const byChoice = values[(parent === undefined ? undefined : columnOf.get(parent)) ?? -1]
    const listed = (node.optional('choices')?.items() ?? []).map(category)
    const choices = listed.flatMap((choice) => byChoice?.get(choice) ?? [choice])
    return {
      id: node.attr('node_id').integer(),
      parent,
      column: splitColumn(node),
      choices: choices.filter((choice) => !isMissingChoice(choice)),
      takesMissing: choices.some(isMissingChoice),
      target: vector(node.attr('dep_v').attr('arr')),
    }
  })
}

/** Text columns are those whose values are texts. */
function textColumns(nodes: readonly ChaidNode[], count: number): boolean[] {
  const isText = new Array<boolean>(count).fill(false)
  for (const node of nodes) {
    const column = nodes.find((each) => each.id === node.parent)?.column
    if (column !== undefined && node.choices.some((choice) => typeof choice === 'string')) isText[column] = true
  }
  return isText
}

/** A question of the chain that stands for a node with several children: is it the child at `next`? */
interface Question {
  readonly node: ChaidNode
  readonly next: number
}

/** The tree with `leaf` values. A value that none of the children takes stays at the node. */
function chaidTree(
  ctx: LoweringContext,
  nodes: readonly ChaidNode[],
  columns: Columns,
  targets: number,
  leaf: (node: ChaidNode) => ArrayLike<number>,
): ValueName {
  const children = new Map<number, ChaidNode[]>()
  for (const node of nodes) {
    if (node.parent !== undefined) children.set(node.parent, [...(children.get(node.parent) ?? []), node])
  }
  const builder = new TreeEnsembleBuilder(targets)
  const root = nodes.find((node) => node.parent === undefined)
  if (!root) throw new MalformedFileError('A CHAID tree without a root')
  builder.tree<Question>({ node: root, next: 0 }, (question): SplitNode<Question> | LeafNode => {
    const { node, next } = question
    const child = children.get(node.id)?.[next]
    if (!child || node.column === undefined) return { values: leaf(node) }
    return {
      mode: SPLIT.in,
      column: node.column,
      set: child.choices,
      whenTrue: { node: child, next: 0 },
      whenFalse: { node, next: next + 1 },
      missingTrue: child.takesMissing,
    }
  })
  const ensemble = builder.build({ aggregate: 'sum' })
  return ctx.builder.ml('ml.treeEnsemble', keyedTable(ctx, columns, textColumns(nodes, columns.length)), { ensemble })
}

/** The node that answers is an output of its own, as `apply` tells it. */
function answerWithNode(ctx: LoweringContext, nodes: readonly ChaidNode[], columns: Columns): void {
  const value = chaidTree(ctx, nodes, columns, 1, (node) => [node.id])
  ctx.extraOutputs.push({ value, role: 'other', columns: ['nodeId'] })
}

function fractions(target: Float64Array, classes: number): Float64Array {
  const counts = new Float64Array(classes)
  for (const code of target) counts[code] = (counts[code] ?? 0) + 1
  return counts.map((count) => count / target.length)
}

const mean = (target: Float64Array): number => target.reduce((a, b) => a + b, 0) / target.length

const PRODUCES = [...TABLE_OPS, 'ml.treeEnsemble'] as const

/** sklearn2pmml.tree.chaid: the distribution or mean of the target among the training rows of the leaf. */
export const chaid: readonly EstimatorLowering[] = [
  {
    operator: 'sklearn2pmml.CHAIDClassifier',
    produces: [...PRODUCES, 'ml.label'],
    predict: (ctx, estimator, columns) => {
      const nodes = nodesOf(estimator)
      const classes = classLabels(estimator.attr('classes_'))
      const count = classes.labels.length
      answerWithNode(ctx, nodes, columns)
      return byProbability(
        ctx,
        classes,
        chaidTree(ctx, nodes, columns, count, (node) => fractions(node.target, count)),
      )
    },
  },
  {
    operator: 'sklearn2pmml.CHAIDRegressor',
    produces: PRODUCES,
    predict: (ctx, estimator, columns) => {
      const nodes = nodesOf(estimator)
      answerWithNode(ctx, nodes, columns)
      return { kind: 'values', value: chaidTree(ctx, nodes, columns, 1, (node) => [mean(node.target)]) }
    },
  },
]
