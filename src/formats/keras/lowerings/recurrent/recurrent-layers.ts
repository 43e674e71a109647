import type { ValueName } from '../../../../core/ir/builder.ts'
import { KerasTensor, type LayerContext } from '../context.ts'
import { type KerasLowering, layer, layers, produced } from '../lowering.ts'
import { convLstm } from './conv-lstm.ts'
import { FUSED_OPS } from './fused.ts'
import { flipped, layerPass, type PassResult, recurrentInputs } from './recurrence.ts'
import { SCAN_OPS } from './scanned.ts'

/** LSTM and GRU, NVIDIA's too, SimpleRNN and RNN with a cell: the sequence of outputs or the last one, then the states if asked for. */
function recurrent(ctx: LayerContext): KerasTensor[] {
  const { x, states, mask } = recurrentInputs(ctx)
  const pass = layerPass(
    ctx,
    ctx.layer,
    ctx.autocast(x.value),
    states.map((state) => ctx.autocast(state.value)),
    mask,
  )
  const isReversed = ctx.config.flag('go_backwards', false)
  const returnsSequences = ctx.config.flag('return_sequences', false)
  // Keras gives the outputs in the order in which it computes them.
  const sequence = () => (isReversed ? flipped(ctx, pass.sequence) : pass.sequence)
  const output = returnsSequences ? new KerasTensor(sequence(), x.mask) : new KerasTensor(pass.last)
  return [output, ...finalStates(ctx, pass)]
}

function finalStates(ctx: LayerContext, pass: PassResult): KerasTensor[] {
  return ctx.config.flag('return_state', false) ? pass.states.map((state) => new KerasTensor(state)) : []
}

function merged(ctx: LayerContext, mode: string, a: ValueName, b: ValueName): ValueName {
  if (mode === 'concat') return ctx.op('Concat', [a, b], { axis: -1 })
  if (mode === 'mul') return ctx.op('Mul', [a, b])
  const sum = ctx.op('Add', [a, b])
  if (mode === 'sum') return sum
  return mode === 'ave' ? ctx.op('Mul', [sum, ctx.scalar(0.5)]) : ctx.block(`its merge_mode ${mode} is not supported`)
}

/** Two passes, one from each end; in the sequences both results for a step stand beside each other. */
function bidirectional(ctx: LayerContext): KerasTensor[] {
  const { x, states, mask } = recurrentInputs(ctx)
  const input = ctx.autocast(x.value)
  const given = states.map((state) => ctx.autocast(state.value))
  const [forward, backward] = (['forward_layer', 'backward_layer'] as const).map((role, i) => {
    const inner = ctx.sublayer(role)
    const half = given.length / 2
    return layerPass(ctx, zeroedWhereMasked(ctx, inner), input, given.slice(i * half, (i + 1) * half), mask)
  }) as [PassResult, PassResult]
  const { config } = ctx.sublayer('forward_layer')
  const returnsSequences = config.flag('return_sequences', false)
  const outputs = [forward, backward].map((pass) => (returnsSequences ? pass.sequence : pass.last)) as [
    ValueName,
    ValueName,
  ]
  const mode = 'merge_mode' in ctx.config.entries ? ctx.config.get('merge_mode') : 'concat'
  const results = mode === undefined ? outputs : [merged(ctx, String(mode), ...outputs)]
  const passed = returnsSequences ? x.mask : undefined
  const finals = config.flag('return_state', false) ? [...forward.states, ...backward.states] : []
  return [...results.map((value) => new KerasTensor(value, passed)), ...finals.map((value) => new KerasTensor(value))]
}

/** Bidirectional makes its layers give zeros for masked steps when they give sequences. */
function zeroedWhereMasked(ctx: LayerContext, inner: ReturnType<LayerContext['sublayer']>) {
  const isCell = inner.sublayers.has('cell')
  if (!isCell) ctx.block(`its layer ${inner.className} is not a recurrent one of Keras' own`)
  const { config } = inner
  return { ...inner, config: config.with({ zero_output_for_mask: config.flag('return_sequences', false) }) }
}

const OPS = produced(FUSED_OPS, SCAN_OPS, ['Slice'])

export const recurrentLayers: readonly KerasLowering[] = [
  ...layers(['LSTM', 'GRU', 'CuDNNLSTM', 'CuDNNGRU', 'SimpleRNN', 'RNN'], OPS, recurrent),
  layer('Bidirectional', produced(OPS, ['Concat', 'Add', 'Mul']), bidirectional),
  layer('ConvLSTM1D', produced(SCAN_OPS, ['Conv', 'Transpose', 'Slice']), convLstm),
  layer('ConvLSTM2D', produced(SCAN_OPS, ['Conv', 'Transpose', 'Slice']), convLstm),
  layer('ConvLSTM3D', produced(SCAN_OPS, ['Conv', 'Transpose', 'Slice']), convLstm),
]
