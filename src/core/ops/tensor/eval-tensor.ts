import { PortolanError } from '../../errors.ts'
import type { DType } from '../../ir/dtype.ts'
import { elementCount } from '../../ir/tensor.ts'
import type { EvalTensor } from '../spec.ts'

type Inputs = readonly (EvalTensor | undefined)[]

/** A value of the evaluator; throws when the elements contradict the shape. */
export function evalTensor(dtype: DType, shape: readonly number[], data: Float64Array | readonly string[]): EvalTensor {
  if (data.length !== elementCount(shape)) {
    throw new PortolanError('internal', `${data.length} elements can not have the shape [${shape.join(', ')}]`)
  }
  return { dtype, shape, data }
}

export const scalar = (dtype: DType, value: number): EvalTensor => evalTensor(dtype, [], Float64Array.of(value))

/** The input; throws when it is left out. */
export function required(inputs: Inputs, index: number): EvalTensor {
  const tensor = inputs[index]
  if (!tensor) throw new PortolanError('malformed-file', `input ${index} is missing`)
  return tensor
}

/** The elements of a numeric value; throws on text. */
export function numbersIn(tensor: EvalTensor): Float64Array {
  if (tensor.data instanceof Float64Array) return tensor.data
  throw new PortolanError('malformed-file', 'text where numbers are expected')
}

/** The elements of a text value; throws on numbers. */
export function textsIn(tensor: EvalTensor): readonly string[] {
  if (tensor.data instanceof Float64Array) {
    throw new PortolanError('malformed-file', 'numbers where text is expected')
  }
  return tensor.data
}

/** Elements of a required numeric input. */
export const numbersAt = (inputs: Inputs, index: number): Float64Array => numbersIn(required(inputs, index))

/** Elements of an optional numeric input, as a plain array. */
export function optionalNumbersAt(inputs: Inputs, index: number): number[] | undefined {
  const tensor = inputs[index]
  return tensor ? Array.from(numbersIn(tensor)) : undefined
}

/** The only element of an optional input. */
export function scalarAt(inputs: Inputs, index: number, fallback: number): number {
  const tensor = inputs[index]
  return tensor && tensor.data.length > 0 ? (numbersIn(tensor)[0] as number) : fallback
}

/** `fn` of every element. */
export function mapNumbers(tensor: EvalTensor, fn: (x: number) => number, dtype: DType = tensor.dtype): EvalTensor {
  const data = numbersIn(tensor)
  const result = new Float64Array(data.length)
  for (let i = 0; i < data.length; i++) result[i] = fn(data[i]!)
  return { dtype, shape: tensor.shape, data: result }
}

/** Elements at the offsets, in the new shape; `fill` where an offset is negative. */
export function take(
  tensor: EvalTensor,
  offsets: Int32Array,
  shape: readonly number[],
  fill: number | string = typeof tensor.data[0] === 'string' ? '' : 0,
): EvalTensor {
  const { data } = tensor
  if (data instanceof Float64Array) {
    const result = new Float64Array(offsets.length)
    for (let i = 0; i < offsets.length; i++) result[i] = offsets[i]! < 0 ? (fill as number) : data[offsets[i]!]!
    return evalTensor(tensor.dtype, shape, result)
  }
  return evalTensor(
    tensor.dtype,
    shape,
    Array.from(offsets, (o) => (o < 0 ? (fill as string) : data[o]!)),
  )
}
