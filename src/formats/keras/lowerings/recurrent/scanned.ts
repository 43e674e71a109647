import type { ValueName } from '../../../../core/ir/builder.ts'
import type { Dim } from '../../../../core/ir/types.ts'
import type { LayerContext } from '../context.ts'
import { CELL_OPS, type Cell, cellOf } from './cells.ts'
import type { Pass, PassResult } from './recurrence.ts'

/** Zeros [N, …shape], N being the batch of x. */
function zeros(ctx: LayerContext, x: ValueName, shape: readonly number[]): ValueName {
  const batch = ctx.op('Shape', [x], { start: 0, end: 1 })
  const zero = ctx.op('Expand', [ctx.numbers([0], [1]), ctx.op('Concat', [batch, ctx.ints(shape)], { axis: 0 })])
  ctx.hub.refine(zero, { dtype: ctx.dtype, shape: [ctx.shape(x)[0] ?? null, ...shape] })
  return zero
}

/** The step for one example's mask [N] as a condition that broadcasts over values of this rank. */
function condition(body: LayerContext, mask: ValueName, rank: number): ValueName {
  return body.op('Unsqueeze', [mask, body.ints(Array.from({ length: rank - 1 }, (_, i) => i + 1))])
}

/**
 * A recurrence step by step, in the body of a Scan. A masked step keeps the states, and gives zeros or the output of the step
 * before it; the first of these is zero whatever the initial state (keras.src.backend.tensorflow.rnn).
 */
export function scannedRecurrence(ctx: LayerContext, pass: Pass, cell: Cell = cellOf(ctx, pass.cell)): PassResult {
  const { x, mask } = pass
  const starts = cell.stateShapes.map((shape, i) => pass.initialStates[i] ?? zeros(ctx, x, shape))
  const carriesOutput = mask !== undefined && !pass.zeroOutputForMask
  const initial = carriesOutput ? [...starts, zeros(ctx, x, cell.outputShape)] : starts
  const one = ctx.hub.child(`${ctx.id} step`)
  const body = ctx.inside(ctx.layer, [], { ...ctx.scope, hub: one })
  const input = (name: string, value: ValueName, dropTime: boolean) => {
    const { dtype, shape } = ctx.hub.type(value)
    const dims = (shape ?? []).filter((_, i): boolean => !dropTime || i !== 1) as Dim[]
    return one.input(one.freeName(`${ctx.id}/${name}`), { dtype, shape: shape && dims })
  }
  const states = initial.map((value, i) => input(`state_${i}`, value, false))
  const step = input('step', x, true)
  const counts = mask === undefined ? undefined : input('mask', mask, true)
  const result = cell.step(body, step, states.slice(0, starts.length))
  const choose = (fresh: ValueName, old: ValueName) =>
    counts === undefined ? fresh : body.op('Where', [condition(body, counts, body.rank(fresh)), fresh, old])
  const next = result.states.map((fresh, i) => choose(fresh, states[i] as ValueName))
  const output = choose(result.output, carriesOutput ? (states.at(-1) as ValueName) : body.scalar(0))
  // Each output of a body is a value of its own.
  const outputs = [...next, ...(carriesOutput ? [output] : []), output].map((value) => body.op('Identity', [value]))
  const scanInputs = [x, ...(mask === undefined ? [] : [mask])]
  const direction = pass.isReversed ? 1 : 0
  const finals = ctx.ops('Scan', [...initial, ...scanInputs], outputs.length, {
    body: one.build(outputs),
    num_scan_inputs: scanInputs.length,
    scan_input_axes: scanInputs.map(() => 1),
    scan_input_directions: scanInputs.map(() => direction),
    scan_output_axes: [1],
    scan_output_directions: [direction],
  })
  const sequence = finals.at(-1) as ValueName
  return { sequence, last: lastStep(ctx, sequence, pass.isReversed), states: finals.slice(0, starts.length) }
}

/** The step that is processed last. */
function lastStep(ctx: LayerContext, sequence: ValueName, isReversed: boolean): ValueName {
  return ctx.op('Gather', [sequence, ctx.int(isReversed ? 0 : -1)], { axis: 1 })
}

/** Hub operators of a pass step by step. */
export const SCAN_OPS: readonly string[] = [
  ...['Scan', 'Identity', 'Shape', 'Expand', 'Concat', 'Unsqueeze', 'Where', 'Gather'],
  ...CELL_OPS,
]
