import type { DType } from '../../ir/dtype.ts'
import type { Attributes } from '../../ir/graph.ts'
import type { EvalTensor, OpSpec } from '../spec.ts'
import { dtype as dtypeOf, number } from './attributes.ts'
import { zipNumbers } from './binary.ts'
import { rounder } from './cast.ts'
import { convDims, convolve } from './conv.ts'
import { mapNumbers, numbersIn, required, scalar, take } from './eval-tensor.ts'
import { inputType, shapeOf } from './infer.ts'
import { limitsOf } from './integers.ts'
import { matMul, matMulDims } from './matmul.ts'
import { reshaped } from './shape.ts'
import { roundHalfEven } from './special-functions.ts'
import { checkedAxis, stridedOffsets, stridesOf } from './strides.ts'

const saturate = (x: number, [low, high]: readonly [number, number]) => Math.min(Math.max(x, low), high)

/** A scale or zero point in a shape that broadcasts against x: one per tensor, per axis, or per block of an axis. */
function alignParameter(parameter: EvalTensor, x: EvalTensor, attributes: Attributes): EvalTensor {
  if (parameter.data.length === 1) return reshaped(parameter, [])
  const axis = checkedAxis(number(attributes, 'axis', 1), x.shape.length)
  const block = number(attributes, 'block_size', 0)
  if (parameter.shape.length === 1 && block === 0) {
    return reshaped(
      parameter,
      x.shape.map((d, i) => (i === axis ? d : 1)),
    )
  }
  // Every block shares one element: split the axis into [blocks, block] and repeat.
  const strides = stridesOf(parameter.shape)
  const split = x.shape.flatMap((d, i) => (i === axis ? [parameter.shape[axis]!, block] : [d]))
  const repeated = strides.flatMap((s, i) => (i === axis ? [s, 0] : [s]))
  return take(parameter, stridedOffsets(split, repeated), x.shape)
}

function quantizedType(zeroPoint: DType | null | undefined, attributes: Attributes): DType {
  const named = attributes['output_dtype']
  return zeroPoint ?? (named === undefined || named === 0 ? 'uint8' : dtypeOf(attributes, 'output_dtype'))
}

/** saturate(round(x / scale) + zero point); the quotient is rounded to the scale's type first, as it decides ties. */
function quantize(
  x: EvalTensor,
  scale: EvalTensor,
  zeroPoint: EvalTensor | undefined,
  attributes: Attributes,
): EvalTensor {
  const type = quantizedType(zeroPoint?.dtype, attributes)
  const limits = limitsOf(type)
  const round = rounder(scale.dtype)
  const steps = zipNumbers(x, alignParameter(scale, x, attributes), type, (v, s) => roundHalfEven(round(v / s)))
  const shifted = zeroPoint ? zipNumbers(steps, alignParameter(zeroPoint, x, attributes), type, (v, z) => v + z) : steps
  return mapNumbers(shifted, (v) => saturate(v, limits))
}

/** (x − zero point) · scale. */
function dequantize(x: EvalTensor, scale: EvalTensor, zeroPoint: EvalTensor | undefined, attributes: Attributes) {
  return zipNumbers(
    withoutZero(x, zeroPoint && alignParameter(zeroPoint, x, attributes)),
    alignParameter(scale, x, attributes),
    scale.dtype,
    (v, s) => v * s,
  )
}

const withoutZero = (x: EvalTensor, zeroPoint: EvalTensor | undefined): EvalTensor =>
  zeroPoint ? zipNumbers(x, zeroPoint, 'int32', (v, z) => v - z) : { ...x, dtype: 'int32' }

/** One parameter per output channel (or one for all), aligned with weights [M, …] or with a result [N, M, …]. */
function alignChannels(parameter: EvalTensor, rank: number, axis: number): EvalTensor {
  const shape = Array.from({ length: rank }, (_, i) => (i === axis ? parameter.data.length : 1))
  return parameter.data.length === 1 ? reshaped(parameter, []) : reshaped(parameter, shape)
}

/** A zero point of MatMul's operand: one per row of A or per column of B. */
function alignMatrix(parameter: EvalTensor, side: 'rows' | 'columns'): EvalTensor {
  if (parameter.data.length === 1) return reshaped(parameter, [])
  if (parameter.shape.length > 1) return parameter
  return reshaped(parameter, side === 'rows' ? [parameter.data.length, 1] : [1, parameter.data.length])
}

/** saturate(round(accumulator · multiplier) + zero point). */
function requantize(
  accumulator: EvalTensor,
  multiplier: EvalTensor,
  yScale: EvalTensor,
  yZero: EvalTensor,
): EvalTensor {
  const scaled = zipNumbers(accumulator, multiplier, 'float32', (v, m) => v * m)
  const limits = limitsOf(yZero.dtype)
  const steps = zipNumbers(scaled, yScale, yZero.dtype, (v, s) => roundHalfEven(Math.fround(v / s)))
  return zipNumbers(steps, yZero, yZero.dtype, (v, z) => saturate(v + z, limits))
}

function qLinearConv(inputs: readonly (EvalTensor | undefined)[], attributes: Attributes): EvalTensor {
  const [x, xScale, xZero, w, wScale, wZero, yScale, yZero] = [0, 1, 2, 3, 4, 5, 6, 7].map((i) => required(inputs, i))
  const rank = x!.shape.length
  const weights = withoutZero(w!, alignChannels(wZero!, rank, 0))
  const accumulator = convolve(withoutZero(x!, reshaped(xZero!, [])), weights, inputs[8], attributes)
  const multiplier = zipNumbers(alignChannels(wScale!, rank, 1), reshaped(xScale!, []), 'float32', (a, b) => a * b)
  return requantize(accumulator, multiplier, reshaped(yScale!, []), reshaped(yZero!, []))
}

function qLinearMatMul(inputs: readonly (EvalTensor | undefined)[]): EvalTensor {
  const [a, aScale, aZero, b, bScale, bZero, yScale, yZero] = [0, 1, 2, 3, 4, 5, 6, 7].map((i) => required(inputs, i))
  const product = matMul(withoutZero(a!, alignMatrix(aZero!, 'rows')), withoutZero(b!, alignMatrix(bZero!, 'columns')))
  const multiplier = zipNumbers(
    alignMatrix(aScale!, 'rows'),
    alignMatrix(bScale!, 'columns'),
    'float32',
    (x, y) => x * y,
  )
  return requantize(product, multiplier, alignMatrix(yScale!, 'rows'), alignMatrix(yZero!, 'rows'))
}

/** uint8 quantisation with the range found in the data, zero included (operator documentation). */
function dynamicQuantize(x: EvalTensor): EvalTensor[] {
  const data = numbersIn(x)
  const max = data.reduce((a, b) => Math.max(a, b), 0)
  const min = data.reduce((a, b) => Math.min(a, b), 0)
  const scale = Math.fround((max - min) / 255)
  const zero = scale === 0 ? 0 : saturate(roundHalfEven(Math.fround(-min / scale)), [0, 255])
  const y = mapNumbers(
    x,
    (v) => (scale === 0 ? 0 : saturate(roundHalfEven(Math.fround(v / scale)) + zero, [0, 255])),
    'uint8',
  )
  return [y, scalar('float32', scale), scalar('uint8', zero)]
}

/** Quantised arithmetic. */
export const quantizeOps: readonly OpSpec[] = [
  {
    op: 'QuantizeLinear',
    infer: (ctx) => [{ dtype: quantizedType(ctx.inputs[2]?.dtype, ctx.attributes), shape: shapeOf(ctx, 0) }],
    evaluate: (inputs, ctx) => [quantize(required(inputs, 0), required(inputs, 1), inputs[2], ctx.attributes)],
  },
  {
    op: 'DequantizeLinear',
    infer: (ctx) => [{ dtype: inputType(ctx, 1).dtype, shape: shapeOf(ctx, 0) }],
    evaluate: (inputs, ctx) => [dequantize(required(inputs, 0), required(inputs, 1), inputs[2], ctx.attributes)],
  },
  {
    op: 'DynamicQuantizeLinear',
    infer: (ctx) => [
      { dtype: 'uint8', shape: shapeOf(ctx, 0) },
      { dtype: 'float32', shape: [] },
      { dtype: 'uint8', shape: [] },
    ],
    evaluate: (inputs) => dynamicQuantize(required(inputs, 0)),
  },
  {
    op: 'QLinearConv',
    infer: (ctx) => [{ dtype: inputType(ctx, 7).dtype, shape: convDims(ctx, shapeOf(ctx, 0), shapeOf(ctx, 3)) }],
    evaluate: (inputs, ctx) => [qLinearConv(inputs, ctx.attributes)],
  },
  {
    op: 'QLinearMatMul',
    infer: (ctx) => [{ dtype: inputType(ctx, 7).dtype, shape: matMulDims(ctx, shapeOf(ctx, 0), shapeOf(ctx, 3)) }],
    evaluate: (inputs) => [qLinearMatMul(inputs)],
  },
  {
    op: 'ConvInteger',
    infer: (ctx) => [{ dtype: 'int32', shape: convDims(ctx, shapeOf(ctx, 0), shapeOf(ctx, 1)) }],
    evaluate: (inputs, ctx) => {
      const [x, w] = [required(inputs, 0), required(inputs, 1)]
      const wZero = inputs[3] && alignChannels(inputs[3], w.shape.length, 0)
      const xZero = inputs[2] && reshaped(inputs[2], [])
      return [convolve(withoutZero(x, xZero), withoutZero(w, wZero), undefined, ctx.attributes)]
    },
  },
  {
    op: 'MatMulInteger',
    infer: (ctx) => [{ dtype: 'int32', shape: matMulDims(ctx, shapeOf(ctx, 0), shapeOf(ctx, 1)) }],
    evaluate: (inputs) => {
      const [aZero, bZero] = [
        inputs[2] && alignMatrix(inputs[2], 'rows'),
        inputs[3] && alignMatrix(inputs[3], 'columns'),
      ]
      return [matMul(withoutZero(required(inputs, 0), aZero), withoutZero(required(inputs, 1), bZero))]
    },
  },
]
