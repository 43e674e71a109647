import type { Diagnostic } from '../../../core/diagnostics.ts'
import type { Node } from '../../../core/ir/graph.ts'
import type { Emitter, PmmlContext } from './context.ts'

export const UNSUPPORTED_HINT = 'Convert to ONNX instead, or replace the layer before training.'

const RECURRENT: ReadonlySet<string> = new Set(['LSTM', 'GRU', 'RNN', 'Scan', 'Loop'])

/** What PMML lacks. */
export function whyUnsupported(op: string): string {
  if (RECURRENT.has(op)) return `PMML has no recurrence: ${op} can't be written`
  if (/Conv|Pool|Resize|Pad|LRN|DepthToSpace|GridSample/.test(op)) {
    return `PMML has no tensors, and its networks have fully connected layers only: ${op} can't be written`
  }
  return `PMML has no form for the operator ${op}`
}

/** Operators without an emitter, each once, where the writer stopped: all reasons at once, besides those it met. */
export function unsupportedOperators(ctx: PmmlContext, emitters: ReadonlyMap<string, Emitter>): Diagnostic[] {
  if (ctx.diagnostics.every((d) => d.severity !== 'blocked')) return []
  const told = new Set(ctx.diagnostics.filter((d) => d.code === 'unsupported-operator').map((d) => d.operator))
  const missing = new Map<string, Node[]>()
  for (const node of ctx.model.graph.nodes) {
    if (emitters.has(node.op) || told.has(node.op)) continue
    missing.set(node.op, [...(missing.get(node.op) ?? []), node])
  }
  return [...missing].map(([op, nodes]) => ({
    severity: 'blocked',
    code: 'unsupported-operator',
    message: `${whyUnsupported(op)} (${nodes.length === 1 ? (nodes[0]?.label ?? nodes[0]?.id) : `${nodes.length} times`})`,
    hint: UNSUPPORTED_HINT,
    origin: nodes.flatMap((node) => node.origin),
    operator: op,
  }))
}
