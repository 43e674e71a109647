import { PortolanError } from '../../errors.ts'
import { elementCount } from '../../ir/tensor.ts'
import type { EvalTensor, OpSpec } from '../spec.ts'
import { number, text } from './attributes.ts'
import { evalTensor, numbersAt, numbersIn, required, textsIn } from './eval-tensor.ts'
import { alongAxis, checkedIndex } from './gather.ts'
import { sameAs } from './infer.ts'
import { checkedAxis, stridesOf } from './strides.ts'

type Reduction = 'none' | 'add' | 'mul' | 'min' | 'max'

const REDUCTIONS: Readonly<Record<Reduction, (old: number, update: number) => number>> = {
  none: (_, update) => update,
  add: (old, update) => old + update,
  mul: (old, update) => old * update,
  min: Math.min,
  max: Math.max,
}

/** A copy of the data with the updates written (or combined) at the offsets. */
function scattered(data: EvalTensor, offsets: Int32Array, updates: EvalTensor, reduction: Reduction): EvalTensor {
  if (!(data.data instanceof Float64Array)) {
    if (reduction !== 'none') throw new PortolanError('unsupported', `text can not be combined by ${reduction}`)
    const result = [...data.data]
    for (const [i, offset] of offsets.entries()) result[offset] = textsIn(updates)[i]!
    return evalTensor(data.dtype, data.shape, result)
  }
  const combine = REDUCTIONS[reduction]
  const values = numbersIn(updates)
  const result = data.data.slice()
  for (let i = 0; i < offsets.length; i++) result[offsets[i]!] = combine(result[offsets[i]!]!, values[i]!)
  return evalTensor(data.dtype, data.shape, result)
}

/** Operators that write at indices. */
export const scatterOps: readonly OpSpec[] = [
  {
    op: 'ScatterElements',
    infer: sameAs(0),
    evaluate: (inputs, ctx) => {
      const data = required(inputs, 0)
      const axis = checkedAxis(number(ctx.attributes, 'axis', 0), data.shape.length)
      const offsets = alongAxis(required(inputs, 1).shape, axis, data.shape, numbersAt(inputs, 1))
      return [scattered(data, offsets, required(inputs, 2), text<Reduction>(ctx.attributes, 'reduction', 'none'))]
    },
  },
  {
    op: 'ScatterND',
    infer: sameAs(0),
    evaluate: (inputs, ctx) => {
      const data = required(inputs, 0)
      const indices = numbersAt(inputs, 1)
      const depth = required(inputs, 1).shape.at(-1)!
      const strides = stridesOf(data.shape)
      const inner = elementCount(data.shape.slice(depth))
      const count = elementCount(required(inputs, 1).shape.slice(0, -1))
      const offsets = new Int32Array(count * inner)
      for (let i = 0; i < count; i++) {
        let start = 0
        for (let d = 0; d < depth; d++) start += checkedIndex(indices[i * depth + d]!, data.shape[d]!) * strides[d]!
        for (let k = 0; k < inner; k++) offsets[i * inner + k] = start + k
      }
      return [scattered(data, offsets, required(inputs, 2), text<Reduction>(ctx.attributes, 'reduction', 'none'))]
    },
  },
]
