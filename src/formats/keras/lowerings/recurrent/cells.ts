import type { ValueName } from '../../../../core/ir/builder.ts'
import type { KerasLayer } from '../../reader/keras-layer.ts'
import { ACTIVATION_OPS, activate } from '../activations.ts'
import type { LayerContext } from '../context.ts'
import { resetsAfter } from './fused.ts'

/** One step of a cell. `states` are as many as the cell has. */
export type Step = (
  ctx: LayerContext,
  x: ValueName,
  states: readonly ValueName[],
) => { output: ValueName; states: ValueName[] }

/** A cell: its states without the batch axis, and its step. Weights are constants of the graph around the body. */
export interface Cell {
  readonly stateShapes: readonly (readonly number[])[]
  readonly outputShape: readonly number[]
  readonly step: Step
}

/** The recurrent kernel is [units, gates · units]. */
const unitsOf = (ctx: LayerContext, cell: KerasLayer) => ctx.tensor('recurrent_kernel', cell).shape[0] ?? 0

const at = (values: readonly ValueName[], index: number) => values[index] as ValueName

function split(ctx: LayerContext, x: ValueName, count: number, axis = -1): ValueName[] {
  return ctx.ops('Split', [x], count, { axis, num_outputs: count })
}

/** i f c o from one product: c = f ⊙ c + i ⊙ a(…), h = o ⊙ a(c). */
export function lstmStep(ctx: LayerContext, cell: KerasLayer, gates: readonly ValueName[], memory: ValueName) {
  const recurrent = cell.config.get('recurrent_activation')
  const activation = cell.config.get('activation')
  const input = activate(ctx, at(gates, 0), recurrent)
  const forget = activate(ctx, at(gates, 1), recurrent)
  const candidate = activate(ctx, at(gates, 2), activation)
  const carried = ctx.op('Add', [ctx.op('Mul', [forget, memory]), ctx.op('Mul', [input, candidate])])
  const output = ctx.op('Mul', [activate(ctx, at(gates, 3), recurrent), activate(ctx, carried, activation)])
  return { output, states: [output, carried] }
}

function lstm(ctx: LayerContext, cell: KerasLayer): Cell {
  const units = unitsOf(ctx, cell)
  const weights = [ctx.weight('kernel', cell), ctx.weight('recurrent_kernel', cell)]
  const bias = cell.config.flag('use_bias', true) ? ctx.weight('bias', cell) : undefined
  return {
    stateShapes: [[units], [units]],
    outputShape: [units],
    step(body, x, [h, c]) {
      const sum = body.op('Add', [
        body.op('MatMul', [x, at(weights, 0)]),
        body.op('MatMul', [h as ValueName, at(weights, 1)]),
      ])
      const gates = split(body, bias === undefined ? sum : body.op('Add', [sum, bias]), 4)
      return lstmStep(body, cell, gates, c as ValueName)
    },
  }
}

function simpleRnn(ctx: LayerContext, cell: KerasLayer): Cell {
  const units = unitsOf(ctx, cell)
  const weights = [ctx.weight('kernel', cell), ctx.weight('recurrent_kernel', cell)]
  const bias = cell.config.flag('use_bias', true) ? ctx.weight('bias', cell) : undefined
  return {
    stateShapes: [[units]],
    outputShape: [units],
    step(body, x, [h]) {
      const sum = body.op('Add', [
        body.op('MatMul', [x, at(weights, 0)]),
        body.op('MatMul', [h as ValueName, at(weights, 1)]),
      ])
      const output = activate(
        body,
        bias === undefined ? sum : body.op('Add', [sum, bias]),
        cell.config.get('activation'),
      )
      return { output, states: [output] }
    },
  }
}

/** z r h: h = z ⊙ h + (1 − z) ⊙ a(…), the reset gate multiplying the state or its product. */
function gru(ctx: LayerContext, cell: KerasLayer): Cell {
  const units = unitsOf(ctx, cell)
  const kernel = ctx.weight('kernel', cell)
  const recurrentKernel = ctx.weight('recurrent_kernel', cell)
  const after = resetsAfter(cell)
  const hasBias = cell.config.flag('use_bias', true)
  const bias = hasBias ? ctx.weight('bias', cell) : undefined
  const one = ctx.scalar(1)
  const [recurrent, activation] = [cell.config.get('recurrent_activation'), cell.config.get('activation')]
  const columns = (body: LayerContext, x: ValueName, from: number, to: number, axis: number) =>
    body.op('Slice', [x, body.ints([from]), body.ints([to]), body.ints([axis])])
  return {
    stateShapes: [[units]],
    outputShape: [units],
    step(body, x, states) {
      const h = at(states, 0)
      // The bias is [3u], or [2, 3u] with a row for the recurrence where the reset comes after the product.
      const rows = bias === undefined ? [] : after ? split(body, bias, 2, 0) : [bias]
      const add = (value: ValueName, row: ValueName | undefined) =>
        row === undefined ? value : body.op('Add', [value, row])
      const inputs = split(body, add(body.op('MatMul', [x, kernel]), rows[0]), 3)
      const gate = (i: number, product: ValueName) =>
        activate(body, body.op('Add', [at(inputs, i), product]), recurrent)
      let update: ValueName
      let candidate: ValueName
      if (after) {
        const products = split(body, add(body.op('MatMul', [h, recurrentKernel]), rows[1]), 3)
        update = gate(0, at(products, 0))
        candidate = body.op('Mul', [gate(1, at(products, 1)), at(products, 2)])
      } else {
        const [left, right] = split(body, body.op('MatMul', [h, columns(body, recurrentKernel, 0, 2 * units, 1)]), 2)
        update = gate(0, left as ValueName)
        const kept = body.op('Mul', [gate(1, right as ValueName), h])
        candidate = body.op('MatMul', [kept, columns(body, recurrentKernel, 2 * units, 3 * units, 1)])
      }
      const fresh = activate(body, body.op('Add', [at(inputs, 2), candidate]), activation)
      const output = body.op('Add', [
        body.op('Mul', [update, h]),
        body.op('Mul', [body.op('Sub', [one, update]), fresh]),
      ])
      return { output, states: [output] }
    },
  }
}

/** Cells on top of each other: each reads the output of the one below. */
function stacked(ctx: LayerContext, layer: KerasLayer): Cell {
  const cells = [...layer.sublayers.values()].map((cell) => cellOf(ctx, cell))
  return {
    stateShapes: cells.flatMap((cell) => cell.stateShapes),
    outputShape: cells.at(-1)?.outputShape ?? [],
    step(body, x, states) {
      let output = x
      let from = 0
      const next: ValueName[] = []
      for (const cell of cells) {
        const own = states.slice(from, from + cell.stateShapes.length)
        from += own.length
        const result = cell.step(body, output, own)
        output = result.output
        next.push(...result.states)
      }
      return { output, states: next }
    },
  }
}

const CELLS: Readonly<Record<string, (ctx: LayerContext, cell: KerasLayer) => Cell>> = {
  LSTMCell: lstm,
  GRUCell: gru,
  SimpleRNNCell: simpleRnn,
  StackedRNNCells: stacked,
}

/** A cell of the network; blocks for a class that is not Keras' own. */
export function cellOf(ctx: LayerContext, cell: KerasLayer): Cell {
  const make = Object.hasOwn(CELLS, cell.className) ? CELLS[cell.className] : undefined
  return make
    ? make(ctx, cell)
    : ctx.block(`its cell ${cell.className} is not one of Keras' own`, 'Use LSTMCell, GRUCell or SimpleRNNCell.')
}

/** Hub operators of a step. */
export const CELL_OPS: readonly string[] = ['MatMul', 'Add', 'Sub', 'Mul', 'Split', 'Slice', ...ACTIVATION_OPS]
