import { PortolanError } from '../../errors.ts'
import { elementCount } from '../../ir/tensor.ts'
import type { Dim } from '../../ir/types.ts'
import type { EvalTensor, InferContext, OpSpec } from '../spec.ts'
import { flag, number } from './attributes.ts'
import { broadcastDims, type Dims, product } from './dims.ts'
import { evalTensor, numbersAt, optionalNumbersAt, required, scalar, take } from './eval-tensor.ts'
import { constantNumbers, fail, inputType, normalAxis, sameAs, shapeOf, unknownDims } from './infer.ts'
import { broadcastShape, broadcastStrides, checkedAxis, stridedOffsets } from './strides.ts'

/** The tensor with the same elements in another shape. */
export function reshaped(tensor: EvalTensor, shape: readonly number[]): EvalTensor {
  return evalTensor(tensor.dtype, shape, tensor.data)
}

/** Like `array.slice(start, end)`, as Shape clamps its attributes. */
const slicing = (ctx: { attributes: InferContext['attributes'] }) =>
  [
    number(ctx.attributes, 'start', 0),
    ctx.attributes['end'] === undefined ? undefined : number(ctx.attributes, 'end'),
  ] as const

/** A shape input as dims: its values when constant, else as many unknown sizes as it has elements. */
export function shapeInput(ctx: InferContext, index: number): Dims {
  const values = constantNumbers(ctx, index)
  if (values) return values
  const length = inputType(ctx, index).shape?.[0]
  return typeof length === 'number' ? unknownDims(length) : null
}

/**
 * Reshape's result: 0 copies a size unless `allowzero`, −1 is what remains. Sizes known only by symbol are cancelled
 * against each other, so that [N, 4, 5] reshaped to [−1, 20] is [N, 20].
 */
export function reshapedDims(ctx: InferContext, input: Dims, target: readonly number[], allowzero: boolean): Dims {
  if (target.filter((d) => d === -1).length > 1) fail(ctx, 'more than one −1 in the new shape')
  const copied = new Set(allowzero ? [] : target.flatMap((d, i) => (d === 0 ? i : [])))
  if (input && [...copied].some((i) => i >= input.length)) fail(ctx, 'the new shape copies an axis that is not there')
  const result: Dim[] = target.map((d, i) => (copied.has(i) ? (input?.[i] ?? null) : d))
  const hole = target.indexOf(-1)
  const rest = input?.filter((_, i) => !copied.has(i))
  const given = target.filter((d, i) => d !== -1 && !copied.has(i)).reduce((n, d) => n * d, 1)
  if (!rest) return hole < 0 ? result : result.map((d, i) => (i === hole ? null : d))
  const total = product(rest)
  if (hole < 0) {
    if (typeof total === 'number' && total !== given) fail(ctx, `can not become [${target.join(', ')}]`)
    return result
  }
  const known = product(rest.filter((d) => typeof d === 'number')) as number
  const symbols = rest.filter((d) => typeof d !== 'number')
  if (symbols.length === 0) {
    if (given === 0 || known % given !== 0) fail(ctx, `can not become [${target.join(', ')}]`)
    result[hole] = known / given
  } else {
    result[hole] = symbols.length === 1 && known === given ? (symbols[0] as Dim) : null
  }
  return result
}

function evaluateReshape(tensor: EvalTensor, target: readonly number[], allowzero: boolean): EvalTensor {
  const shape = target.map((d, i) => (d === 0 && !allowzero ? tensor.shape[i]! : d))
  const hole = shape.indexOf(-1)
  if (hole >= 0) {
    const given = shape.reduce((n, d) => (d === -1 ? n : n * d), 1)
    shape[hole] = given === 0 ? 0 : tensor.data.length / given
  }
  if (elementCount(shape) !== tensor.data.length || shape.some((d) => !Number.isInteger(d))) {
    throw new PortolanError('invalid-input', `[${tensor.shape.join(', ')}] can not become [${target.join(', ')}]`)
  }
  return reshaped(tensor, shape)
}

function squeezeDims(ctx: InferContext): Dims {
  const shape = shapeOf(ctx, 0)
  if (!shape) return null
  if (ctx.inputs[1]) {
    const axes = constantNumbers(ctx, 1)?.map((a) => normalAxis(ctx, a, shape.length))
    if (!axes) return null
    if (axes.some((a) => typeof shape[a] === 'number' && shape[a] !== 1))
      fail(ctx, `the axes ${axes} are not all of size 1`)
    return shape.filter((_, i) => !axes.includes(i))
  }
  return shape.every((d) => typeof d === 'number') ? shape.filter((d) => d !== 1) : null
}

function unsqueezed<T>(shape: readonly T[], axes: readonly number[], one: T): T[] {
  const rank = shape.length + axes.length
  const inserted = new Set(axes.map((a) => checkedAxis(a, rank)))
  let next = 0
  return Array.from({ length: rank }, (_, i) => (inserted.has(i) ? one : (shape[next++] as T)))
}

/** Operators that give a tensor another shape, or tell its shape. */
export const shapeOps: readonly OpSpec[] = [
  { op: 'Identity', infer: sameAs(0), evaluate: (inputs) => [required(inputs, 0)] },
  {
    // Inference: the mask is all true, and nothing is dropped whatever `training_mode` says.
    op: 'Dropout',
    infer: (ctx) => [inputType(ctx, 0), { dtype: 'bool' as const, shape: shapeOf(ctx, 0) }].slice(0, ctx.outputCount),
    evaluate: (inputs, ctx) => {
      const x = required(inputs, 0)
      const mask = evalTensor('bool', x.shape, new Float64Array(x.data.length).fill(1))
      return [x, mask].slice(0, ctx.outputCount)
    },
  },
  {
    op: 'Shape',
    infer: (ctx) => {
      const length = shapeOf(ctx, 0)?.slice(...slicing(ctx)).length
      return [{ dtype: 'int64', shape: [length ?? null] }]
    },
    evaluate: (inputs, ctx) => {
      const shape = required(inputs, 0).shape.slice(...slicing(ctx))
      return [evalTensor('int64', [shape.length], Float64Array.from(shape))]
    },
  },
  {
    op: 'Size',
    infer: () => [{ dtype: 'int64', shape: [] }],
    evaluate: (inputs) => [scalar('int64', required(inputs, 0).data.length)],
  },
  {
    op: 'Reshape',
    infer: (ctx) => {
      const { dtype, shape } = inputType(ctx, 0)
      const target = constantNumbers(ctx, 1)
      const allowzero = flag(ctx.attributes, 'allowzero', false)
      return [{ dtype, shape: target ? reshapedDims(ctx, shape, target, allowzero) : shapeInput(ctx, 1) }]
    },
    evaluate: (inputs, ctx) => [
      evaluateReshape(required(inputs, 0), Array.from(numbersAt(inputs, 1)), flag(ctx.attributes, 'allowzero', false)),
    ],
  },
  {
    op: 'Flatten',
    infer: (ctx) => {
      const { dtype, shape } = inputType(ctx, 0)
      const axis = number(ctx.attributes, 'axis', 1)
      return [{ dtype, shape: shape ? [product(shape.slice(0, axis)), product(shape.slice(axis))] : unknownDims(2) }]
    },
    evaluate: (inputs, ctx) => {
      const x = required(inputs, 0)
      const axis = number(ctx.attributes, 'axis', 1)
      return [reshaped(x, [elementCount(x.shape.slice(0, axis)), elementCount(x.shape.slice(axis))])]
    },
  },
  {
    op: 'Squeeze',
    infer: (ctx) => [{ dtype: inputType(ctx, 0).dtype, shape: squeezeDims(ctx) }],
    evaluate: (inputs) => {
      const x = required(inputs, 0)
      const axes = optionalNumbersAt(inputs, 1)?.map((a) => checkedAxis(a, x.shape.length))
      return [
        reshaped(
          x,
          x.shape.filter((d, i) => (axes ? !axes.includes(i) : d !== 1)),
        ),
      ]
    },
  },
  {
    op: 'Unsqueeze',
    infer: (ctx) => {
      const { dtype, shape } = inputType(ctx, 0)
      const axes = constantNumbers(ctx, 1)
      const count = shapeInput(ctx, 1)?.length
      if (!shape || count === undefined) return [{ dtype, shape: null }]
      return [{ dtype, shape: axes ? unsqueezed<Dim>(shape, axes, 1) : unknownDims(shape.length + count) }]
    },
    evaluate: (inputs) => {
      const x = required(inputs, 0)
      return [reshaped(x, unsqueezed(x.shape, Array.from(numbersAt(inputs, 1)), 1))]
    },
  },
  {
    op: 'Expand',
    infer: (ctx) => {
      const { dtype, shape } = inputType(ctx, 0)
      const result = broadcastDims([shape, shapeInput(ctx, 1)])
      return [{ dtype, shape: result === undefined ? fail(ctx, 'the shapes can not be broadcast') : result }]
    },
    evaluate: (inputs) => {
      const x = required(inputs, 0)
      const shape = broadcastShape(x.shape, Array.from(numbersAt(inputs, 1)))
      return [take(x, stridedOffsets(shape, broadcastStrides(x.shape, shape)), shape)]
    },
  },
]
