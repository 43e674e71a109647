import type { GraphBuilder, ValueName } from '../../../../../core/ir/builder.ts'
import type { TreeEnsemble } from '../../../../../core/ops/ml/tree-ensemble.ts'
import { TreeEnsembleBuilder } from '../../../../../core/ops/ml/tree-ensemble-builder.ts'
import type { XmlElement } from '../../../../../encodings/xml/parse-xml.ts'
import type { Formula } from '../../columns/formula.ts'
import type { Tables } from '../../columns/tables.ts'
import type { PlanNode, TreePlan } from './tree-plan.ts'

/** One tree of an ensemble. */
export interface PlannedTree {
  readonly tree: TreePlan
  /** [targets] what the tree adds where this Node, or no Node, is its answer. */
  readonly values: (answer: XmlElement | undefined) => ArrayLike<number>
}

/** Trees to be built as one operator, perhaps together with other ensembles over the same rows. */
export interface EnsemblePlan {
  readonly id: number
  readonly trees: readonly PlannedTree[]
  readonly targets: number
  readonly aggregate: TreeEnsemble['aggregate']
  /** [targets]. */
  readonly base: readonly number[]
  /** The source nodes that it came from. */
  readonly origin: readonly string[]
}

/** The ensembles' results side by side, [N, Σ targets]: each tree adds to the targets of its own ensemble. */
export function buildEnsemble(hub: GraphBuilder, tables: Tables, plans: readonly EnsemblePlan[]): ValueName {
  const trees = plans.flatMap((plan) => plan.trees.map(({ tree }) => tree))
  const columns = [
    ...new Set(trees.flatMap(({ nodes }) => nodes.flatMap((node) => ('test' in node ? [node.test.column] : [])))),
  ]
  const table = tables.table(columns)
  const index = new Map(columns.map((column, i) => [column, table.index[i] as number]))
  const targets = plans.reduce((n, plan) => n + plan.targets, 0)
  const builder = new TreeEnsembleBuilder(targets)
  let first = 0
  for (const plan of plans) {
    for (const { tree, values } of plan.trees) {
      const offset = first
      const widen = (own: ArrayLike<number>): ArrayLike<number> =>
        plans.length === 1 ? own : widened(own, offset, targets)
      builder.tree(0, (id) => splitOrLeaf(tree.nodes[id] as PlanNode, index, (answer) => widen(values(answer))))
    }
    first += plan.targets
  }
  const [{ aggregate }] = plans as [EnsemblePlan]
  const ensemble = builder.build({ aggregate, base: plans.flatMap(({ base }) => base) })
  const inputs = table.inputs.length > 0 ? table.inputs : tables.anyNumbers()
  return hub.at([...new Set(plans.flatMap(({ origin }) => origin))], () =>
    hub.ml('ml.treeEnsemble', inputs, { ensemble }),
  )
}

function widened(own: ArrayLike<number>, offset: number, targets: number): Float64Array {
  const row = new Float64Array(targets)
  for (let i = 0; i < own.length; i++) row[offset + i] = own[i] as number
  return row
}

function splitOrLeaf(
  node: PlanNode,
  index: ReadonlyMap<Formula, number>,
  values: (answer: XmlElement | undefined) => ArrayLike<number>,
) {
  if (!('test' in node)) return { values: values(node.answer), ...countOf(node.answer) }
  const { test, whenTrue, whenFalse, missingTrue } = node
  return {
    mode: test.mode,
    column: index.get(test.column) as number,
    ...(test.threshold === undefined ? {} : { threshold: test.threshold }),
    ...(test.set === undefined ? {} : { set: test.set }),
    whenTrue,
    whenFalse,
    missingTrue,
  }
}

const countOf = (answer: XmlElement | undefined): { count?: number } => {
  const count = Number(answer?.attributes['recordCount'] ?? Number.NaN)
  return Number.isNaN(count) ? {} : { count }
}
