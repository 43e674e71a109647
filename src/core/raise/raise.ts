import type { Graph } from '../ir/graph.ts'
import { eliminateDeadCode } from '../passes/dead-code.ts'
import { raiseLabels } from './labels.ts'
import { raiseLinear } from './linear.ts'
import { raiseLinks } from './links.ts'
import { raiseProportions } from './proportions.ts'
import { type RaiseRule, Rewriting } from './rewriting.ts'
import { dropRoundings } from './roundings.ts'

/** Labels first: they show that a graph of plain tensors is a classifier; roundings last, when estimators are found. */
const RULES: readonly RaiseRule[] = [raiseLabels, raiseLinear, raiseLinks, raiseProportions, dropRoundings]

/**
 * Raises patterns of tensor operators, as ONNX files of classical models have them, to the estimators that they came from
 * (`ml.linear`, `ml.link`, `ml.label`), so that targets without tensors can take them. `tabular` says that the source is a
 * model over a table; matrix products of networks stay as they are.
 */
export function raiseToEstimators(graph: Graph, options: { tabular: boolean }): Graph {
  return eliminateDeadCode(RULES.reduce((current, rule) => new Rewriting(current, options.tabular).apply(rule), graph))
}

/** What these operators may be after raising: themselves, and what the rules make of patterns that end in them. */
export function raisedOperators(operators: readonly string[]): string[] {
  const raised = new Set(operators)
  for (const { replaces, produces } of RULES) {
    if (replaces.some((op) => raised.has(op))) for (const op of produces) raised.add(op)
  }
  return [...raised]
}
