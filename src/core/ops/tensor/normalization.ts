import { UnsupportedError } from '../../errors.ts'
import { elementCount } from '../../ir/tensor.ts'
import type { Dim } from '../../ir/types.ts'
import type { EvalTensor, OpSpec } from '../spec.ts'
import { flag, number, numbers } from './attributes.ts'
import { zipNumbers } from './binary.ts'
import { axisOf } from './dims.ts'
import { evalTensor, mapNumbers, numbersAt, numbersIn, required } from './eval-tensor.ts'
import { inputType, sameAs } from './infer.ts'
import { MEAN, reduced } from './reduce.ts'
import { checkedAxis } from './strides.ts'

/** Rows [outer, inner] with mean 0 and variance 1; also the mean and 1 / standard deviation of each row. */
function standardized(data: Float64Array, rows: number, epsilon: number) {
  const width = data.length / Math.max(rows, 1)
  const result = new Float64Array(data.length)
  const means = new Float64Array(rows)
  const inverses = new Float64Array(rows)
  for (let r = 0; r < rows; r++) {
    const row = data.subarray(r * width, (r + 1) * width)
    let mean = 0
    for (const x of row) mean += x / width
    let variance = 0
    for (const x of row) variance += (x - mean) ** 2 / width
    const inverse = 1 / Math.sqrt(variance + epsilon)
    for (let i = 0; i < width; i++) result[r * width + i] = (row[i]! - mean) * inverse
    means[r] = mean
    inverses[r] = inverse
  }
  return { result, means, inverses }
}

/** y = x · scale + bias with one scale and bias per channel (axis 1); overwrites and returns `data`. */
function affinePerChannel(
  data: Float64Array,
  shape: readonly number[],
  scale: Float64Array,
  bias: Float64Array,
): Float64Array {
  const inner = elementCount(shape.slice(2))
  for (let i = 0; i < data.length; i++) {
    const channel = Math.floor(i / inner) % shape[1]!
    data[i] = data[i]! * scale[channel]! + bias[channel]!
  }
  return data
}

/** y = (x − mean) / √(variance + ε) · scale + bias per channel (axis 1; a vector per row when there are two axes). */
function batchNormalization(inputs: readonly (EvalTensor | undefined)[], epsilon: number): EvalTensor {
  const x = required(inputs, 0)
  const [scale, bias, mean, variance] = [1, 2, 3, 4].map((i) => numbersAt(inputs, i)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ]
  const factor = scale.map((s, c) => s / Math.sqrt(variance[c]! + epsilon))
  const shift = bias.map((b, c) => b - mean[c]! * factor[c]!)
  return evalTensor(x.dtype, x.shape, affinePerChannel(numbersIn(x).slice(), x.shape, factor, shift))
}

/** Normalises each of `groups` groups of channels of each image. */
function groupNormalization(inputs: readonly (EvalTensor | undefined)[], groups: number, epsilon: number): EvalTensor {
  const x = required(inputs, 0)
  const { result } = standardized(numbersIn(x), x.shape[0]! * groups, epsilon)
  return evalTensor(x.dtype, x.shape, affinePerChannel(result, x.shape, numbersAt(inputs, 1), numbersAt(inputs, 2)))
}

function layerNormalization(inputs: readonly (EvalTensor | undefined)[], axis: number, epsilon: number): EvalTensor[] {
  const x = required(inputs, 0)
  const a = checkedAxis(axis, x.shape.length)
  const rows = elementCount(x.shape.slice(0, a))
  const { result, means, inverses } = standardized(numbersIn(x), rows, epsilon)
  const scaled = zipNumbers(evalTensor(x.dtype, x.shape, result), required(inputs, 1), x.dtype, (v, s) => v * s)
  const bias = inputs[2]
  const kept = x.shape.map((d, i) => (i < a ? d : 1))
  return [
    bias ? zipNumbers(scaled, bias, x.dtype, (v, b) => v + b) : scaled,
    evalTensor('float32', kept, means),
    evalTensor('float32', kept, inverses),
  ]
}

/** Local response normalisation across channels. */
function localResponse(x: EvalTensor, attributes: Parameters<OpSpec['evaluate']>[1]['attributes']): EvalTensor {
  const size = number(attributes, 'size')
  const [alpha, beta, bias] = [
    number(attributes, 'alpha', 1e-4),
    number(attributes, 'beta', 0.75),
    number(attributes, 'bias', 1),
  ]
  const data = numbersIn(x)
  const channels = x.shape[1]!
  const inner = elementCount(x.shape.slice(2))
  const result = data.map((v, i) => {
    const channel = Math.floor(i / inner) % channels
    let squares = 0
    const last = Math.min(channels - 1, channel + Math.ceil((size - 1) / 2))
    for (let c = Math.max(0, channel - Math.floor((size - 1) / 2)); c <= last; c++) {
      squares += data[i + (c - channel) * inner]! ** 2
    }
    return v / (bias + (alpha / size) * squares) ** beta
  })
  return evalTensor(x.dtype, x.shape, result)
}

/** (x − E[x]) / √E[(x − E[x])²] over the axes; the 1e-9 stands in the operator's function body. */
function meanVariance(x: EvalTensor, axes: readonly number[]): EvalTensor {
  const centred = zipNumbers(x, reduced(x, axes, true, MEAN), x.dtype, (v, m) => v - m)
  const squares = mapNumbers(centred, (v) => v * v)
  return zipNumbers(centred, reduced(squares, axes, true, MEAN), x.dtype, (v, s) => v / (Math.sqrt(s) + 1e-9))
}

/** Normalisations, in inference form. */
export const normalizationOps: readonly OpSpec[] = [
  {
    op: 'BatchNormalization',
    infer: (ctx) => {
      if (ctx.outputCount > 1 || flag(ctx.attributes, 'training_mode', false)) {
        throw new UnsupportedError('BatchNormalization in training mode', {
          hint: 'Export the model for inference (evaluation mode).',
        })
      }
      return sameAs(0)(ctx)
    },
    evaluate: (inputs, ctx) => [batchNormalization(inputs, number(ctx.attributes, 'epsilon', 1e-5))],
  },
  {
    op: 'InstanceNormalization',
    infer: sameAs(0),
    evaluate: (inputs, ctx) => {
      const groups = required(inputs, 0).shape[1]!
      return [groupNormalization(inputs, groups, number(ctx.attributes, 'epsilon', 1e-5))]
    },
  },
  {
    op: 'GroupNormalization',
    infer: sameAs(0),
    evaluate: (inputs, ctx) => [
      groupNormalization(inputs, number(ctx.attributes, 'num_groups'), number(ctx.attributes, 'epsilon', 1e-5)),
    ],
  },
  {
    op: 'LayerNormalization',
    infer: (ctx) => {
      const x = inputType(ctx, 0)
      const axis = x.shape && axisOf(number(ctx.attributes, 'axis', -1), x.shape.length)
      const kept = x.shape ? x.shape.map<Dim>((d, i) => (i < (axis ?? 0) ? d : 1)) : null
      const statistics = { dtype: 'float32' as const, shape: kept }
      return [x, statistics, statistics].slice(0, ctx.outputCount)
    },
    evaluate: (inputs, ctx) =>
      layerNormalization(inputs, number(ctx.attributes, 'axis', -1), number(ctx.attributes, 'epsilon', 1e-5)).slice(
        0,
        ctx.outputCount,
      ),
  },
  { op: 'LRN', infer: sameAs(0), evaluate: (inputs, ctx) => [localResponse(required(inputs, 0), ctx.attributes)] },
  {
    op: 'MeanVarianceNormalization',
    infer: sameAs(0),
    evaluate: (inputs, ctx) => [meanVariance(required(inputs, 0), numbers(ctx.attributes, 'axes', [0, 2, 3]))],
  },
]
