import type { EvalTensor, OpSpec } from '../spec.ts'
import { flag, number } from './attributes.ts'
import { evalTensor, numbersIn, required, scalarAt } from './eval-tensor.ts'
import { sameAs } from './infer.ts'
import { axisView } from './strides.ts'

/** Replaces each line along an axis by `fn` of it. */
export function mapLines(x: EvalTensor, axis: number, fn: (line: Float64Array) => Float64Array): EvalTensor {
  const data = numbersIn(x)
  const { outer, size, inner } = axisView(x.shape, axis)
  const result = new Float64Array(data.length)
  const line = new Float64Array(size)
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      const start = o * size * inner + i
      for (let k = 0; k < size; k++) line[k] = data[start + k * inner]!
      const mapped = fn(line)
      for (let k = 0; k < size; k++) result[start + k * inner] = mapped[k]!
    }
  }
  return evalTensor(x.dtype, x.shape, result)
}

const greatest = (line: Float64Array) => line.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)

function softmax(line: Float64Array): Float64Array {
  const max = greatest(line)
  const powers = line.map((x) => Math.exp(x - max))
  const total = powers.reduce((a, b) => a + b, 0)
  return powers.map((p) => p / total)
}

function logSoftmax(line: Float64Array): Float64Array {
  const max = greatest(line)
  const total = Math.log(line.reduce((sum, x) => sum + Math.exp(x - max), 0))
  return line.map((x) => x - max - total)
}

function hardmax(line: Float64Array): Float64Array {
  const first = line.indexOf(greatest(line))
  return line.map((_, i) => (i === first ? 1 : 0))
}

function lpNormalize(line: Float64Array, p: number): Float64Array {
  const norm =
    p === 1 ? line.reduce((sum, x) => sum + Math.abs(x), 0) : Math.sqrt(line.reduce((sum, x) => sum + x * x, 0))
  return line.map((x) => (norm === 0 ? 0 : x / norm))
}

function cumulativeSum(line: Float64Array, exclusive: boolean, reverse: boolean): Float64Array {
  const result = new Float64Array(line.length)
  let total = 0
  for (let i = 0; i < line.length; i++) {
    const k = reverse ? line.length - 1 - i : i
    const next = total + line[k]!
    result[k] = exclusive ? total : next
    total = next
  }
  return result
}

const lineOp = (op: string, axis: number, fn: (line: Float64Array) => Float64Array): OpSpec => ({
  op,
  infer: sameAs(0),
  evaluate: (inputs, ctx) => [mapLines(required(inputs, 0), number(ctx.attributes, 'axis', axis), fn)],
})

/** Operators that work on lines along one axis and keep the shape. */
export const softmaxOps: readonly OpSpec[] = [
  lineOp('Softmax', -1, softmax),
  lineOp('LogSoftmax', -1, logSoftmax),
  lineOp('Hardmax', -1, hardmax),
  {
    op: 'LpNormalization',
    infer: sameAs(0),
    evaluate: (inputs, ctx) => {
      const p = number(ctx.attributes, 'p', 2)
      return [mapLines(required(inputs, 0), number(ctx.attributes, 'axis', -1), (line) => lpNormalize(line, p))]
    },
  },
  {
    op: 'CumSum',
    infer: sameAs(0),
    evaluate: (inputs, ctx) => {
      const exclusive = flag(ctx.attributes, 'exclusive', false)
      const reverse = flag(ctx.attributes, 'reverse', false)
      return [mapLines(required(inputs, 0), scalarAt(inputs, 1, 0), (line) => cumulativeSum(line, exclusive, reverse))]
    },
  },
]
