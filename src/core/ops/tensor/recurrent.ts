import type { OpSpec } from '../spec.ts'
import { flag } from './attributes.ts'
import { recurrentActivations } from './recurrent-activations.ts'
import { addMatrixVector, type CellKind, directionsOf, inferRecurrent, runRecurrent } from './recurrent-driver.ts'

/** h = f(W·x + R·h + Wb + Rb). */
const rnn: CellKind = {
  gates: 1,
  activations: ['Tanh'],
  make({ recurrence, recurrenceBias, hidden }, [f]) {
    const sum = new Float64Array(hidden)
    return (x, { h }) => {
      for (let i = 0; i < hidden; i++) sum[i] = x[i]! + recurrenceBias[i]!
      addMatrixVector(sum, recurrence, h, 0)
      for (let i = 0; i < hidden; i++) h[i] = f!(sum[i]!)
    }
  },
}

/** Gates z r h: h = (1 − z) ⊙ g(…) + z ⊙ h; `linear_before_reset` says where the reset gate multiplies. */
const gru: CellKind = {
  gates: 3,
  activations: ['Sigmoid', 'Tanh'],
  make({ recurrence, recurrenceBias, hidden }, [f, g], attributes) {
    const linearBeforeReset = flag(attributes, 'linear_before_reset', false)
    const zr = new Float64Array(2 * hidden)
    const candidate = new Float64Array(hidden)
    const reset = new Float64Array(hidden)
    return (x, { h }) => {
      for (let i = 0; i < 2 * hidden; i++) zr[i] = x[i]! + recurrenceBias[i]!
      addMatrixVector(zr, recurrence, h, 0)
      for (let i = 0; i < 2 * hidden; i++) zr[i] = f!(zr[i]!)
      candidate.set(recurrenceBias.subarray(2 * hidden))
      for (let i = 0; i < hidden; i++) reset[i] = linearBeforeReset ? h[i]! : zr[hidden + i]! * h[i]!
      addMatrixVector(candidate, recurrence, reset, 2 * hidden)
      for (let i = 0; i < hidden; i++) {
        const recurrent = linearBeforeReset ? zr[hidden + i]! * candidate[i]! : candidate[i]!
        h[i] = (1 - zr[i]!) * g!(x[2 * hidden + i]! + recurrent) + zr[i]! * h[i]!
      }
    }
  },
}

/** Gates i o f c: c = f ⊙ c + i ⊙ g(…), h = o ⊙ h(c), with peepholes and coupled input and forget gates. */
const lstm: CellKind = {
  gates: 4,
  activations: ['Sigmoid', 'Tanh', 'Tanh'],
  make({ recurrence, recurrenceBias, hidden, peepholes }, [f, g, hOf], attributes) {
    const coupled = flag(attributes, 'input_forget', false)
    const gates = new Float64Array(4 * hidden)
    const peep = peepholes ?? new Float64Array(3 * hidden)
    return (x, { h, c }) => {
      for (let i = 0; i < 4 * hidden; i++) gates[i] = x[i]! + recurrenceBias[i]!
      addMatrixVector(gates, recurrence, h, 0)
      for (let i = 0; i < hidden; i++) {
        const input = f!(gates[i]! + peep[i]! * c[i]!)
        const forget = coupled ? 1 - input : f!(gates[2 * hidden + i]! + peep[2 * hidden + i]! * c[i]!)
        c[i] = forget * c[i]! + input * g!(gates[3 * hidden + i]!)
        h[i] = f!(gates[hidden + i]! + peep[hidden + i]! * c[i]!) * hOf!(c[i]!)
      }
    }
  },
}

const recurrent = (op: string, kind: CellKind): OpSpec => ({
  op,
  infer: inferRecurrent,
  evaluate: (inputs, ctx) => {
    const directions = directionsOf(ctx.attributes).length
    return runRecurrent(inputs, ctx, recurrentActivations(ctx.attributes, kind.activations, directions), kind)
  },
})

/** Recurrent layers. */
export const recurrentOps: readonly OpSpec[] = [recurrent('RNN', rnn), recurrent('GRU', gru), recurrent('LSTM', lstm)]
