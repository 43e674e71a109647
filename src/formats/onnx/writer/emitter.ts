import type { GraphBuilder, ValueName } from '../../../core/ir/builder.ts'
import type { DType } from '../../../core/ir/dtype.ts'
import type { Graph, Node } from '../../../core/ir/graph.ts'
import type { ValueType } from '../../../core/ir/types.ts'
import type { MlAttributes, MlOp } from '../../../core/ops/ml/attributes.ts'

/** One input tensor of a table: [N, width], its first column being column `offset` of the table. */
export interface TableBlock {
  /** The ONNX value. */
  readonly value: ValueName
  readonly dtype: DType
  readonly width: number
  readonly offset: number
}

/**
 * What an emitter sees of the conversion. Values are of two kinds: *hub values*, the names in `node.inputs` and
 * `node.outputs`, and *ONNX values*, names in the graph being built. The rule that keeps emitters independent: the
 * ONNX value of a hub value has the same element type and shape as the hub value (numbers of `ml.*` results are float64),
 * so each emitter casts what it reads and casts its result back; redundant casts are not emitted.
 */
export interface EmitContext {
  /** The ONNX graph being built. Operators by ONNX name, those of ai.onnx.ml with their domain: `MatMul`, `ai.onnx.ml.TreeEnsemble`. */
  readonly graph: GraphBuilder
  /** The ai.onnx opset that the file will declare. Emitters write opset 21; older ones are reached afterwards. */
  readonly opset: number
  readonly precision: 'float' | 'double'

  /** The ONNX value of a hub value. */
  value(hub: string): ValueName
  /** The ONNX values of a node's inputs; '' where one is left out. */
  inputs(node: Node): ValueName[]
  /** States which ONNX value a node's output is. Throws PortolanError('internal') when the element type contradicts the hub's. */
  result(node: Node, value: ValueName, index?: number): void
  /** The type that the hub graph states for one of a node's values. */
  hubType(hub: string): ValueType | undefined

  /** The input tensors of a table operator, columns counted through. Blocks when a width is unknown. */
  table(node: Node): TableBlock[]
  /** One column of a table as [N, 1], of its own element type. */
  column(node: Node, index: number): ValueName
  /** A table of numbers as one matrix [N, C] of this element type. Throws Blocked when a column is a string. */
  matrix(node: Node, dtype?: DType): ValueName
  /** The value in another element type; itself when it has it already. A round trip that loses nothing is undone. */
  cast(value: ValueName, dtype: DType): ValueName

  /** A body (If, Loop, Scan) in ONNX; the values of this graph are visible inside. */
  body(graph: Graph): Promise<Graph>

  /** Gives up on this node: the reason goes to the user together with all others. Never returns. */
  block(message: string, hint?: string): never
  /** Tells the user about a loss, on this node. */
  note(severity: 'info' | 'approximate' | 'lossy', code: string, message: string, hint?: string): void
}

/**
 * Writes one hub operator as ONNX operators: reads `ctx.inputs(node)` (or `ctx.table`, `ctx.matrix`), adds nodes with
 * `ctx.graph.op(…)`, and states the outputs with `ctx.result(node, value)`. An attribute of a node is written as: a number INT when
 * whole and the operator's schema says so, else FLOAT; a string STRING (`to` and `dtype` take a DType); arrays INTS, FLOATS,
 * STRINGS by the schema; a Tensor TENSOR; a Graph GRAPH. `emitters/ml/ml-emitters.ts` exports `mlEmitters: readonly Emitter[]`.
 */
export interface Emitter {
  readonly op: string
  emit(node: Node, ctx: EmitContext): void | Promise<void>
}

/** An emitter of an `ml.*` operator, with its typed attributes. */
export function mlEmitter<O extends MlOp>(
  op: O,
  emit: (node: Node, attributes: MlAttributes[O], ctx: EmitContext) => void | Promise<void>,
): Emitter {
  return { op, emit: (node, ctx) => emit(node, node.attributes as unknown as MlAttributes[O], ctx) }
}
