import type { Node } from '../../../core/ir/graph.ts'
import { reads } from '../graph-values.ts'

/**
 * Nodes so that each value is made before it is read, as close to the file's order as that allows; ONNX demands this
 * order, but some exporters do not keep it. Nodes on a cycle come last, in the file's order.
 */
export function inTopologicalOrder(nodes: readonly Node[]): readonly Node[] {
  const maker = new Map<string, number>()
  for (const [i, node] of nodes.entries()) for (const value of node.outputs) if (value) maker.set(value, i)
  const pending = nodes.map((node) => new Set(reads(node).flatMap((value) => maker.get(value) ?? [])))
  if (pending.every((makers, i) => [...makers].every((maker) => maker < i))) return nodes
  const readers = new Map<number, number[]>()
  for (const [i, makers] of pending.entries()) {
    for (const made of makers) readers.set(made, [...(readers.get(made) ?? []), i])
  }
  const order: number[] = []
  const ready = pending.flatMap((makers, i) => (makers.size === 0 ? [i] : []))
  for (let next = ready.shift(); next !== undefined; next = ready.shift()) {
    order.push(next)
    for (const reader of readers.get(next) ?? []) {
      pending[reader]?.delete(next)
      if (pending[reader]?.size === 0) ready.push(reader)
    }
  }
  const placed = new Set(order)
  return [...order.map((i) => nodes[i] as Node), ...nodes.filter((_, i) => !placed.has(i))]
}
