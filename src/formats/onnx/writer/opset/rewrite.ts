import type { DType } from '../../../../core/ir/dtype.ts'
import type { Attributes, Node } from '../../../../core/ir/graph.ts'
import { float32, float64, int64, type Tensor, tensorOf } from '../../../../core/ir/tensor.ts'
import type { ValueType } from '../../../../core/ir/types.ts'

/** A reason why a node cannot be written at an older opset. */
export class NotExpressible extends Error {}

/** What a rule sees of the graph around the node that it rewrites. */
export interface Rewrite {
  readonly node: Node
  /** The opset to reach. */
  readonly opset: number
  type(value: string): ValueType
  constant(value: string | undefined): Tensor | undefined
  addConstant(tensor: Tensor): string
  /** Adds a node before; returns its output. */
  add(op: string, inputs: readonly string[], attributes?: Attributes): string
  /** Adds the node that makes the rewritten node's outputs. */
  finish(op: string, inputs: readonly string[], attributes?: Attributes): void
}

/** How an operator is written at opsets before `since`. */
export interface DowngradeRule {
  readonly op: string
  /** The first opset at which the hub's form exists. */
  readonly since: number
  /** Absent when nothing older can say it. Throws NotExpressible for forms that nothing older can say. */
  readonly rewrite?: (rewrite: Rewrite) => void
}

/** A scalar constant of a value's element type. */
export function scalarLike(rewrite: Rewrite, value: string, number: number): string {
  const dtype = rewrite.type(value).dtype
  if (dtype === 'float64') return rewrite.addConstant(float64([number], []))
  if (dtype === 'float32') return rewrite.addConstant(float32([number], []))
  if (dtype === 'int64') return rewrite.addConstant(int64([number], []))
  const scalar = rewrite.addConstant(float32([number], []))
  if (dtype === null) throw new NotExpressible('its element type is not known')
  return rewrite.add('Cast', [scalar], { to: dtype })
}

/** The elements of a constant input as numbers. */
export function constantNumbers(rewrite: Rewrite, index: number, what: string): number[] {
  const data = rewrite.constant(rewrite.node.inputs[index])?.data
  if (data === undefined) throw new NotExpressible(`its ${what} are not constant`)
  return Array.from(data as ArrayLike<number | bigint>, Number)
}

/** The attributes without some; throws NotExpressible when one of them says other than its default. */
export function without(rewrite: Rewrite, defaults: Readonly<Record<string, unknown>>): Attributes {
  const kept: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(rewrite.node.attributes)) {
    if (!Object.hasOwn(defaults, name)) kept[name] = value
    else if (value !== undefined && !isDefault(value, defaults[name])) {
      throw new NotExpressible(`its attribute ${name} is ${String(value)}`)
    }
  }
  return kept
}

function isDefault(value: unknown, standard: unknown): boolean {
  const elements = Array.isArray(value) || ArrayBuffer.isView(value) ? Array.from(value as ArrayLike<unknown>) : [value]
  return elements.every((element) => Number(element) === Number(standard) || element === standard)
}

/** The rank of a value. */
export function rankOf(rewrite: Rewrite, value: string): number {
  const shape = rewrite.type(value).shape
  if (shape === null) throw new NotExpressible('its rank is not known')
  return shape.length
}

/** A tensor of one repeated number. */
export function filled(dtype: DType, count: number, value: number): Tensor {
  if (dtype === 'float64') return tensorOf(dtype, [count], new Float64Array(count).fill(value))
  return tensorOf('float32', [count], new Float32Array(count).fill(value))
}
