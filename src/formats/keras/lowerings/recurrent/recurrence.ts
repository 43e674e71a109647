import type { ValueName } from '../../../../core/ir/builder.ts'
import type { KerasLayer } from '../../reader/keras-layer.ts'
import type { KerasTensor, LayerContext } from '../context.ts'
import { withoutCuDnn } from './cudnn.ts'
import { fusedRecurrence } from './fused.ts'
import { scannedRecurrence } from './scanned.ts'

/** One pass of a cell over a sequence. */
export interface Pass {
  /** [N, T, …] */
  readonly x: ValueName
  readonly cell: KerasLayer
  readonly isReversed: boolean
  /** Nothing where all states start at zero. */
  readonly initialStates: readonly ValueName[]
  /** bool [N, T] */
  readonly mask: ValueName | undefined
  /** Masked steps give zeros instead of the last output. */
  readonly zeroOutputForMask: boolean
  readonly returnSequences: boolean
}

export interface PassResult {
  /** [N, T, …], in the order of the input whatever the direction. */
  readonly sequence: ValueName
  /** The output of the step that is processed last. */
  readonly last: ValueName
  readonly states: readonly ValueName[]
}

/** Runs a cell over a sequence: as one of ONNX's recurrent operators where it is one, else step by step. */
export function recurrence(ctx: LayerContext, pass: Pass): PassResult {
  return fusedRecurrence(ctx, pass) ?? scannedRecurrence(ctx, pass)
}

/** The sequence backwards, along axis 1. */
export function flipped(ctx: LayerContext, x: ValueName): ValueName {
  const ends = ctx.ints([-(2 ** 53 - 1)])
  return ctx.op('Slice', [x, ctx.ints([-1]), ends, ctx.ints([1]), ctx.ints([-1])])
}

/** What a recurrent layer is given. */
export interface RecurrentInputs {
  readonly x: KerasTensor
  /** The states that it starts from; none for zeros. */
  readonly states: readonly KerasTensor[]
  /** The steps that it counts. The mask of x is that of its sequence of outputs all the same. */
  readonly mask: ValueName | undefined
}

/** Keras 3 passes the mask of its input on to a layer only when that is its one tensor (keras.src.layers.Layer.__call__). */
export function recurrentInputs(ctx: LayerContext): RecurrentInputs {
  const [x, ...more] = ctx.tensors
  if (!x) return ctx.block('it has no input')
  const states = [...more, ...ctx.keywords('initial_state')]
  const isLost = ctx.scope.keras >= 3 && states.length > 0 && ctx.keyword('mask') === undefined
  return { x, states, mask: isLost ? undefined : x.mask }
}

/** The settings of a recurrent layer that say what goes in and out, and one pass with them. */
export function layerPass(
  ctx: LayerContext,
  layer: KerasLayer,
  x: ValueName,
  states: readonly ValueName[],
  mask: ValueName | undefined,
): PassResult {
  const { config } = layer
  if (config.flag('time_major', false)) ctx.block('its time_major is not supported', 'Build it with time_major=False.')
  if (config.flag('stateful', false)) {
    ctx.note(
      'info',
      'stateful',
      'the layer is stateful: in the converted model its state starts at zero with every call',
    )
  }
  const cell = layer.sublayers.get('cell') ?? ctx.block('its cell is not in the file')
  return recurrence(ctx, {
    x,
    cell: withoutCuDnn(cell, ctx.dtype),
    isReversed: config.flag('go_backwards', false),
    initialStates: states,
    mask,
    zeroOutputForMask: config.flag('zero_output_for_mask', false),
    returnSequences: config.flag('return_sequences', false),
  })
}
