import type { ValueName } from '../../../../../core/ir/builder.ts'
import type { Node } from '../../../../../core/ir/graph.ts'
import type { LowerContext, OnnxLowering } from '../../lowering.ts'
import { hubAttributes } from '../pass-through.ts'
import { scalarLike } from '../scaled-dot-product.ts'
import { microsoftLowering } from './microsoft-lowering.ts'

/** The numbers behind a quantized input; its scale and zero point are the two inputs after it. */
function dequantized(node: Node, index: number, ctx: LowerContext, axis?: number): ValueName {
  const inputs = [0, 1, 2].flatMap((i) => (node.inputs[index + i] ? [ctx.input(node, index + i)] : []))
  return ctx.hub.op('DequantizeLinear', inputs, axis === undefined ? {} : { axis })
}

/** A result quantized with the scale and zero point at `index`. */
function quantized(value: ValueName, node: Node, index: number, ctx: LowerContext): ValueName {
  const parameters = [0, 1].flatMap((i) => (node.inputs[index + i] ? [ctx.input(node, index + i)] : []))
  return ctx.hub.op('QuantizeLinear', [value, ...parameters], {}, { label: node.label ?? node.id })
}

/** An operator between a dequantization of each of `operands` and a quantization of its result. */
function quantizedOperator(
  type: string,
  op: string,
  operands: number,
  meaningless: readonly string[] = [],
): OnnxLowering {
  return microsoftLowering(type, [op, 'QuantizeLinear', 'DequantizeLinear'], async (node, ctx) => {
    if (node.attributes['channels_last']) ctx.block('its channels are last', 'Quantize the model as it was before.')
    const inputs = Array.from({ length: operands }, (_, i) => dequantized(node, 3 * i, ctx))
    const kept = Object.entries(node.attributes).filter(([name]) => !['channels_last', ...meaningless].includes(name))
    const result = ctx.hub.op(op, inputs, await hubAttributes(op, Object.fromEntries(kept), ctx))
    ctx.result(node, quantized(result, node, 3 * operands, ctx))
  })
}

/** Inputs: the result's scale and zero point, then each part with its own. */
function concat(node: Node, ctx: LowerContext): void {
  const parts = Array.from({ length: (node.inputs.length - 2) / 3 }, (_, i) => dequantized(node, 2 + 3 * i, ctx))
  const joined = ctx.hub.op('Concat', parts, { axis: Number(node.attributes['axis']) })
  ctx.result(node, quantized(joined, node, 0, ctx))
}

/** A · B + C; C is int32, of the scales of A and B together. Not quantized again where no scale is stated. */
function gemm(node: Node, ctx: LowerContext): void {
  const { alpha = 1, transA = 0, transB = 0 } = node.attributes
  const columns = ctx.type(ctx.input(node, 4)).shape?.length === 1 ? (transB ? 0 : 1) : undefined
  const [a, b] = [dequantized(node, 0, ctx), dequantized(node, 3, ctx, columns)]
  const product = ctx.hub.op('Gemm', [a, b], { alpha, transA, transB })
  const scale = ctx.hub.op('Mul', [ctx.input(node, 1), ctx.input(node, 4)])
  const summand = () => ctx.hub.op('Mul', [ctx.cast(ctx.input(node, 6), 'float32'), scale])
  const scaled = () => ctx.hub.op('Mul', [summand(), scalarLike(product, Number(alpha), ctx)])
  const sum = node.inputs[6] ? ctx.hub.op('Add', [product, scaled()]) : product
  ctx.result(node, node.inputs[7] ? quantized(sum, node, 7, ctx) : sum)
}

/** The product of integers as floats: scales and zero points of both are inputs. */
function integerProduct(
  [a, b]: readonly [ValueName, ValueName],
  [aScale, bScale]: readonly [ValueName, ValueName],
  zeroPoints: readonly ValueName[],
  ctx: LowerContext,
): ValueName {
  const points = zeroPoints.at(-1) === '' ? zeroPoints.slice(0, -1) : zeroPoints
  const product = ctx.cast(ctx.hub.op('MatMulInteger', [a, b, ...points]), 'float32')
  return ctx.hub.op('Mul', [product, ctx.hub.op('Mul', [aScale, bScale])])
}

function withBias(value: ValueName, node: Node, index: number, ctx: LowerContext): ValueName {
  return node.inputs[index] ? ctx.hub.op('Add', [value, ctx.input(node, index)]) : value
}

/** Inputs: A, B, their scales, their zero points, bias. */
function matMulIntegerToFloat(node: Node, ctx: LowerContext): void {
  const at = (index: number) => ctx.input(node, index)
  const points = node.inputs[4] || node.inputs[5] ? [at(4), at(5)] : []
  ctx.result(node, withBias(integerProduct([at(0), at(1)], [at(2), at(3)], points, ctx), node, 6, ctx))
}

/** Inputs: A, B, B's scale and zero point, bias; A is quantized on the way. */
function dynamicQuantizeMatMul(node: Node, ctx: LowerContext): void {
  const [a, scale, point] = ctx.hub.ops('DynamicQuantizeLinear', [ctx.input(node, 0)], {}, { outputs: 3 }) as [
    ValueName,
    ValueName,
    ValueName,
  ]
  const product = integerProduct([a, ctx.input(node, 1)], [scale, ctx.input(node, 2)], [point, ctx.input(node, 3)], ctx)
  ctx.result(node, withBias(product, node, 4, ctx))
}

/** Weights [D, I, 4H] are quantized and transposed; the inputs of an LSTM come first, then scales and zero points. */
function dynamicQuantizeLstm(node: Node, ctx: LowerContext): void {
  ctx.note('approximate', 'dynamic-quantization', 'its weights are quantized, its activations are not any more')
  const weights = (index: number, scale: number) => {
    const parameters = [ctx.input(node, index), ctx.input(node, scale), ctx.input(node, scale + 1)]
    const [values, factor, point] = parameters as [ValueName, ValueName, ValueName]
    const shift = ctx.hub.op('Sub', [ctx.cast(values, 'float32'), cube(ctx.cast(point, 'float32'), ctx)])
    return ctx.hub.op('Transpose', [ctx.hub.op('Mul', [shift, cube(factor, ctx)])], { perm: [0, 2, 1] })
  }
  const rest = [3, 4, 5, 6, 7].map((index) => ctx.input(node, index))
  while (rest.at(-1) === '') rest.pop()
  const inputs = [ctx.input(node, 0), weights(1, 8), weights(2, 10), ...rest]
  const { input_forget: _, ...attributes } = node.attributes
  const outputs = ctx.hub.ops('LSTM', inputs, attributes, {
    outputs: node.outputs.length,
    label: node.label ?? node.id,
  })
  for (const [i, output] of outputs.entries()) ctx.result(node, output, i)
}

/** One number for each direction, [D] → [D, 1, 1], or for each column, [D, 4H] → [D, 1, 4H], so that it meets its weights. */
function cube(value: ValueName, ctx: LowerContext): ValueName {
  const isPerColumn = ctx.type(value).shape?.length === 2
  return ctx.hub.op('Unsqueeze', [value, ctx.hub.int64(isPerColumn ? [1] : [1, 2])])
}

const INTEGER_PRODUCT = ['MatMulInteger', 'Mul', 'Cast', 'Add'] as const

/** Quantized operators of ONNX Runtime (onnxruntime, docs/ContribOperators.md): as they are defined, by way of floats. */
export const quantizedLowerings: readonly OnnxLowering[] = [
  quantizedOperator('QLinearAdd', 'Add', 2),
  quantizedOperator('QLinearMul', 'Mul', 2),
  quantizedOperator('QLinearSigmoid', 'Sigmoid', 1),
  quantizedOperator('QLinearLeakyRelu', 'LeakyRelu', 1),
  quantizedOperator('QLinearSoftmax', 'Softmax', 1, ['opset']),
  quantizedOperator('QLinearAveragePool', 'AveragePool', 1),
  quantizedOperator('QLinearGlobalAveragePool', 'GlobalAveragePool', 1),
  microsoftLowering('QLinearConcat', ['Concat', 'QuantizeLinear', 'DequantizeLinear'], concat),
  microsoftLowering('QGemm', ['Gemm', 'Mul', 'Add', 'Cast', 'QuantizeLinear', 'DequantizeLinear'], gemm),
  microsoftLowering('MatMulIntegerToFloat', INTEGER_PRODUCT, matMulIntegerToFloat),
  microsoftLowering('DynamicQuantizeMatMul', ['DynamicQuantizeLinear', ...INTEGER_PRODUCT], dynamicQuantizeMatMul),
  microsoftLowering(
    'DynamicQuantizeLSTM',
    ['LSTM', 'Transpose', 'Mul', 'Sub', 'Cast', 'Unsqueeze'],
    dynamicQuantizeLstm,
  ),
]
