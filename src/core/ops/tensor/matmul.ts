import { PortolanError } from '../../errors.ts'
import { elementCount } from '../../ir/tensor.ts'
import type { Dim } from '../../ir/types.ts'
import type { EvalTensor, InferContext, OpSpec } from '../spec.ts'
import { flag, number } from './attributes.ts'
import { zipNumbers } from './binary.ts'
import { broadcastDims, type Dims, unifyDim } from './dims.ts'
import { evalTensor, mapNumbers, numbersIn, required } from './eval-tensor.ts'
import { fail, inputType, shapeOf, shapeOfRank, sharedType } from './infer.ts'
import { transposed } from './movement.ts'
import { multiplyInto } from './multiply.ts'
import { reshaped } from './shape.ts'
import { broadcastShape, broadcastStrides, stridedOffsets } from './strides.ts'

/** The shape of MatMul's result (NumPy's matmul: vectors are promoted, leading axes broadcast). */
export function matMulDims(ctx: InferContext, left: Dims, right: Dims): Dims {
  if (!left || !right) return null
  if (left.length === 0 || right.length === 0) fail(ctx, 'scalars can not be multiplied as matrices')
  const a: readonly Dim[] = left.length === 1 ? [1, ...left] : left
  const b: readonly Dim[] = right.length === 1 ? [...right, 1] : right
  if (unifyDim(a.at(-1) as Dim, b.at(-2) as Dim) === undefined) fail(ctx, 'the inner sizes differ')
  const lead = broadcastDims([a.slice(0, -2), b.slice(0, -2)])
  if (!lead) return lead === null ? null : fail(ctx, 'the leading axes can not be broadcast')
  return [...lead, ...(left.length === 1 ? [] : [a.at(-2) as Dim]), ...(right.length === 1 ? [] : [b.at(-1) as Dim])]
}

/** NumPy's matmul. */
export function matMul(left: EvalTensor, right: EvalTensor): EvalTensor {
  const a = left.shape.length === 1 ? reshaped(left, [1, ...left.shape]) : left
  const b = right.shape.length === 1 ? reshaped(right, [...right.shape, 1]) : right
  const [m = 1, k = 1] = a.shape.slice(-2)
  const [inner = 1, n = 1] = b.shape.slice(-2)
  if (k !== inner) {
    throw new PortolanError(
      'invalid-input',
      `[${left.shape.join(', ')}] · [${right.shape.join(', ')}]: inner sizes differ`,
    )
  }
  const lead = broadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2))
  const aBatches = stridedOffsets(lead, broadcastStrides(a.shape.slice(0, -2), lead))
  const bBatches = stridedOffsets(lead, broadcastStrides(b.shape.slice(0, -2), lead))
  const c = new Float64Array(elementCount(lead) * m * n)
  for (let i = 0; i < aBatches.length; i++) {
    multiplyInto(c, numbersIn(a), numbersIn(b), m, k, n, {
      a: aBatches[i]! * m * k,
      b: bBatches[i]! * k * n,
      c: i * m * n,
    })
  }
  const shape = [...lead, ...(left.shape.length === 1 ? [] : [m]), ...(right.shape.length === 1 ? [] : [n])]
  return evalTensor(left.dtype, shape, c)
}

function gemm(inputs: readonly (EvalTensor | undefined)[], attributes: InferContext['attributes']): EvalTensor {
  const alpha = number(attributes, 'alpha', 1)
  const beta = number(attributes, 'beta', 1)
  const matrix = (i: number, name: string) => {
    const x = required(inputs, i)
    return flag(attributes, name, false) ? transposed(x, [1, 0]) : x
  }
  const product = matMul(matrix(0, 'transA'), matrix(1, 'transB'))
  const scaled = alpha === 1 ? product : mapNumbers(product, (x) => alpha * x)
  const bias = inputs[2]
  return bias ? zipNumbers(scaled, bias, scaled.dtype, (x, c) => x + beta * c) : scaled
}

/** Matrix products. */
export const matMulOps: readonly OpSpec[] = [
  {
    op: 'MatMul',
    infer: (ctx) => [{ dtype: sharedType(ctx, [0, 1]), shape: matMulDims(ctx, shapeOf(ctx, 0), shapeOf(ctx, 1)) }],
    evaluate: (inputs) => [matMul(required(inputs, 0), required(inputs, 1))],
  },
  {
    op: 'Gemm',
    infer: (ctx) => {
      const oriented = (index: number, name: string) => {
        const shape = shapeOfRank(ctx, index, 2)
        return shape && flag(ctx.attributes, name, false) ? [...shape].reverse() : shape
      }
      const [a, b] = [oriented(0, 'transA'), oriented(1, 'transB')]
      const dtype = sharedType(ctx, [0, 1, 2])
      if (!a || !b) return [{ dtype, shape: [a?.[0] ?? null, b?.[1] ?? null] }]
      return [{ dtype, shape: matMulDims(ctx, a, b) }]
    },
    evaluate: (inputs, ctx) => [gemm(inputs, ctx.attributes)],
  },
  {
    op: 'Det',
    infer: (ctx) => {
      const { dtype, shape } = inputType(ctx, 0)
      return [{ dtype, shape: shape ? shape.slice(0, -2) : null }]
    },
    evaluate: (inputs) => {
      const x = required(inputs, 0)
      const n = x.shape.at(-1)!
      const lead = x.shape.slice(0, -2)
      const matrices = Float64Array.from({ length: elementCount(lead) }, (_, i) =>
        determinant(numbersIn(x).slice(i * n * n, (i + 1) * n * n), n),
      )
      return [evalTensor(x.dtype, lead, matrices)]
    },
  },
]

/** The determinant of an n × n matrix by Gaussian elimination with partial pivoting; the matrix is overwritten. */
function determinant(a: Float64Array, n: number): number {
  let result = 1
  for (let column = 0; column < n; column++) {
    let pivot = column
    for (let row = column + 1; row < n; row++) {
      if (Math.abs(a[row * n + column]!) > Math.abs(a[pivot * n + column]!)) pivot = row
    }
    const value = a[pivot * n + column]!
    if (value === 0) return 0
    if (pivot !== column) {
      result = -result
      for (let j = 0; j < n; j++) {
        const swap = a[column * n + j]!
        a[column * n + j] = a[pivot * n + j]!
        a[pivot * n + j] = swap
      }
    }
    result *= value
    for (let row = column + 1; row < n; row++) {
      const factor = a[row * n + column]! / value
      for (let j = column; j < n; j++) a[row * n + j]! -= factor * a[column * n + j]!
    }
  }
  return result
}
