import type { Graph } from '../ir/graph.ts'
import { hubOps } from '../ops/hub-ops.ts'
import { eliminateDeadCode } from '../passes/dead-code.ts'
import { inferTypes } from '../passes/infer-types.ts'
import { raiseDistances, raiseRoots } from './distances.ts'
import { raiseFilledColumns } from './filled-columns.ts'
import { raiseLabels } from './labels.ts'
import { raiseLinear } from './linear.ts'
import { raiseLinks } from './links.ts'
import { raiseMoves } from './moves.ts'
import { raiseClusters, raiseNearest } from './nearest.ts'
import { raiseNorms } from './norms.ts'
import { raiseProportions } from './proportions.ts'
import { type RaiseRule, Rewriting } from './rewriting.ts'
import { dropRoundings } from './roundings.ts'
import { raiseShapes } from './shapes.ts'
import { raiseStacks } from './stacks.ts'
import { raiseVectors } from './vectors.ts'

/**
 * Rows first: they show what the others look for. Labels before estimators: they show that a graph of plain tensors is a
 * classifier. Roundings last, when estimators are found.
 */
const RULES: readonly RaiseRule[] = [
  raiseShapes,
  raiseMoves,
  raiseFilledColumns,
  raiseStacks,
  raiseNorms,
  raiseVectors,
  raiseLabels,
  raiseDistances,
  raiseRoots,
  raiseNearest,
  raiseClusters,
  raiseLinear,
  raiseLinks,
  raiseProportions,
  dropRoundings,
]

/**
 * Raises patterns of tensor operators, as ONNX files of classical models have them, to the estimators that they came from
 * (`ml.linear`, `ml.distance`, `ml.label` …), so that targets without tensors can take them. `tabular` says that the source
 * is a model over a table; matrix products of networks stay as they are.
 */
export function raiseToEstimators(graph: Graph, options: { tabular: boolean }): Graph {
  let current = graph
  let rewriting: Rewriting | undefined
  for (const rule of RULES) {
    if (!current.nodes.some((node) => rule.replaces.includes(node.op))) continue
    rewriting ??= new Rewriting(current, options.tabular)
    const next = rewriting.apply(rule)
    if (next === current) continue
    current = inferTypes(next, { ops: hubOps })
    rewriting = undefined
  }
  return eliminateDeadCode(current)
}

/** What these operators may be after raising: themselves, and what the rules make of patterns that end in them. */
export function raisedOperators(operators: readonly string[]): string[] {
  const raised = new Set(operators)
  for (const { replaces, produces } of RULES) {
    if (replaces.some((op) => raised.has(op))) for (const op of produces) raised.add(op)
  }
  return [...raised]
}
