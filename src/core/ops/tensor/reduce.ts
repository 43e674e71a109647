import { elementCount } from '../../ir/tensor.ts'
import type { Dim } from '../../ir/types.ts'
import type { EvalTensor, InferContext, OpSpec } from '../spec.ts'
import { flag, number } from './attributes.ts'
import { evalTensor, numbersIn, optionalNumbersAt, required } from './eval-tensor.ts'
import { constantNumbers, inputType, normalAxis, unknownDims } from './infer.ts'
import { limitsOf } from './integers.ts'
import { axisView, checkedAxis, stridedOffsets, stridesOf } from './strides.ts'

interface Reduction {
  /** The result of nothing, which also starts the fold. */
  readonly start: number | ((dtype: EvalTensor['dtype']) => number)
  readonly step: (total: number, x: number) => number
  readonly finish?: (total: number, count: number) => number
}

/** The shape without the reduced axes, or with 1 in their places. */
export function reducedShape<T>(shape: readonly T[], axes: readonly number[], keepdims: boolean, one: T): T[] {
  return keepdims ? shape.map((d, i) => (axes.includes(i) ? one : d)) : shape.filter((_, i) => !axes.includes(i))
}

/** For each element of a tensor, where the result of its reduction stands. */
export function reductionOffsets(shape: readonly number[], axes: readonly number[]): Int32Array {
  const strides = stridesOf(reducedShape(shape, axes, true, 1)).map((s, i) => (axes.includes(i) ? 0 : s))
  return stridedOffsets(shape, strides)
}

/** Folds the elements of the reduced axes. */
export function reduced(x: EvalTensor, axes: readonly number[], keepdims: boolean, rule: Reduction): EvalTensor {
  const data = numbersIn(x)
  const shape = reducedShape(x.shape, axes, keepdims, 1)
  const start = typeof rule.start === 'number' ? rule.start : rule.start(x.dtype)
  const result = new Float64Array(elementCount(shape)).fill(start)
  const offsets = reductionOffsets(x.shape, axes)
  for (let i = 0; i < data.length; i++) result[offsets[i]!] = rule.step(result[offsets[i]!]!, data[i]!)
  if (rule.finish) {
    const count = axes.reduce((n, a) => n * x.shape[a]!, 1)
    for (let i = 0; i < result.length; i++) result[i] = rule.finish(result[i]!, count)
  }
  return evalTensor(x.dtype, shape, result)
}

const SUM: Reduction = { start: 0, step: (total, x) => total + x }
const MAX: Reduction = { start: (dtype) => limitsOf(dtype)[0], step: Math.max }

export const MEAN: Reduction = { ...SUM, finish: (total, count) => total / count }

/** Σ eˣ by way of the maximum, so that nothing overflows. */
function logSumExp(x: EvalTensor, axes: readonly number[], keepdims: boolean): EvalTensor {
  const data = numbersIn(x)
  const max = reduced(x, axes, keepdims, MAX)
  const shift = numbersIn(max).map((m) => (Number.isFinite(m) ? m : 0))
  const offsets = reductionOffsets(x.shape, axes)
  const total = new Float64Array(shift.length)
  for (let i = 0; i < data.length; i++) total[offsets[i]!]! += Math.exp(data[i]! - shift[offsets[i]!]!)
  return { ...max, data: total.map((t, i) => Math.log(t) + shift[i]!) }
}

function inferReduce(ctx: InferContext) {
  const { dtype, shape } = inputType(ctx, 0)
  const keepdims = flag(ctx.attributes, 'keepdims', true)
  if (!shape) return [{ dtype, shape: null }]
  const given = ctx.inputs[1] ? constantNumbers(ctx, 1) : []
  if (!given) return [{ dtype, shape: keepdims ? unknownDims(shape.length) : null }]
  if (given.length === 0 && flag(ctx.attributes, 'noop_with_empty_axes', false)) return [{ dtype, shape }]
  const axes = given.length === 0 ? [...shape.keys()] : given.map((a) => normalAxis(ctx, a, shape.length))
  return [{ dtype, shape: reducedShape<Dim>(shape, axes, keepdims, 1) }]
}

function reduceOp(op: string, fold: (x: EvalTensor, axes: readonly number[], keepdims: boolean) => EvalTensor): OpSpec {
  return {
    op,
    infer: inferReduce,
    evaluate: (inputs, ctx) => {
      const x = required(inputs, 0)
      const given = optionalNumbersAt(inputs, 1) ?? []
      if (given.length === 0 && flag(ctx.attributes, 'noop_with_empty_axes', false)) return [x]
      const axes = given.length === 0 ? [...x.shape.keys()] : given.map((a) => checkedAxis(a, x.shape.length))
      return [fold(x, axes, flag(ctx.attributes, 'keepdims', true))]
    },
  }
}

const folding = (op: string, rule: Reduction) => reduceOp(op, (x, axes, keepdims) => reduced(x, axes, keepdims, rule))

/** ArgMax and ArgMin: the index of the first (or last) best element along an axis. */
function argOp(op: string, better: (a: number, b: number) => boolean): OpSpec {
  return {
    op,
    infer: (ctx) => {
      const { shape } = inputType(ctx, 0)
      const keepdims = flag(ctx.attributes, 'keepdims', true)
      if (!shape) return [{ dtype: 'int64', shape: null }]
      const axis = normalAxis(ctx, number(ctx.attributes, 'axis', 0), shape.length)
      return [{ dtype: 'int64', shape: reducedShape<Dim>(shape, [axis], keepdims, 1) }]
    },
    evaluate: (inputs, ctx) => {
      const x = required(inputs, 0)
      const data = numbersIn(x)
      const last = flag(ctx.attributes, 'select_last_index', false)
      const { axis, outer, size, inner } = axisView(x.shape, number(ctx.attributes, 'axis', 0))
      const result = new Float64Array(outer * inner)
      for (let i = 0; i < result.length; i++) {
        const start = Math.floor(i / inner) * size * inner + (i % inner)
        let best = 0
        for (let k = 1; k < size; k++) {
          const [a, b] = [data[start + k * inner]!, data[start + best * inner]!]
          if (better(a, b) || (last && a === b)) best = k
        }
        result[i] = best
      }
      return [evalTensor('int64', reducedShape(x.shape, [axis], flag(ctx.attributes, 'keepdims', true), 1), result)]
    },
  }
}

/** Reductions over axes. */
export const reduceOps: readonly OpSpec[] = [
  folding('ReduceL1', { start: 0, step: (total, x) => total + Math.abs(x) }),
  folding('ReduceL2', { start: 0, step: (total, x) => total + x * x, finish: Math.sqrt }),
  folding('ReduceLogSum', { ...SUM, finish: Math.log }),
  reduceOp('ReduceLogSumExp', logSumExp),
  folding('ReduceMax', MAX),
  folding('ReduceMean', MEAN),
  folding('ReduceMin', { start: (dtype) => limitsOf(dtype)[1], step: Math.min }),
  folding('ReduceProd', { start: 1, step: (total, x) => total * x }),
  folding('ReduceSum', SUM),
  folding('ReduceSumSquare', { start: 0, step: (total, x) => total + x * x }),
  argOp('ArgMax', (a, b) => a > b),
  argOp('ArgMin', (a, b) => a < b),
]
