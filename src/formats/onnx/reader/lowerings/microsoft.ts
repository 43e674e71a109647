import type { Node } from '../../../../core/ir/graph.ts'
import { float32 } from '../../../../core/ir/tensor.ts'
import type { LowerContext, OnnxLowering } from '../lowering.ts'
import { microsoftLowering } from './microsoft-lowering.ts'
import { tokenizerLowering } from './text.ts'

/** Gelu of x, of x + bias where there is one; FastGelu's curve is the hyperbolic tangent's. */
function gelu(approximate: 'none' | 'tanh'): OnnxLowering['lower'] {
  return (node, ctx) => {
    const x = ctx.input(node, 0)
    const sum = node.inputs[1] ? ctx.hub.op('Add', [x, ctx.input(node, 1)]) : x
    ctx.result(node, ctx.hub.op('Gelu', [sum], { approximate }, { label: node.label ?? node.id }))
  }
}

/** x · sigmoid(alpha · x). */
function quickGelu(node: Node, ctx: LowerContext): void {
  const x = ctx.input(node, 0)
  const alpha = ctx.cast(
    ctx.hub.constant(float32([Number(node.attributes['alpha'] ?? 1.702)], [])),
    ctx.type(x).dtype ?? 'float32',
  )
  ctx.result(node, ctx.hub.op('Mul', [x, ctx.hub.op('Sigmoid', [ctx.hub.op('Mul', [x, alpha])])]))
}

/** alpha · A · B, the last two axes of either swapped first where asked. */
function fusedMatMul(node: Node, ctx: LowerContext): void {
  if (node.attributes['transBatchA'] || node.attributes['transBatchB']) ctx.block('it transposes batch axes')
  const [a, b] = [0, 1].map((index) => {
    const value = ctx.input(node, index)
    if (!node.attributes[index === 0 ? 'transA' : 'transB']) return value
    const rank = ctx.type(value).shape?.length ?? ctx.block('the rank of its input is not known')
    const axes = Array.from({ length: rank }, (_, i) => i)
    return ctx.hub.op('Transpose', [value], { perm: [...axes.slice(0, -2), rank - 1, rank - 2] })
  }) as [string, string]
  const product = ctx.hub.op('MatMul', [a, b], {}, { label: node.label ?? node.id })
  const alpha = Number(node.attributes['alpha'] ?? 1)
  if (alpha === 1) return ctx.result(node, product)
  const factor = ctx.cast(ctx.hub.constant(float32([alpha], [])), ctx.type(product).dtype ?? 'float32')
  ctx.result(node, ctx.hub.op('Mul', [product, factor]))
}

/** Operators that ONNX Runtime's optimiser and the transformer exporters write (onnxruntime, docs/ContribOperators.md). */
export const microsoftLowerings: readonly OnnxLowering[] = [
  microsoftLowering('BiasGelu', ['Gelu', 'Add'], gelu('none')),
  microsoftLowering('FastGelu', ['Gelu', 'Add'], gelu('tanh')),
  microsoftLowering('FusedMatMul', ['MatMul', 'Mul', 'Transpose', 'Cast'], fusedMatMul),
  microsoftLowering('Gelu', ['Gelu', 'Add'], gelu('none')),
  microsoftLowering('QuickGelu', ['Mul', 'Sigmoid', 'Cast'], quickGelu),
  tokenizerLowering,
]
