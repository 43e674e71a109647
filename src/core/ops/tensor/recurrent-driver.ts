import type { Attributes } from '../../ir/graph.ts'
import type { ValueType } from '../../ir/types.ts'
import type { EvalTensor, EvaluateContext, InferContext } from '../spec.ts'
import { flag, number, text } from './attributes.ts'
import { evalTensor, numbersIn, required } from './eval-tensor.ts'
import { inputType } from './infer.ts'
import { transposed } from './movement.ts'
import { multiplyInto } from './multiply.ts'

/** The weights of one direction. G gates of H units. */
export interface DirectionWeights {
  readonly hidden: number
  /** [G · H, H]. */
  readonly recurrence: Float64Array
  /** [G · H], added to recurrence · h. */
  readonly recurrenceBias: Float64Array
  /** LSTM's peepholes [3 · H], order i o f. */
  readonly peepholes?: Float64Array
}

/** The state of one row of the batch; a cell overwrites it. `c` is LSTM's. */
export interface CellState {
  readonly h: Float64Array
  readonly c: Float64Array
}

/** One step of one row: `x` is W · xₜ + Wb, [G · H]. */
export type Cell = (x: Float64Array, state: CellState) => void

export interface CellKind {
  readonly gates: number
  /** Activation defaults of one direction. */
  readonly activations: readonly string[]
  make(weights: DirectionWeights, activations: readonly ((x: number) => number)[], attributes: Attributes): Cell
}

export function directionsOf(attributes: Attributes): ('forward' | 'reverse')[] {
  const direction = text(attributes, 'direction', 'forward')
  if (direction === 'bidirectional') return ['forward', 'reverse']
  return [direction === 'reverse' ? 'reverse' : 'forward']
}

/** Y [T, D, N, H], then the last states [D, N, H]; with layout 1 batch first: [N, T, D, H] and [N, D, H]. */
export function inferRecurrent(ctx: InferContext): ValueType[] {
  const { dtype, shape } = inputType(ctx, 0)
  const [first = null, second = null] = shape ?? []
  const batchFirst = flag(ctx.attributes, 'layout', false)
  const [steps, batch] = batchFirst ? [second, first] : [first, second]
  const directions = directionsOf(ctx.attributes).length
  const hidden =
    ctx.inputs[2]?.shape?.[2] ??
    (ctx.attributes['hidden_size'] === undefined ? null : number(ctx.attributes, 'hidden_size'))
  const state = { dtype, shape: batchFirst ? [batch, directions, hidden] : [directions, batch, hidden] }
  const all = { dtype, shape: batchFirst ? [batch, steps, directions, hidden] : [steps, directions, batch, hidden] }
  return [all, state, state].slice(0, ctx.outputCount)
}

const part = (t: EvalTensor | undefined, index: number, count: number): Float64Array | undefined =>
  t && numbersIn(t).subarray((index * t.data.length) / count, ((index + 1) * t.data.length) / count)

/** out[r] += Σ matrix[r, j] · vector[j] for the rows from `first` on. */
export function addMatrixVector(out: Float64Array, matrix: Float64Array, vector: Float64Array, first: number): void {
  const width = vector.length
  for (let r = 0; r < out.length; r++) {
    let total = 0
    const row = (first + r) * width
    for (let j = 0; j < width; j++) total += matrix[row + j]! * vector[j]!
    out[r]! += total
  }
}

/** Runs a recurrent operator over all directions, steps and rows; inputs as RNN, GRU and LSTM share them. */
export function runRecurrent(
  inputs: readonly (EvalTensor | undefined)[],
  ctx: EvaluateContext,
  activations: readonly ((x: number) => number)[],
  kind: CellKind,
): EvalTensor[] {
  const { attributes } = ctx
  const batchFirst = flag(attributes, 'layout', false)
  const swap = (t: EvalTensor | undefined) => (t && batchFirst ? transposed(t, [1, 0, 2]) : t)
  const x = swap(required(inputs, 0)) as EvalTensor
  const [steps = 0, batch = 0, width = 0] = x.shape
  const directions = directionsOf(attributes)
  const count = directions.length
  const hidden = required(inputs, 2).shape[2]!
  const rows = kind.gates * hidden
  const lengths = inputs[4] ? numbersIn(inputs[4]) : new Float64Array(batch).fill(steps)
  const y = new Float64Array(steps * count * batch * hidden)
  const lastH = new Float64Array(count * batch * hidden)
  const lastC = new Float64Array(count * batch * hidden)
  const [initialH, initialC] = [swap(inputs[5]), swap(inputs[6])]
  for (const [d, direction] of directions.entries()) {
    const bias = part(inputs[3], d, count) ?? new Float64Array(2 * rows)
    const peepholes = part(inputs[7], d, count)
    const cell = kind.make(
      {
        hidden,
        recurrence: part(required(inputs, 2), d, count)!,
        recurrenceBias: bias.subarray(rows),
        ...(peepholes ? { peepholes } : {}),
      },
      activations.slice(d * kind.activations.length, (d + 1) * kind.activations.length),
      attributes,
    )
    const projected = projectInputs(
      numbersIn(x),
      part(required(inputs, 1), d, count)!,
      bias,
      steps * batch,
      width,
      rows,
    )
    for (let n = 0; n < batch; n++) {
      const at = (d * batch + n) * hidden
      const state = {
        h: lastH.subarray(at, at + hidden),
        c: lastC.subarray(at, at + hidden),
      }
      if (initialH) state.h.set(numbersIn(initialH).subarray(at, at + hidden))
      if (initialC) state.c.set(numbersIn(initialC).subarray(at, at + hidden))
      const length = Math.min(lengths[n]!, steps)
      for (let i = 0; i < length; i++) {
        const t = direction === 'forward' ? i : length - 1 - i
        const row = (t * batch + n) * rows
        cell(projected.subarray(row, row + rows), state)
        y.set(state.h, ((t * count + d) * batch + n) * hidden)
      }
    }
  }
  const all = evalTensor(x.dtype, [steps, count, batch, hidden], y)
  const states = [lastH, lastC].map((data) => swap(evalTensor(x.dtype, [count, batch, hidden], data)) as EvalTensor)
  return [batchFirst ? transposed(all, [2, 0, 1, 3]) : all, ...states].slice(0, ctx.outputCount)
}

/** x · Wᵀ + Wb for all steps and rows at once: [steps · batch, rows]. */
function projectInputs(
  x: Float64Array,
  weights: Float64Array,
  bias: Float64Array,
  count: number,
  width: number,
  rows: number,
): Float64Array {
  const transposedWeights = new Float64Array(weights.length)
  for (let r = 0; r < rows; r++)
    for (let j = 0; j < width; j++) transposedWeights[j * rows + r] = weights[r * width + j]!
  const result = new Float64Array(count * rows)
  for (let i = 0; i < count; i++) result.set(bias.subarray(0, rows), i * rows)
  multiplyInto(result, x, transposedWeights, count, width, rows)
  return result
}
