import type { Attributes } from '../../ir/graph.ts'
import { elementCount } from '../../ir/tensor.ts'
import type { Dim } from '../../ir/types.ts'
import type { EvalTensor, InferContext, OpSpec } from '../spec.ts'
import { flag, number, numbers } from './attributes.ts'
import { evalTensor, numbersIn, optionalNumbersAt, required } from './eval-tensor.ts'
import { constantNumbers, fail, inputType, unknownDims } from './infer.ts'
import { MEAN, reduced } from './reduce.ts'
import { stridesOf } from './strides.ts'
import { indexesOf, type Window, windowDims, windowOffsets, windowOver } from './window.ts'

function inferPool(ctx: InferContext) {
  const { dtype, shape } = inputType(ctx, 0)
  const kernel = numbers(ctx.attributes, 'kernel_shape')
  if (shape && shape.length !== kernel.length + 2) fail(ctx, `a kernel of ${kernel.length} axes does not fit`)
  const result = shape
    ? [...shape.slice(0, 2), ...windowDims(ctx.attributes, shape.slice(2), kernel)]
    : unknownDims(kernel.length + 2)
  return [
    { dtype, shape: result },
    { dtype: 'int64' as const, shape: result },
  ].slice(0, ctx.outputCount)
}

interface Pooling {
  readonly window: Window
  readonly offsets: readonly Int32Array[]
  /** Planes are [N · C]. */
  readonly planes: number
  readonly inSize: number
  readonly outSize: number
  readonly shape: readonly number[]
}

function poolingOf(x: EvalTensor, attributes: Attributes): Pooling {
  const [batch = 0, channels = 0, ...spatial] = x.shape
  const window = windowOver(attributes, spatial, numbers(attributes, 'kernel_shape'))
  return {
    window,
    offsets: windowOffsets(window, spatial),
    planes: batch * channels,
    inSize: elementCount(spatial),
    outSize: elementCount(window.out),
    shape: [batch, channels, ...window.out],
  }
}

/** Folds what the window sees; the padding is not seen. */
function pooled(
  x: EvalTensor,
  pooling: Pooling,
  start: number,
  step: (total: number, x: number) => number,
): Float64Array {
  const { offsets, planes, inSize, outSize } = pooling
  const data = numbersIn(x)
  const result = new Float64Array(planes * outSize).fill(start)
  for (let plane = 0; plane < planes; plane++) {
    for (const at of offsets) {
      for (let j = 0; j < outSize; j++) {
        if (at[j]! < 0) continue
        const out = plane * outSize + j
        result[out] = step(result[out]!, data[plane * inSize + at[j]!]!)
      }
    }
  }
  return result
}

/** How many positions of the window lie in the input, or in the padded input, for each position of the result. */
function windowCounts(
  { out, kernel, strides, dilations, padsBegin, padsEnd }: Window,
  spatial: readonly number[],
  padding: boolean,
) {
  const perAxis = out.map((size, axis) => {
    const low = padding ? -padsBegin[axis]! : 0
    const high = spatial[axis]! + (padding ? padsEnd[axis]! : 0)
    return Array.from({ length: size }, (_, o) => {
      const first = o * strides[axis]! - padsBegin[axis]!
      const inside = Array.from({ length: kernel[axis]! }, (_, k) => first + k * dilations[axis]!)
      return inside.filter((i) => i >= low && i < high).length
    })
  })
  return indexesOf(out).map((position) => position.reduce((n, o, axis) => n * perAxis[axis]![o]!, 1))
}

function averagePool(x: EvalTensor, attributes: Attributes): EvalTensor {
  const pooling = poolingOf(x, attributes)
  const result = pooled(x, pooling, 0, (total, v) => total + v)
  const counts = windowCounts(pooling.window, x.shape.slice(2), flag(attributes, 'count_include_pad', false))
  for (let i = 0; i < result.length; i++) result[i]! /= counts[i % pooling.outSize]!
  return evalTensor(x.dtype, pooling.shape, result)
}

function maxPool(x: EvalTensor, attributes: Attributes): EvalTensor[] {
  const pooling = poolingOf(x, attributes)
  const { offsets, planes, inSize, outSize, shape } = pooling
  const data = numbersIn(x)
  const result = new Float64Array(planes * outSize).fill(Number.NEGATIVE_INFINITY)
  const indices = new Float64Array(result.length)
  for (let plane = 0; plane < planes; plane++) {
    for (const at of offsets) {
      for (let j = 0; j < outSize; j++) {
        if (at[j]! < 0) continue
        const out = plane * outSize + j
        const index = plane * inSize + at[j]!
        if (data[index]! > result[out]!) {
          result[out] = data[index]!
          indices[out] = index
        }
      }
    }
  }
  const flat = flag(attributes, 'storage_order', false) ? indices.map((i) => columnMajor(i, x.shape.slice(2))) : indices
  return [evalTensor(x.dtype, shape, result), evalTensor('int64', shape, flat)]
}

/** A flat index with the spatial part counted first axis fastest. */
function columnMajor(index: number, spatial: readonly number[]): number {
  const size = elementCount(spatial)
  const strides = stridesOf(spatial)
  let stride = 1
  let result = Math.floor(index / size) * size
  for (const [axis, d] of spatial.entries()) {
    result += (Math.floor((index % size) / strides[axis]!) % d) * stride
    stride *= d
  }
  return result
}

function lpPool(x: EvalTensor, attributes: Attributes): EvalTensor {
  const p = number(attributes, 'p', 2)
  const pooling = poolingOf(x, attributes)
  const sums = pooled(x, pooling, 0, (total, v) => total + Math.abs(v) ** p)
  return evalTensor(
    x.dtype,
    pooling.shape,
    sums.map((s) => s ** (1 / p)),
  )
}

function maxUnpool(x: EvalTensor, indices: EvalTensor, shape: readonly number[]): EvalTensor {
  const result = new Float64Array(elementCount(shape))
  const values = numbersIn(x)
  for (const [i, index] of numbersIn(indices).entries()) result[index] = values[i]!
  return evalTensor(x.dtype, shape, result)
}

/** Size of MaxUnpool's result without an explicit one. */
function unpooledDims(attributes: Attributes, spatial: readonly Dim[]): Dim[] {
  const kernel = numbers(attributes, 'kernel_shape')
  const strides = numbers(
    attributes,
    'strides',
    kernel.map(() => 1),
  )
  const pads = numbers(
    attributes,
    'pads',
    [...kernel, ...kernel].map(() => 0),
  )
  return spatial.map((d, i) =>
    typeof d === 'number' ? (d - 1) * strides[i]! - pads[i]! - pads[i + kernel.length]! + kernel[i]! : null,
  )
}

function globalPool(
  op: string,
  fold: (x: EvalTensor, axes: readonly number[], attributes: Attributes) => EvalTensor,
): OpSpec {
  return {
    op,
    infer: (ctx) => {
      const { dtype, shape } = inputType(ctx, 0)
      return [{ dtype, shape: shape ? shape.map((d, i) => (i < 2 ? d : 1)) : null }]
    },
    evaluate: (inputs, ctx) => {
      const x = required(inputs, 0)
      return [fold(x, [...x.shape.keys()].slice(2), ctx.attributes)]
    },
  }
}

/** Pooling over windows and over everything. */
export const poolOps: readonly OpSpec[] = [
  {
    op: 'AveragePool',
    infer: inferPool,
    evaluate: (inputs, ctx) => [averagePool(required(inputs, 0), ctx.attributes)],
  },
  {
    op: 'MaxPool',
    infer: inferPool,
    evaluate: (inputs, ctx) => maxPool(required(inputs, 0), ctx.attributes).slice(0, ctx.outputCount),
  },
  { op: 'LpPool', infer: inferPool, evaluate: (inputs, ctx) => [lpPool(required(inputs, 0), ctx.attributes)] },
  {
    op: 'MaxUnpool',
    infer: (ctx) => {
      const { dtype, shape } = inputType(ctx, 0)
      const given = ctx.inputs[2] ? constantNumbers(ctx, 2) : undefined
      if (given || !shape) return [{ dtype, shape: given ?? null }]
      if (ctx.inputs[2]) return [{ dtype, shape: unknownDims(shape.length) }]
      return [{ dtype, shape: [...shape.slice(0, 2), ...unpooledDims(ctx.attributes, shape.slice(2))] }]
    },
    evaluate: (inputs, ctx) => {
      const x = required(inputs, 0)
      const shape =
        optionalNumbersAt(inputs, 2) ??
        ([...x.shape.slice(0, 2), ...unpooledDims(ctx.attributes, x.shape.slice(2))] as number[])
      return [maxUnpool(x, required(inputs, 1), shape)]
    },
  },
  globalPool('GlobalAveragePool', (x, axes) => reduced(x, axes, true, MEAN)),
  globalPool('GlobalMaxPool', (x, axes) => reduced(x, axes, true, { start: Number.NEGATIVE_INFINITY, step: Math.max })),
  globalPool('GlobalLpPool', (x, axes, attributes) => {
    const p = number(attributes, 'p', 2)
    const step = (total: number, v: number) => total + Math.abs(v) ** p
    return reduced(x, axes, true, { start: 0, step, finish: (total) => total ** (1 / p) })
  }),
]
