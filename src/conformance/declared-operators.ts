import type { LoweringFacts } from '../core/format.ts'
import { type Graph, type Node, subgraphs } from '../core/ir/graph.ts'

function* everyNode(graph: Graph): Generator<Node> {
  for (const node of graph.nodes) {
    yield node
    for (const body of subgraphs(node)) yield* everyNode(body)
  }
}

/** Gives a value a second name: every reader may, to keep the names of outputs. */
const NAMING = 'Identity'

/** Hub operators that a lowering really produced, but that no lowering of the source's operators declares. */
export function undeclaredOperators(source: Graph, hub: Graph, lowerings: readonly LoweringFacts[]): string[] {
  const produces = new Map(lowerings.map((lowering) => [lowering.operator, lowering.produces]))
  const used = new Set([...everyNode(source)].map((node) => node.op))
  const declared = new Set([...used].flatMap((operator) => produces.get(operator) ?? []))
  const produced = new Set([...everyNode(hub)].map((node) => node.op))
  return [...produced]
    .filter((op) => op !== NAMING && !declared.has(op))
    .map((op) => `${op} is not declared by ${[...used].join(', ')}`)
}
