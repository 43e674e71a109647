import { LimitExceededError } from '../../errors.ts'
import type { Graph } from '../../ir/graph.ts'
import { elementCount } from '../../ir/tensor.ts'
import type { Dim, ValueType } from '../../ir/types.ts'
import type { EvalTensor, EvaluateContext, InferContext, OpSpec } from '../spec.ts'
import { graph, number, numbers } from './attributes.ts'
import { type Dims, unifyDim } from './dims.ts'
import { evalTensor, numbersIn, required, scalar, scalarAt } from './eval-tensor.ts'
import { unknownTypes } from './infer.ts'
import { concatenated, sliced, transposed } from './movement.ts'
import { reshaped } from './shape.ts'
import { checkedAxis } from './strides.ts'

/** Steps after which a Loop is taken for endless. */
const LOOP_LIMIT = 10_000_000

function outputTypes(body: Graph): ValueType[] {
  return body.outputs.map((value) => {
    const constant = body.constants.get(value)
    return body.types.get(value) ?? constant ?? { dtype: null, shape: null }
  })
}

/** The type of a value that has one of two types, depending on what happens. */
function eitherType(a: ValueType, b: ValueType): ValueType {
  const shape =
    a.shape && b.shape && a.shape.length === b.shape.length
      ? a.shape.map((d, i) => (d === b.shape?.[i] ? d : null))
      : null
  return { dtype: a.dtype ?? b.dtype, shape }
}

const withoutAxis = (shape: Dims, axis: number): Dims =>
  shape ? shape.filter((_, i) => i !== (axis < 0 ? axis + shape.length : axis)) : null

function insertAxis(shape: Dims, axis: number, dim: Dim): Dims {
  if (!shape) return null
  const at = axis < 0 ? axis + shape.length + 1 : axis
  return [...shape.slice(0, at), dim, ...shape.slice(at)]
}

/** What the iterations gave, one below the other along a new axis. */
function stacked(parts: readonly EvalTensor[], axis: number, like: ValueType | undefined): EvalTensor {
  const [first] = parts
  if (!first) {
    const shape = [0, ...(like?.shape ?? []).map((d) => (typeof d === 'number' ? d : 0))]
    return evalTensor(
      like?.dtype ?? 'float32',
      shape,
      like?.dtype === 'string' ? [] : new Float64Array(elementCount(shape)),
    )
  }
  const rank = first.shape.length + 1
  const at = checkedAxis(axis, rank)
  const joined = concatenated(
    parts.map((p) => reshaped(p, [1, ...p.shape])),
    0,
  )
  const order = Array.from({ length: rank }, (_, i) => (i < at ? i + 1 : i === at ? 0 : i))
  return at === 0 ? joined : transposed(joined, order)
}

function inferLoop(ctx: InferContext): ValueType[] {
  const types = outputTypes(graph(ctx.attributes, 'body')).slice(1)
  const states = ctx.inputs.length - 2
  return types.map((type, i) => {
    if (i >= states) return { dtype: type.dtype, shape: type.shape && [null, ...type.shape] }
    return eitherType(type, ctx.inputs[i + 2] ?? type)
  })
}

function runLoop(inputs: readonly (EvalTensor | undefined)[], ctx: EvaluateContext): EvalTensor[] {
  const body = graph(ctx.attributes, 'body')
  const trips = scalarAt(inputs, 0, Number.POSITIVE_INFINITY)
  let running = scalarAt(inputs, 1, 1) !== 0
  let states = inputs.slice(2).map((_, i) => required(inputs, i + 2))
  const scans: EvalTensor[][] = Array.from({ length: body.outputs.length - 1 - states.length }, () => [])
  for (let i = 0; i < trips && running; i++) {
    if (i >= LOOP_LIMIT) throw new LimitExceededError(`a Loop has not ended after ${LOOP_LIMIT} steps`)
    const [condition, ...results] = ctx.run(body, [scalar('int64', i), scalar('bool', 1), ...states])
    running = condition !== undefined && numbersIn(condition)[0] !== 0
    for (const [k, list] of scans.entries()) list.push(results[states.length + k] as EvalTensor)
    states = results.slice(0, states.length)
  }
  const types = outputTypes(body).slice(1 + states.length)
  return [...states, ...scans.map((parts, k) => stacked(parts, 0, types[k]))]
}

/** Axis and direction of each scanned input or output; zeros where the attribute is absent. */
const listOf = (ctx: { attributes: InferContext['attributes'] }, name: string, count: number) =>
  numbers(ctx.attributes, name, new Array<number>(count).fill(0))

function inferScan(ctx: InferContext): ValueType[] {
  const scanned = number(ctx.attributes, 'num_scan_inputs')
  const states = ctx.inputs.length - scanned
  const types = outputTypes(graph(ctx.attributes, 'body'))
  const inputAxes = listOf(ctx, 'scan_input_axes', scanned)
  const lengths = inputAxes.map((axis, i): Dim => {
    const shape = ctx.inputs[states + i]?.shape
    return shape?.at(axis) ?? null
  })
  const steps = lengths.reduce<Dim>((a, b) => unifyDim(a, b) ?? null, null)
  const axes = listOf(ctx, 'scan_output_axes', types.length - states)
  return types.map((type, i) =>
    i < states ? type : { dtype: type.dtype, shape: insertAxis(type.shape, axes[i - states] ?? 0, steps) },
  )
}

function runScan(inputs: readonly (EvalTensor | undefined)[], ctx: EvaluateContext): EvalTensor[] {
  const body = graph(ctx.attributes, 'body')
  const scanned = number(ctx.attributes, 'num_scan_inputs')
  const stateCount = inputs.length - scanned
  let states = inputs.slice(0, stateCount).map((_, i) => required(inputs, i))
  const sources = inputs.slice(stateCount).map((_, i) => required(inputs, stateCount + i))
  const axes = listOf(ctx, 'scan_input_axes', scanned).map((a, i) => checkedAxis(a, sources[i]!.shape.length))
  const backwards = listOf(ctx, 'scan_input_directions', scanned)
  const outputs = body.outputs.length - stateCount
  const collected: EvalTensor[][] = Array.from({ length: outputs }, () => [])
  const steps = sources[0]?.shape[axes[0]!] ?? 0
  for (let t = 0; t < steps; t++) {
    const slices = sources.map((x, i) => {
      const slice = sliced(x, axes[i]!, backwards[i] ? steps - 1 - t : t, 1)
      return reshaped(slice, withoutAxis(slice.shape, axes[i]!) as readonly number[])
    })
    const results = ctx.run(body, [...states, ...slices])
    states = results.slice(0, stateCount)
    for (const [k, list] of collected.entries()) list.push(results[stateCount + k] as EvalTensor)
  }
  const outputAxes = listOf(ctx, 'scan_output_axes', outputs)
  const reversed = listOf(ctx, 'scan_output_directions', outputs)
  const types = outputTypes(body).slice(stateCount)
  return [
    ...states,
    ...collected.map((parts, k) => stacked(reversed[k] ? parts.toReversed() : parts, outputAxes[k] ?? 0, types[k])),
  ]
}

/** If, Loop and Scan. Bodies see the values of the graphs around them by name. */
export const controlFlowOps: readonly OpSpec[] = [
  {
    op: 'If',
    infer: (ctx) => {
      const then = outputTypes(graph(ctx.attributes, 'then_branch'))
      const otherwise = outputTypes(graph(ctx.attributes, 'else_branch'))
      return then.map((type, i) => eitherType(type, otherwise[i] ?? unknownTypes(1)[0]!))
    },
    evaluate: (inputs, ctx) =>
      ctx.run(graph(ctx.attributes, scalarAt(inputs, 0, 0) !== 0 ? 'then_branch' : 'else_branch'), []),
  },
  { op: 'Loop', infer: inferLoop, evaluate: runLoop },
  { op: 'Scan', infer: inferScan, evaluate: runScan },
]
