import type { Graph, Node } from '../../../core/ir/graph.ts'
import type { MlAttributes } from '../../../core/ops/ml/attributes.ts'
import type { Expression } from '../../../core/ops/ml/expression.ts'

/** Operators that have an answer where a value is missing. */
const OPERATORS: ReadonlySet<string> = new Set(['ml.impute', 'ml.oneHot', 'ml.treeEnsemble', 'IsNaN'])

const FUNCTIONS: ReadonlySet<string> = new Set(['isMissing', 'isNotMissing', 'isValid', 'isNotValid'])

/**
 * Whether any part of a model is made for missing values. Where none is, a function of a missing value can be refused, as
 * most frameworks do, and expressions need no guards.
 */
export function handlesMissingValues(graph: Graph): boolean {
  return graph.nodes.some((node) => OPERATORS.has(node.op) || expressionsOf(node).some(asks))
}

function expressionsOf(node: Node): readonly Expression[] {
  if (node.op !== 'ml.expression') return []
  return (node.attributes as unknown as MlAttributes['ml.expression']).expressions
}

function asks(expression: Expression): boolean {
  if (expression.kind === 'column' || expression.kind === 'constant') return false
  if (expression.kind !== 'apply') return expression.mapMissingTo !== undefined || asks(expression.arg)
  return FUNCTIONS.has(expression.function) || expression.mapMissingTo !== undefined || expression.args.some(asks)
}
