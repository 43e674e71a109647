import type { ValueName } from '../../../../../core/ir/builder.ts'
import type { Attributes, Node } from '../../../../../core/ir/graph.ts'
import type { LowerContext, OnnxLowering } from '../../lowering.ts'
import { hubAttributes } from '../pass-through.ts'
import { scalarLike } from '../scaled-dot-product.ts'
import { microsoftLowering } from './microsoft-lowering.ts'

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
  const alpha = scalarLike(x, Number(node.attributes['alpha'] ?? 1.702), ctx)
  ctx.result(node, ctx.hub.op('Mul', [x, ctx.hub.op('Sigmoid', [ctx.hub.op('Mul', [x, alpha])])]))
}

/** A factor with its axes in order: rows that stand before the batch axes go behind them, then the last two are swapped. */
function factor(value: ValueName, rowsFirst: boolean, swapped: boolean, ctx: LowerContext): ValueName {
  if (!rowsFirst && !swapped) return value
  const rank = ctx.type(value).shape?.length ?? ctx.block('the rank of its input is not known')
  const axes = Array.from({ length: rank }, (_, i) => i)
  const inOrder = rowsFirst ? [...axes.slice(1, -1), 0, rank - 1] : axes
  const perm = swapped ? [...inOrder.slice(0, -2), ...inOrder.slice(-2).reverse()] : inOrder
  return ctx.hub.op('Transpose', [value], { perm })
}

/** alpha · A · B, the axes of either put in order first where asked. */
function fusedMatMul(node: Node, ctx: LowerContext): void {
  const [a, b] = (['A', 'B'] as const).map((side, index) => {
    const { [`transBatch${side}`]: rowsFirst, [`trans${side}`]: swapped } = node.attributes
    return factor(ctx.input(node, index), Boolean(rowsFirst), Boolean(swapped), ctx)
  }) as [ValueName, ValueName]
  const product = ctx.hub.op('MatMul', [a, b], {}, { label: node.label ?? node.id })
  const alpha = Number(node.attributes['alpha'] ?? 1)
  if (alpha === 1) return ctx.result(node, product)
  ctx.result(node, ctx.hub.op('Mul', [product, scalarLike(product, alpha, ctx)]))
}

/** Activations that are fused, with the names of their parameters. */
const ACTIVATIONS: Readonly<Record<string, readonly string[]>> = {
  Relu: [],
  Sigmoid: [],
  Tanh: [],
  Softplus: [],
  HardSigmoid: ['alpha', 'beta'],
  LeakyRelu: ['alpha'],
  Clip: ['min', 'max'],
}

function activated(x: ValueName, node: Node, parameters: readonly number[], ctx: LowerContext): ValueName {
  const type = String(node.attributes['activation'] ?? '')
  if (type === '') return x
  const names = ACTIVATIONS[type] ?? ctx.block(`its activation ${type} is unknown`)
  if (type === 'Clip') return ctx.hub.op('Clip', [x, ...parameters.map((bound) => scalarLike(x, bound, ctx))])
  const attributes = Object.fromEntries(names.map((name, i) => [name, parameters[i]]))
  return ctx.hub.op(type, [x], attributes, { label: `${node.label ?? node.id}/${type}` })
}

const without = (attributes: Attributes, fused: RegExp): Attributes =>
  Object.fromEntries(Object.entries(attributes).filter(([name]) => !fused.test(name)))

/** An operator with an activation behind it; FusedConv adds a fourth input, if there is one, before that. */
async function fused(op: string, node: Node, ctx: LowerContext): Promise<void> {
  const inputs = ctx.inputs(node)
  const attributes = await hubAttributes(op, without(node.attributes, /^activation/), ctx)
  const result = ctx.hub.op(op, inputs.slice(0, 3), attributes, { label: node.label ?? node.id })
  const sum = inputs[3] ? ctx.hub.op('Add', [result, inputs[3]]) : result
  const { activation_params: list, activation_alpha, activation_beta } = node.attributes
  const given = Array.isArray(list) ? list : [activation_alpha, activation_beta].filter((each) => each !== undefined)
  ctx.result(node, activated(sum, node, given.map(Number), ctx))
}

const AFTER = [...Object.keys(ACTIVATIONS), 'Add', 'Cast']

/** Operators that ONNX Runtime's optimiser puts together (onnxruntime, docs/ContribOperators.md). */
export const fusedLowerings: readonly OnnxLowering[] = [
  microsoftLowering('BiasGelu', ['Gelu', 'Add'], gelu('none')),
  microsoftLowering('FastGelu', ['Gelu', 'Add'], gelu('tanh')),
  microsoftLowering('FusedConv', ['Conv', ...AFTER], (node, ctx) => fused('Conv', node, ctx)),
  microsoftLowering('FusedGemm', ['Gemm', ...AFTER], (node, ctx) => fused('Gemm', node, ctx)),
  microsoftLowering('FusedMatMul', ['MatMul', 'Mul', 'Transpose', 'Cast'], fusedMatMul),
  microsoftLowering('Gelu', ['Gelu', 'Add'], gelu('none')),
  microsoftLowering('QuickGelu', ['Mul', 'Sigmoid', 'Cast'], quickGelu),
]
