import type { Diagnostic } from '../../../../core/diagnostics.ts'
import { type Attributes, type Graph, isGraph, type Node } from '../../../../core/ir/graph.ts'
import type { Tensor } from '../../../../core/ir/tensor.ts'
import type { ValueType } from '../../../../core/ir/types.ts'
import { type DowngradeRule, NotExpressible, type Rewrite } from './rewrite.ts'
import { DOWNGRADE_RULES } from './rules.ts'

const UNKNOWN: ValueType = { dtype: null, shape: null }

/** The state of rewriting one graph; names are unique across it and its bodies. */
class Downgrade {
  readonly constants: Map<string, Tensor>
  readonly types: Map<string, ValueType>
  readonly nodes: Node[] = []
  readonly #taken: Set<string>

  constructor(graph: Graph, taken: Set<string>, outer: Downgrade | undefined) {
    this.constants = new Map(graph.constants)
    this.types = new Map([...(outer?.types ?? []), ...graph.types])
    this.#taken = taken
  }

  fresh(hint: string): string {
    let name = hint
    for (let n = 1; this.#taken.has(name); n++) name = `${hint}_${n}`
    this.#taken.add(name)
    return name
  }

  /** Applies one rule to a node, adding what it makes. */
  apply(node: Node, rule: DowngradeRule, opset: number): void {
    if (!rule.rewrite) throw new NotExpressible('no combination of older operators says it')
    const add = (op: string, inputs: readonly string[], outputs: readonly string[], attributes: Attributes) =>
      this.nodes.push({ ...node, id: this.fresh(`${node.id}/${op}`), op, inputs, outputs, attributes })
    const rewrite: Rewrite = {
      node,
      opset,
      type: (value) => this.types.get(value) ?? UNKNOWN,
      constant: (value) => (value === undefined ? undefined : this.constants.get(value)),
      addConstant: (tensor) => {
        const name = this.fresh(`${node.id}/constant`)
        this.constants.set(name, tensor)
        this.types.set(name, { dtype: tensor.dtype, shape: tensor.shape })
        return name
      },
      add: (op, inputs, attributes = {}) => {
        const value = this.fresh(`${node.id}/${op}_out`)
        add(op, inputs, [value], attributes)
        return value
      },
      finish: (op, inputs, attributes = {}) => {
        if (op === node.op) this.nodes.push({ ...node, inputs, attributes })
        else add(op, inputs, node.outputs, attributes)
      },
    }
    rule.rewrite(rewrite)
  }
}

function allNames(graph: Graph, names = new Set<string>()): Set<string> {
  for (const value of [...graph.inputs, ...graph.constants.keys()]) names.add(value)
  for (const node of graph.nodes) {
    names.add(node.id)
    for (const value of node.outputs) names.add(value)
    for (const attribute of Object.values(node.attributes)) if (isGraph(attribute)) allNames(attribute, names)
  }
  return names
}

function blocked(node: Node, rule: DowngradeRule, opset: number, reason: string): Diagnostic {
  return {
    severity: 'blocked',
    code: 'opset-too-old',
    message: `${node.label ?? node.id}: ${node.op} can not be written at opset ${opset}: ${reason}`,
    hint: `Choose opset ${rule.since} or newer.`,
    origin: node.origin,
    operator: node.op,
  }
}

function downgradeGraph(
  graph: Graph,
  opset: number,
  diagnostics: Diagnostic[],
  taken: Set<string>,
  outer?: Downgrade,
): Graph {
  const state = new Downgrade(graph, taken, outer)
  for (const original of graph.nodes) {
    const attributes = Object.fromEntries(
      Object.entries(original.attributes).map(([name, value]) => [
        name,
        isGraph(value) ? downgradeGraph(value, opset, diagnostics, taken, state) : value,
      ]),
    )
    let pending: Node[] = [{ ...original, attributes }]
    // Newest first, so that each rule sees the form of the opset that it starts from.
    const rules = DOWNGRADE_RULES.filter((rule) => rule.op === original.op && opset < rule.since)
    for (const rule of rules.sort((a, b) => b.since - a.since)) {
      const next: Node[] = []
      for (const node of pending) {
        if (node.op !== rule.op) next.push(node)
        else {
          const before = state.nodes.length
          try {
            state.apply(node, rule, opset)
          } catch (error) {
            if (!(error instanceof NotExpressible)) throw error
            diagnostics.push(blocked(node, rule, opset, error.message))
          }
          next.push(...state.nodes.splice(before))
        }
      }
      pending = next
    }
    state.nodes.push(...pending)
  }
  return { ...graph, nodes: state.nodes, constants: state.constants, types: state.types }
}

/** The ONNX graph, written for the hub's opset, at an older opset; what that cannot say becomes a `blocked` diagnostic. */
export function downgrade(graph: Graph, opset: number, diagnostics: Diagnostic[]): Graph {
  if (!DOWNGRADE_RULES.some((rule) => opset < rule.since)) return graph
  return downgradeGraph(graph, opset, diagnostics, allNames(graph))
}
