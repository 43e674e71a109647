import { elementCount } from '../../ir/tensor.ts'
import type { EvalTensor, OpSpec } from '../spec.ts'
import { dtype, number, tensor } from './attributes.ts'
import { evalTensor, numbersAt, required, scalarAt } from './eval-tensor.ts'
import { constantNumbers, inputType, shapeOf } from './infer.ts'
import { shapeInput } from './shape.ts'
import { axisView, stridesOf } from './strides.ts'

/** 1 on the k-th diagonal of a matrix, 0 elsewhere. */
function eye(like: EvalTensor, k: number, type: EvalTensor['dtype']): EvalTensor {
  const columns = like.shape[1]!
  const data = like.data.length
  return evalTensor(
    type,
    like.shape,
    Float64Array.from({ length: data }, (_, i) => (i % columns === Math.floor(i / columns) + k ? 1 : 0)),
  )
}

function rangeLength(start: number, limit: number, delta: number): number {
  return Math.max(0, Math.ceil((limit - start) / delta))
}

function oneHot(indices: EvalTensor, depth: number, [off, on]: readonly [number, number], axis: number): EvalTensor {
  const rank = indices.shape.length + 1
  const at = axis < 0 ? axis + rank : axis
  const shape = [...indices.shape.slice(0, at), depth, ...indices.shape.slice(at)]
  const { inner } = axisView(shape, at)
  const values = indices.data as Float64Array
  const data = Float64Array.from({ length: elementCount(shape) }, (_, i) => {
    const slot = Math.floor(i / inner) % depth
    const value = values[Math.floor(i / (inner * depth)) * inner + (i % inner)]!
    return (value < 0 ? value + depth : value) === slot ? on : off
  })
  return evalTensor('float64', shape, data)
}

/** Operators that make tensors. */
export const createOps: readonly OpSpec[] = [
  {
    op: 'ConstantOfShape',
    infer: (ctx) => [{ dtype: tensor(ctx.attributes, 'value')?.dtype ?? 'float32', shape: shapeInput(ctx, 0) }],
    evaluate: (inputs, ctx) => {
      const value = tensor(ctx.attributes, 'value')
      const shape = Array.from(numbersAt(inputs, 0))
      const fill = value?.data === undefined ? 0 : Number(value.data[0])
      return [evalTensor(value?.dtype ?? 'float32', shape, new Float64Array(elementCount(shape)).fill(fill))]
    },
  },
  {
    op: 'EyeLike',
    infer: (ctx) => {
      const { dtype: own, shape } = inputType(ctx, 0)
      return [{ dtype: ctx.attributes['dtype'] === undefined ? own : dtype(ctx.attributes, 'dtype'), shape }]
    },
    evaluate: (inputs, ctx) => {
      const like = required(inputs, 0)
      return [eye(like, number(ctx.attributes, 'k', 0), dtype(ctx.attributes, 'dtype', like.dtype))]
    },
  },
  {
    op: 'Range',
    infer: (ctx) => {
      const [start, limit, delta] = [0, 1, 2].map((i) => constantNumbers(ctx, i)?.[0])
      const known = start !== undefined && limit !== undefined && delta !== undefined
      return [{ dtype: inputType(ctx, 0).dtype, shape: [known ? rangeLength(start, limit, delta) : null] }]
    },
    evaluate: (inputs) => {
      const [start, limit, delta] = [0, 1, 2].map((i) => scalarAt(inputs, i, 0)) as [number, number, number]
      const length = rangeLength(start, limit, delta)
      return [
        evalTensor(
          required(inputs, 0).dtype,
          [length],
          Float64Array.from({ length }, (_, i) => start + i * delta),
        ),
      ]
    },
  },
  {
    op: 'OneHot',
    infer: (ctx) => {
      const indices = shapeOf(ctx, 0)
      const type = inputType(ctx, 2).dtype
      if (!indices) return [{ dtype: type, shape: null }]
      const axis = number(ctx.attributes, 'axis', -1)
      const at = axis < 0 ? axis + indices.length + 1 : axis
      const depth = constantNumbers(ctx, 1)?.[0] ?? null
      return [{ dtype: type, shape: [...indices.slice(0, at), depth, ...indices.slice(at)] }]
    },
    evaluate: (inputs, ctx) => {
      const [off = 0, on = 1] = numbersAt(inputs, 2)
      const result = oneHot(required(inputs, 0), scalarAt(inputs, 1, 0), [off, on], number(ctx.attributes, 'axis', -1))
      return [{ ...result, dtype: required(inputs, 2).dtype }]
    },
  },
  {
    op: 'NonZero',
    infer: (ctx) => [{ dtype: 'int64', shape: [shapeOf(ctx, 0)?.length ?? null, null] }],
    evaluate: (inputs) => {
      const { shape } = required(inputs, 0)
      const found = Array.from(numbersAt(inputs, 0)).flatMap((x, i) => (x !== 0 ? i : []))
      const strides = stridesOf(shape)
      const rows = shape.flatMap((size, axis) => found.map((i) => Math.floor(i / strides[axis]!) % size))
      return [evalTensor('int64', [shape.length, found.length], Float64Array.from(rows))]
    },
  },
]
