import { isGraph, type Node } from '../../../../core/ir/graph.ts'
import type { EmitContext, Emitter } from '../emitter.ts'

/** Hub tensor operators have ONNX's own names and semantics: they go over as they are, bodies included. */
async function passThrough(node: Node, ctx: EmitContext): Promise<void> {
  const attributes: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(node.attributes)) {
    attributes[name] = isGraph(value) ? await ctx.body(value) : value
  }
  const outputs = ctx.graph.ops(node.op, ctx.inputs(node), attributes, {
    outputs: node.outputs.length,
    label: node.label ?? node.id,
  })
  for (const [i, output] of outputs.entries()) ctx.result(node, output, i)
}

/** A Cast that only undoes a lossless one is not written. */
async function emitCast(node: Node, ctx: EmitContext): Promise<void> {
  const to = node.outputs[0] === undefined ? null : ctx.hubType(node.outputs[0])?.dtype
  const [input = ''] = ctx.inputs(node)
  if (to && ctx.graph.type(input).dtype !== null) ctx.result(node, ctx.cast(input, to))
  else await passThrough(node, ctx)
}

/**
 * ONNX Runtime (1.30, pad_fusion.cc) merges a Pad of zeros into the pooling behind it, whose own padding counts as −∞ to a MaxPool:
 * negative maxima come out instead of 0. It leaves alone a Pad that names its axes.
 */
async function emitPad(node: Node, ctx: EmitContext): Promise<void> {
  const rank = ctx.hubType(node.inputs[0] ?? '')?.shape?.length
  const [data = '', pads = '', value = '', axes = ''] = ctx.inputs(node)
  if (axes !== '' || rank === undefined) return passThrough(node, ctx)
  const all = ctx.graph.int64(Array.from({ length: rank }, (_, axis) => axis))
  const label = node.label ?? node.id
  ctx.result(node, ctx.graph.op('Pad', [data, pads, value, all], node.attributes, { label }))
}

/**
 * ONNX Runtime (1.32, matmul_transpose_fusion.cc) merges a Transpose into the MatMul behind it without looking at the rank of the
 * other operand: a transposed matrix times a vector [K] comes out as if the matrix stood as it was. Times a column [K, 1] it is right.
 */
async function emitMatMul(node: Node, ctx: EmitContext): Promise<void> {
  const [left = '', right = ''] = ctx.inputs(node)
  if (ctx.graph.type(right).shape?.length !== 1) return passThrough(node, ctx)
  const column = ctx.graph.op('Unsqueeze', [right, ctx.graph.int64([1])])
  const product = ctx.graph.op('MatMul', [left, column], node.attributes, { label: node.label ?? node.id })
  // counted from the front where that is known: operator sets before 11 know no other axes
  const axis = (ctx.graph.type(left).shape?.length ?? 0) - 1
  ctx.result(node, ctx.graph.op('Squeeze', [product, ctx.graph.int64([axis])]))
}

const EMIT: Readonly<Record<string, Emitter['emit']>> = { Cast: emitCast, MatMul: emitMatMul, Pad: emitPad }

/** One emitter for each of these tensor operators. */
export function tensorEmitters(operators: Iterable<string>): Emitter[] {
  return [...operators].map((op) => ({ op, emit: (Object.hasOwn(EMIT, op) ? EMIT[op] : undefined) ?? passThrough }))
}
