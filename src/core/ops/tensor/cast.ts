import type { DType } from '../../ir/dtype.ts'
import type { EvalTensor, OpSpec } from '../spec.ts'
import { dtype } from './attributes.ts'
import { evalTensor, mapNumbers, required } from './eval-tensor.ts'
import { bfloat16ToNumber, numberToBfloat16, roundToFloat16 } from './float16.ts'
import { shapeOf } from './infer.ts'
import { isInteger, wrapInteger } from './integers.ts'

/** How a number is rounded when it becomes the element type: floats to nearest, integers towards zero (then modulo 2^bits). */
export function rounder(to: DType): (x: number) => number {
  if (to === 'float32') return Math.fround
  if (to === 'float16') return roundToFloat16
  if (to === 'bfloat16') return (x) => bfloat16ToNumber(numberToBfloat16(x))
  if (to === 'bool') return (x) => (x === 0 ? 0 : 1)
  if (isInteger(to)) return (x) => wrapInteger(Math.trunc(x), to) + 0
  return (x) => x
}

/** The number in a text as ONNX's Cast reads it: plain or scientific notation, `NaN`, `INF`, `-INF` in any case. */
export function parseNumber(text: string): number {
  const infinite = /^([+-]?)inf(inity)?$/i.exec(text.trim())
  if (infinite) return infinite[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  return text.trim() === '' ? Number.NaN : Number(text)
}

/** The shortest text that reads back as the same number of this type. */
export function formatNumber(x: number, from: DType): string {
  if (Number.isNaN(x)) return 'NaN'
  if (!Number.isFinite(x)) return x > 0 ? 'INF' : '-INF'
  const round = rounder(from)
  if (from === 'float32' || from === 'float16' || from === 'bfloat16') {
    for (let digits = 1; digits < 17; digits++) {
      const candidate = Number(x.toPrecision(digits))
      if (round(candidate) === x) return String(candidate)
    }
  }
  return String(x)
}

/** The tensor with another element type. */
export function castTensor(tensor: EvalTensor, to: DType): EvalTensor {
  const { data, shape } = tensor
  if (data instanceof Float64Array) {
    if (to !== 'string') return mapNumbers(tensor, rounder(to), to)
    return evalTensor(
      to,
      shape,
      Array.from(data, (x) => formatNumber(x, tensor.dtype)),
    )
  }
  if (to === 'string') return tensor
  const round = rounder(to)
  return evalTensor(
    to,
    shape,
    Float64Array.from(data, (text) => round(parseNumber(text))),
  )
}

/** Conversions of the element type. */
export const castOps: readonly OpSpec[] = [
  {
    op: 'Cast',
    infer: (ctx) => [{ dtype: dtype(ctx.attributes, 'to'), shape: shapeOf(ctx, 0) }],
    evaluate: (inputs, ctx) => [castTensor(required(inputs, 0), dtype(ctx.attributes, 'to'))],
  },
  {
    op: 'CastLike',
    infer: (ctx) => [{ dtype: ctx.inputs[1]?.dtype ?? null, shape: shapeOf(ctx, 0) }],
    evaluate: (inputs) => [castTensor(required(inputs, 0), required(inputs, 1).dtype)],
  },
]
