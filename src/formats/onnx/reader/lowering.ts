import type { GraphBuilder, ValueName } from '../../../core/ir/builder.ts'
import type { DType } from '../../../core/ir/dtype.ts'
import type { Graph, Node } from '../../../core/ir/graph.ts'
import type { Tensor } from '../../../core/ir/tensor.ts'
import type { ValueType } from '../../../core/ir/types.ts'
import { type OperatorName, qualifiedName } from '../ops/operator-name.ts'
import type { Aside } from './asides.ts'

/** What the lowering of one ONNX operator sees. `node` is of the onnx dialect; values in its `inputs` are ONNX's names. */
export interface LowerContext {
  /** The hub graph being built. */
  readonly hub: GraphBuilder
  /** The opset of the node's domain that the file declares. */
  version(node: Node): number
  /** The hub value of input `index`; '' where it is left out. */
  input(node: Node, index: number): ValueName
  inputs(node: Node): ValueName[]
  /** The type of a hub value. */
  type(value: ValueName): ValueType
  /** The constant behind input `index`, if it is one. */
  constant(node: Node, index: number): Tensor | undefined
  /** The numbers of a constant input; blocks when the input is computed. */
  numbers(node: Node, index: number, what: string): number[]
  /** The value in another element type; itself when it has it. */
  cast(value: ValueName, dtype: DType): ValueName
  /** States which hub value output `index` of the node is. */
  result(node: Node, value: ValueName, index?: number): void
  /** What input `index` is beside a value of the hub. */
  aside(node: Node, index: number): Aside | undefined
  /** States what output `index` of the node is beside a value of the hub. */
  resultAside(node: Node, aside: Aside, index?: number): void
  /** Whether anybody can read output `index`. */
  isUsed(node: Node, index: number): boolean
  /** A body (If, Loop, Scan) as a hub graph. */
  body(graph: Graph): Promise<Graph>
  /** The nodes of a body in place of the node that is being lowered; its outputs for these inputs. */
  inline(graph: Graph, inputs: readonly ValueName[]): Promise<ValueName[]>
  /** Gives up on this node: the reason goes to the user together with all others. Never returns. */
  block(message: string, hint?: string): never
  note(severity: 'info' | 'approximate' | 'lossy', code: string, message: string, hint?: string): void
}

export interface OnnxLowering {
  readonly name: OperatorName
  /** Hub operators that it may produce. */
  readonly produces: readonly string[]
  lower(node: Node, ctx: LowerContext): void | Promise<void>
}

/** A lowering of an operator of ai.onnx. */
export function lowering(type: string, produces: readonly string[], lower: OnnxLowering['lower']): OnnxLowering {
  return { name: { domain: '', type }, produces, lower }
}

/** A lowering of an operator of ai.onnx.ml. */
export function mlLowering(type: string, produces: readonly string[], lower: OnnxLowering['lower']): OnnxLowering {
  return { name: { domain: 'ai.onnx.ml', type }, produces, lower }
}

/** The key of an operator in the table of lowerings. */
export const loweringKey = (name: OperatorName): string => qualifiedName(name)
