import { MalformedFileError, PortolanError } from '../../errors.ts'
import type { DType } from '../../ir/dtype.ts'
import { numbersOf } from '../../ir/tensor.ts'
import { type Dim, formatType, type ValueType } from '../../ir/types.ts'
import type { InferContext } from '../spec.ts'
import { axisOf, broadcastDims, type Dims } from './dims.ts'

export type Infer = (ctx: InferContext) => ValueType[]

const UNKNOWN: ValueType = { dtype: null, shape: null }

/** Refuses the node: its inputs contradict the operator. */
export function fail(ctx: InferContext, message: string): never {
  const inputs = ctx.inputs.map((type) => (type ? formatType(type) : 'none')).join(', ')
  throw new PortolanError('malformed-file', `${ctx.op}(${inputs}): ${message}`)
}

/** The type of an input; throws MalformedFileError when it is left out. */
export function inputType(ctx: InferContext, index: number): ValueType {
  const type = ctx.inputs[index]
  if (!type) throw new MalformedFileError(`${ctx.op} lacks its input ${index}`, { hint: 'The model is not valid.' })
  return type
}

export const shapeOf = (ctx: InferContext, index: number): Dims => inputType(ctx, index).shape

/** The shape of an input that must have a certain rank; null where it is not known. */
export function shapeOfRank(ctx: InferContext, index: number, rank: number): Dims {
  const shape = shapeOf(ctx, index)
  if (shape && shape.length !== rank) fail(ctx, `input ${index} must have ${rank} axes`)
  return shape
}

/** The elements of an input that is a small constant in memory. */
export function constantNumbers(ctx: InferContext, index: number): number[] | undefined {
  return numbersOf(ctx.constant(index))
}

/** The axis, counted from the front. */
export function normalAxis(ctx: InferContext, axis: number, rank: number): number {
  return axisOf(axis, rank) ?? fail(ctx, `axis ${axis} is out of range for ${rank} axes`)
}

/** One output with the type of an input. */
export const sameAs =
  (index: number): Infer =>
  (ctx) => [inputType(ctx, index)]

/** One output with the shape of an input and an element type of its own. */
export const shapeOfInput =
  (index: number, dtype: DType): Infer =>
  (ctx) => [{ dtype, shape: shapeOf(ctx, index) }]

/** One output of the broadcast shape of all inputs; their element type unless another is given. */
export const broadcastInputs =
  (dtype?: DType): Infer =>
  (ctx) => {
    const types = ctx.inputs.map((_, i) => inputType(ctx, i))
    const shape = broadcastDims(types.map((t) => t.shape))
    if (shape === undefined) fail(ctx, 'the shapes can not be broadcast')
    const known = types.flatMap((t) => t.dtype ?? [])
    return [{ dtype: dtype ?? commonType(ctx, known), shape }]
  }

function commonType(ctx: InferContext, dtypes: readonly DType[]): DType | null {
  const [first] = dtypes
  if (dtypes.some((d) => d !== first)) fail(ctx, 'the element types differ')
  return first ?? null
}

/** The element type that these inputs share; throws when they differ. */
export function sharedType(ctx: InferContext, indexes: readonly number[]): DType | null {
  return commonType(
    ctx,
    indexes.flatMap((i) => ctx.inputs[i]?.dtype ?? []),
  )
}

/** A shape of `rank` unknown sizes. */
export const unknownDims = (rank: number): Dim[] => Array.from({ length: rank }, () => null)

export const unknownTypes = (count: number): ValueType[] => Array.from({ length: count }, () => UNKNOWN)
