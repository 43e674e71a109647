import type { ValueName } from '../../../../core/ir/builder.ts'
import { activationName } from '../activations.ts'
import type { LayerContext } from '../context.ts'
import { gateBias, gateKernel } from './gate-weights.ts'
import type { Pass, PassResult } from './recurrence.ts'

/** ONNX's operator for a cell, and where its gates stand in Keras' kernels. */
interface FusedKind {
  readonly op: 'LSTM' | 'GRU' | 'RNN'
  /** Gate g of ONNX is gate `order[g]` of Keras. */
  readonly order: readonly number[]
  readonly states: number
  /** Settings with the activations, in ONNX's order. */
  readonly activations: readonly string[]
}

const KINDS: Readonly<Record<string, FusedKind>> = {
  // Keras i f c o, ONNX i o f c.
  LSTMCell: {
    op: 'LSTM',
    order: [0, 3, 1, 2],
    states: 2,
    activations: ['recurrent_activation', 'activation', 'activation'],
  },
  // z r h in both.
  GRUCell: { op: 'GRU', order: [0, 1, 2], states: 1, activations: ['recurrent_activation', 'activation'] },
  SimpleRNNCell: { op: 'RNN', order: [0], states: 1, activations: ['activation'] },
}

/** Activations that ONNX's operators have with the same parameters; HardSigmoid's default is that of Keras 2. */
function fusedActivation(ctx: LayerContext, name: string): string | undefined {
  const names: Readonly<Record<string, string>> = {
    tanh: 'Tanh',
    sigmoid: 'Sigmoid',
    relu: 'Relu',
    softsign: 'Softsign',
    softplus: 'Softplus',
    ...(ctx.scope.keras < 3 ? { hard_sigmoid: 'HardSigmoid' } : {}),
  }
  return Object.hasOwn(names, name) ? names[name] : undefined
}

/** Where the reset gate multiplies. Before Keras 2.1.5 there was no setting: then as if it were false. */
export function resetsAfter(cell: Pass['cell']): boolean {
  return cell.config.flag('reset_after', cell.weights.get('bias')?.shape.length === 2)
}

/** LSTM, GRU or RNN of ONNX; undefined where it has no operator that does the same. */
export function fusedRecurrence(ctx: LayerContext, pass: Pass): PassResult | undefined {
  const { cell } = pass
  const kind = Object.hasOwn(KINDS, cell.className) ? KINDS[cell.className] : undefined
  if (!kind || pass.mask !== undefined) return undefined
  const activations = kind.activations.map((name) => fusedActivation(ctx, activationName(cell.config.get(name))))
  if (!activations.every((name) => name !== undefined)) return undefined
  const [units] = ctx.tensor('recurrent_kernel', cell).shape
  const kernel = (name: string) =>
    ctx.constant(ctx.tensor(name, cell), name, 'gates', (t) => gateKernel(t, kind.order, ctx.dtype))
  const bias = cell.config.flag('use_bias', true)
    ? ctx.constant(ctx.tensor('bias', cell), 'bias', 'gates', (t) => gateBias(t, kind.order, ctx.dtype))
    : ''
  const sequence = ctx.op('Transpose', [pass.x], { perm: [1, 0, 2] })
  const starts = pass.initialStates.map((state) => ctx.op('Unsqueeze', [state, ctx.ints([0])]))
  const inputs = [
    sequence,
    kernel('kernel'),
    kernel('recurrent_kernel'),
    bias,
    ...(starts.length > 0 ? ['', ...starts] : []),
  ]
  const [all, ...finals] = ctx.ops(kind.op, inputs, 1 + kind.states, {
    hidden_size: units,
    direction: pass.isReversed ? 'reverse' : 'forward',
    activations,
    ...(kind.op === 'GRU' ? { linear_before_reset: resetsAfter(cell) ? 1 : 0 } : {}),
  }) as [ValueName, ...ValueName[]]
  // [T, 1, N, H] and [1, N, H]
  const states = finals.map((state) => ctx.op('Squeeze', [state, ctx.ints([0])]))
  const steps = pass.returnSequences
    ? ctx.op('Transpose', [ctx.op('Squeeze', [all, ctx.ints([1])])], { perm: [1, 0, 2] })
    : ''
  return { sequence: steps, last: states[0] as ValueName, states }
}

/** Hub operators of a fused pass. */
export const FUSED_OPS: readonly string[] = ['LSTM', 'GRU', 'RNN', 'Transpose', 'Squeeze', 'Unsqueeze']
