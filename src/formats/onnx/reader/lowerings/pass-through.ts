import type { ValueName } from '../../../../core/ir/builder.ts'
import { type Attributes, isGraph, type Node } from '../../../../core/ir/graph.ts'
import { schemaOf } from '../../../../core/ops/tensor/schema.ts'
import { dtypeOf } from '../../ops/data-types.ts'
import { fromDialectName } from '../../ops/operator-name.ts'
import type { LowerContext } from '../lowering.ts'

/** Attributes that the hub's opset does not have and that change nothing at inference, whatever their value. */
const MEANINGLESS: ReadonlySet<string> = new Set([
  'consumed_inputs',
  'is_test',
  'output_sequence',
  'stash_type',
  'round_mode',
])

/** Attributes that the hub's opset does not have, with the value that says what the hub's operator does anyway. */
const DEFAULTS: Readonly<Record<string, number>> = {
  broadcast: 0,
  output_dtype: 0,
  precision: 0,
  spatial: 1,
  storage_order: 0,
}

/** Attributes whose value is a TensorProto.DataType. */
const DATA_TYPES: ReadonlySet<string> = new Set(['to', 'dtype', 'output_dtype'])

/** The attributes of a node as the hub's operator has them: bodies lowered, element types named. */
export async function hubAttributes(
  op: string,
  attributes: Attributes,
  ctx: LowerContext,
): Promise<Record<string, unknown>> {
  const known = schemaOf(op)?.attributes ?? {}
  const result: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(attributes)) {
    if (!Object.hasOwn(known, name)) {
      if (MEANINGLESS.has(name) || Number(value) === DEFAULTS[name]) continue
      ctx.block(`its attribute ${name} has no counterpart in ONNX opset 21`)
    }
    if (isGraph(value)) result[name] = await ctx.body(value)
    else if (DATA_TYPES.has(name) && typeof value === 'number') {
      if (name === 'output_dtype' && value === 0) continue
      result[name] = dtypeOf(value) ?? ctx.block(`the element type ${value} is not supported`)
    } else result[name] = value
  }
  return result
}

/** Adds the hub's operator of the same name with these inputs and attributes, and states the node's outputs. */
export async function emit(
  node: Node,
  ctx: LowerContext,
  inputs: readonly ValueName[],
  attributes: Attributes,
  op = fromDialectName(node.op).type,
): Promise<void> {
  const lowered = await hubAttributes(op, attributes, ctx)
  const outputs = ctx.hub.ops(op, inputs, lowered, { outputs: node.outputs.length, label: node.label ?? node.id })
  for (const [i, output] of outputs.entries()) ctx.result(node, output, i)
}

/** An operator that is the hub's already. */
export function passThrough(node: Node, ctx: LowerContext): Promise<void> {
  return emit(node, ctx, ctx.inputs(node), node.attributes)
}
