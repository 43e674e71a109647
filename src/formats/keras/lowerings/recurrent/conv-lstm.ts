import type { ValueName } from '../../../../core/ir/builder.ts'
import type { Tensor } from '../../../../core/ir/tensor.ts'
import { KerasTensor, type LayerContext } from '../context.ts'
import { permuted } from '../weight-tensors.ts'
import { isChannelsFirst, padding, type WindowSettings } from '../windows.ts'
import { type Cell, lstmStep } from './cells.ts'
import { flipped, recurrentInputs } from './recurrence.ts'
import { scannedRecurrence } from './scanned.ts'

const range = (count: number, start = 0) => Array.from({ length: count }, (_, i) => i + start)

/** [N, …, C] ⇄ [N, C, …] behind `lead` axes that stay. */
function moveChannels(ctx: LayerContext, x: ValueName, lead: number, toFront: boolean): ValueName {
  if (isChannelsFirst(ctx)) return x
  const rank = ctx.rank(x)
  const spatial = range(rank - lead - 1, toFront ? lead : lead + 1)
  const perm = toFront ? [...range(lead), rank - 1, ...spatial] : [...range(lead), ...spatial, lead]
  return ctx.op('Transpose', [x], { perm })
}

/** An LSTM whose products are convolutions: of the input as configured, of the state with `same` padding and stride 1. */
function convolutionalCell(ctx: LayerContext, x: ValueName): Cell {
  const layer = ctx.sublayer('cell')
  const kernels = ['kernel', 'recurrent_kernel'].map((name) => ctx.tensor(name, layer)) as [Tensor, Tensor]
  const spatial = kernels[0].shape.length - 2
  const ones = new Array<number>(spatial).fill(1)
  const window: WindowSettings = {
    kernel: kernels[0].shape.slice(0, spatial),
    strides: ctx.config.numbers('strides', spatial, 1),
    dilations: ctx.config.numbers('dilation_rate', spatial, 1),
  }
  const weights = kernels.map((kernel, i) =>
    ctx.constant(kernel, i === 0 ? 'kernel' : 'recurrent_kernel', 'OIX', (t) =>
      permuted(t, [spatial + 1, spatial, ...range(spatial)], ctx.dtype),
    ),
  )
  const bias = ctx.config.flag('use_bias', true) ? [ctx.weight('bias', layer)] : []
  const recurrentKernel = kernels[1].shape.slice(0, spatial)
  const surplus = recurrentKernel.map((k) => k - 1)
  const samePads = [...surplus.map((p) => Math.floor(p / 2)), ...surplus.map((p) => Math.ceil(p / 2))]
  const convolve = (body: LayerContext, step: ValueName) =>
    body.op('Conv', [step, weights[0] as ValueName, ...bias], {
      kernel_shape: window.kernel,
      strides: window.strides,
      dilations: window.dilations,
      ...padding(body, step, window),
    })
  const filters = ctx.config.number('filters')
  const state = [filters, ...resultSizes(ctx, x, window)]
  return {
    stateShapes: [state, state],
    outputShape: state,
    step(body, step, [h, c]) {
      const recurrent = body.op('Conv', [h as ValueName, weights[1] as ValueName], {
        kernel_shape: recurrentKernel,
        strides: ones,
        pads: samePads,
      })
      const sum = body.op('Add', [convolve(body, step), recurrent])
      const gates = body.ops('Split', [sum], 4, { axis: 1, num_outputs: 4 })
      return lstmStep(body, layer, gates, c as ValueName)
    },
  }
}

/** Sizes of the space of the states; x is [N, T, C, …]. */
function resultSizes(ctx: LayerContext, x: ValueName, window: WindowSettings): number[] {
  const isSame = ctx.config.text('padding', 'valid') === 'same'
  return window.kernel.map((k, i) => {
    const size = ctx.size(x, 3 + i)
    const stride = window.strides[i] as number
    const extent = (k - 1) * (window.dilations[i] as number) + 1
    return Math.ceil((isSame ? size : size - extent + 1) / stride)
  })
}

/** ConvLSTM1D … ConvLSTM3D. */
export function convLstm(ctx: LayerContext): KerasTensor[] {
  const given = recurrentInputs(ctx)
  const x = moveChannels(ctx, ctx.autocast(given.x.value), 2, true)
  const isReversed = ctx.config.flag('go_backwards', false)
  const returnSequences = ctx.config.flag('return_sequences', false)
  const pass = scannedRecurrence(
    ctx,
    {
      x,
      cell: ctx.sublayer('cell'),
      isReversed,
      initialStates: given.states.map((state) => moveChannels(ctx, ctx.autocast(state.value), 1, true)),
      mask: given.mask,
      zeroOutputForMask: false,
      returnSequences,
    },
    convolutionalCell(ctx, x),
  )
  const sequence = () => moveChannels(ctx, isReversed ? flipped(ctx, pass.sequence) : pass.sequence, 2, false)
  const output = returnSequences
    ? new KerasTensor(sequence(), given.x.mask)
    : new KerasTensor(moveChannels(ctx, pass.last, 1, false))
  const states = ctx.config.flag('return_state', false) ? pass.states : []
  return [output, ...states.map((state) => new KerasTensor(moveChannels(ctx, state, 1, false)))]
}
