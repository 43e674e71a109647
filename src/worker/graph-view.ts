import { isGraph } from '../core/ir/graph.ts'
import { elementCount, isTensor, type Tensor } from '../core/ir/tensor.ts'
import { formatType, type ValueType } from '../core/ir/types.ts'
import type { NestedGraph } from './nested-bodies.ts'

/** A graph as plain data that can be cloned to the page: structure and texts, no elements of tensors. */
export interface GraphView {
  readonly name: string
  readonly dialect: string
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly nodes: readonly NodeView[]
  /** Weights and other constants, by value name. */
  readonly constants: Readonly<Record<string, ConstantView>>
  /** `float32[N, 4]`, by value name. */
  readonly types: Readonly<Record<string, string>>
}

export interface NodeView {
  readonly id: string
  readonly op: string
  readonly label: string
  /** What it is called in the drawing, where the operator says little. */
  readonly title?: string
  /** Which of the drawing's colours it has, where the operator does not decide it. */
  readonly tone?: number
  readonly parent?: string
  /** Values made by what it contains that become its outputs. */
  readonly results?: readonly string[] | undefined
  /** Nodes that hang below it and are not part of the view. */
  readonly folded?: number
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly origin: readonly string[]
  readonly attributes: readonly AttributeView[]
}

export type AttributeView =
  | { readonly name: string; readonly kind: 'text'; readonly text: string }
  /** Its elements can be asked for by node id and attribute name. */
  | { readonly name: string; readonly kind: 'tensor'; readonly tensor: ConstantView }
  /** A body, whose nodes stand inside the node. */
  | { readonly name: string; readonly kind: 'graph'; readonly nodes: number }

export interface ConstantView {
  readonly dtype: string
  readonly shape: readonly number[]
  readonly elements: number
}

const MAX_TEXT = 400
const MAX_ITEMS = 24
const MAX_DEPTH = 4

/** @param graph with its bodies spread out, see `nestBodies` */
export function graphView({ graph, results }: NestedGraph): GraphView {
  return {
    name: graph.name,
    dialect: graph.dialect,
    inputs: graph.inputs,
    outputs: graph.outputs,
    nodes: graph.nodes.map((node) => ({
      id: node.id,
      op: node.op,
      label: node.label ?? node.id,
      ...(node.parent === undefined ? {} : { parent: node.parent }),
      inputs: node.inputs,
      outputs: node.outputs,
      ...(results.has(node.id) && { results: results.get(node.id) }),
      origin: node.origin,
      attributes: Object.entries(node.attributes).map(([name, value]) => attributeView(name, value)),
    })),
    constants: Object.fromEntries([...graph.constants].map(([name, tensor]) => [name, constantView(tensor)])),
    types: Object.fromEntries([...graph.types].map(([name, type]) => [name, typeText(type)])),
  }
}

/** `float32[N, 4]`; only the shape where nobody knows what is in it, and nothing where nothing is known. */
export function typeText(type: ValueType): string {
  if (type.dtype !== null || type.container) return formatType(type)
  return type.shape === null ? '' : formatType(type).replace(/^\?/, '')
}

function attributeView(name: string, value: unknown): AttributeView {
  if (isTensor(value)) return { name, kind: 'tensor', tensor: constantView(value) }
  if (isGraph(value)) return { name, kind: 'graph', nodes: value.nodes.length }
  return { name, kind: 'text', text: describe(value, 0) }
}

function constantView({ dtype, shape }: Tensor): ConstantView {
  return { dtype, shape, elements: elementCount(shape) }
}

/** A value as a line of text, cut where it gets long. */
function describe(value: unknown, depth: number): string {
  if (typeof value === 'string') return value.length > MAX_TEXT ? `${value.slice(0, MAX_TEXT)}…` : value
  if (value === null || value === undefined) return '—'
  if (typeof value !== 'object') return String(value)
  if (isTensor(value)) return `${value.dtype}[${value.shape.join(', ')}]`
  if (depth >= MAX_DEPTH) return '…'
  if (ArrayBuffer.isView(value) || Array.isArray(value)) {
    const items = value as unknown as ArrayLike<unknown>
    const shown = Array.from({ length: Math.min(items.length, MAX_ITEMS) }, (_, i) => describe(items[i], depth + 1))
    return `[${shown.join(', ')}${items.length > MAX_ITEMS ? `, … ${items.length} in all` : ''}]`
  }
  const entries = Object.entries(value).slice(0, MAX_ITEMS)
  return `{${entries.map(([key, item]) => `${key}: ${describe(item, depth + 1)}`).join(', ')}}`
}
