import type { ValueName } from '../../../../../core/ir/builder.ts'
import type { Node } from '../../../../../core/ir/graph.ts'
import { type LowerContext, lowering, type OnnxLowering } from '../../lowering.ts'
import { RMS_OPERATORS, rootMeanSquare } from '../root-mean-square.ts'
import { microsoftLowering } from './microsoft-lowering.ts'

/** The sum of inputs, those aside that are left out. */
function sumOf(node: Node, indexes: readonly number[], ctx: LowerContext): ValueName {
  const values = indexes.flatMap((index) => (node.inputs[index] ? [ctx.input(node, index)] : []))
  return values.reduce((sum, value) => ctx.hub.op('Add', [sum, value]))
}

const epsilonOf = (node: Node, fallback: number) => Number(node.attributes['epsilon'] ?? fallback)

/** Inputs: x, skip, gamma, beta, bias; outputs: the normalised sum, its statistics, the sum. */
function skipLayerNormalization(node: Node, ctx: LowerContext): void {
  const sum = sumOf(node, [0, 1, 4], ctx)
  const parameters = [2, 3].flatMap((index) => (node.inputs[index] ? [ctx.input(node, index)] : []))
  const attributes = { axis: -1, epsilon: epsilonOf(node, 1e-12) }
  const outputs = ctx.isUsed(node, 2) ? 3 : ctx.isUsed(node, 1) ? 2 : 1
  const results = ctx.hub.ops('LayerNormalization', [sum, ...parameters], attributes, {
    outputs,
    label: node.label ?? node.id,
  })
  for (const [i, result] of results.entries()) ctx.result(node, result, i)
  ctx.result(node, sum, 3)
}

/** Inputs: x, skip, gamma, bias. */
function skipSimplified(node: Node, ctx: LowerContext): void {
  const sum = sumOf(node, [0, 1, 3], ctx)
  ctx.result(node, rootMeanSquare(sum, ctx.input(node, 2), { axes: [-1], epsilon: epsilonOf(node, 1e-12) }, ctx))
  ctx.result(node, sum, 3)
}

/** Written by the optimiser into the domain of ONNX itself. */
function simplified(node: Node, ctx: LowerContext): void {
  if (Number(node.attributes['axis'] ?? -1) !== -1) ctx.block('it normalises more than the last axis')
  const [x, scale] = [ctx.input(node, 0), ctx.input(node, 1)]
  ctx.result(node, rootMeanSquare(x, scale, { axes: [-1], epsilon: epsilonOf(node, 1e-5) }, ctx))
}

/** Words, places and segments looked up, added and normalised: the first layer of BERT. [B, S] → [B, S, H]. */
function embedLayerNormalization(node: Node, ctx: LowerContext): void {
  const { hub } = ctx
  const [ids, words, places] = [ctx.input(node, 0), ctx.input(node, 2), ctx.input(node, 3)]
  const size = hub.op('Gather', [hub.op('Shape', [ids]), hub.int64([1], [])], { axis: 0 })
  const order = hub.op('Range', [hub.int64([0], []), size, hub.int64([1], [])])
  const positions = node.inputs[8] ? ctx.input(node, 8) : order
  const rows = [
    hub.op('Gather', [words, ids], { axis: 0 }),
    hub.op('Gather', [places, positions], { axis: 0 }),
    ...(node.inputs[1] && node.inputs[4]
      ? [hub.op('Gather', [ctx.input(node, 4), ctx.input(node, 1)], { axis: 0 })]
      : []),
  ]
  const sum = rows.reduce((total, row) => hub.op('Add', [total, row]))
  const attributes = { axis: -1, epsilon: epsilonOf(node, 1e-12) }
  const inputs = [sum, ctx.input(node, 5), ctx.input(node, 6)]
  ctx.result(node, hub.op('LayerNormalization', inputs, attributes, { label: node.label ?? node.id }))
  if (ctx.isUsed(node, 1)) {
    if (!node.inputs[7]) ctx.block('its mask index is read, but it has no mask')
    ctx.result(node, hub.op('ReduceSum', [ctx.input(node, 7), hub.int64([1])], { keepdims: 0 }), 1)
  }
  ctx.result(node, sum, 2)
}

/** Normalisations that ONNX Runtime's optimiser puts together (onnxruntime, docs/ContribOperators.md). */
export const normalizationLowerings: readonly OnnxLowering[] = [
  microsoftLowering('SkipLayerNormalization', ['LayerNormalization', 'Add'], skipLayerNormalization),
  microsoftLowering('SkipSimplifiedLayerNormalization', RMS_OPERATORS, skipSimplified),
  microsoftLowering(
    'EmbedLayerNormalization',
    ['LayerNormalization', 'Add', 'Gather', 'Shape', 'Range', 'ReduceSum'],
    embedLayerNormalization,
  ),
  lowering('SimplifiedLayerNormalization', RMS_OPERATORS, simplified),
]
