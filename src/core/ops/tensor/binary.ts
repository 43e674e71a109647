import { MalformedFileError } from '../../errors.ts'
import type { DType } from '../../ir/dtype.ts'
import type { Attributes } from '../../ir/graph.ts'
import { elementCount } from '../../ir/tensor.ts'
import type { EvalTensor, OpSpec } from '../spec.ts'
import { flag, text } from './attributes.ts'
import { evalTensor, mapNumbers, numbersIn, required, take } from './eval-tensor.ts'
import { broadcastInputs, sameAs, shapeOf } from './infer.ts'
import { INTEGER_BITS, isInteger, wrapInteger } from './integers.ts'
import { broadcastShape, broadcastStrides, stridedOffsets } from './strides.ts'

type Scalar = (a: number, b: number) => number

/** `fn` of every pair of elements, NumPy-broadcast. */
export function zipNumbers(a: EvalTensor, b: EvalTensor, dtype: DType, fn: Scalar): EvalTensor {
  const x = numbersIn(a)
  const y = numbersIn(b)
  const shape = broadcastShape(a.shape, b.shape)
  const count = elementCount(shape)
  const result = new Float64Array(count)
  const left = readerOf(a, shape, count)
  const right = readerOf(b, shape, count)
  for (let i = 0; i < count; i++) {
    result[i] = fn(
      x[left.offsets ? left.offsets[i]! : i * left.step]!,
      y[right.offsets ? right.offsets[i]! : i * right.step]!,
    )
  }
  return evalTensor(dtype, shape, result)
}

/** How a tensor is read as one of the broadcast shape: in order, always the same element, or at offsets. */
function readerOf(t: EvalTensor, shape: readonly number[], count: number): { step: number; offsets?: Int32Array } {
  if (t.data.length === count) return { step: 1 }
  if (t.data.length === 1) return { step: 0 }
  return { step: 0, offsets: offsetsIn(t, shape) }
}

const offsetsIn = (t: EvalTensor, shape: readonly number[]) => stridedOffsets(shape, broadcastStrides(t.shape, shape))

/** An operator of two broadcast inputs of one type, which is the result's. */
function arithmetic(op: string, make: (dtype: DType, attributes: Attributes) => Scalar): OpSpec {
  return {
    op,
    infer: broadcastInputs(),
    evaluate(inputs, ctx) {
      const a = required(inputs, 0)
      const b = required(inputs, 1)
      const fn = make(a.dtype, ctx.attributes)
      return [zipNumbers(a, b, a.dtype, isInteger(a.dtype) ? (x, y) => wrapInteger(fn(x, y), a.dtype) : fn)]
    },
  }
}

/** An operator of two broadcast inputs with a boolean result; works on text too when `ofText` is given. */
function relation(
  op: string,
  fn: (a: number, b: number) => boolean,
  ofText?: (a: string, b: string) => boolean,
): OpSpec {
  return {
    op,
    infer: broadcastInputs('bool'),
    evaluate(inputs) {
      const a = required(inputs, 0)
      const b = required(inputs, 1)
      if (!ofText || a.data instanceof Float64Array || b.data instanceof Float64Array) {
        return [zipNumbers(a, b, 'bool', (x, y) => (fn(x, y) ? 1 : 0))]
      }
      const shape = broadcastShape(a.shape, b.shape)
      const x = take(a, offsetsIn(a, shape), shape).data as readonly string[]
      const y = take(b, offsetsIn(b, shape), shape).data as readonly string[]
      return [
        evalTensor(
          'bool',
          shape,
          Float64Array.from(x, (s, i) => (ofText(s, y[i]!) ? 1 : 0)),
        ),
      ]
    },
  }
}

/** An operator of one or more broadcast inputs, folded from the left. */
function variadic(op: string, fn: Scalar, finish?: (x: number, count: number) => number): OpSpec {
  return {
    op,
    infer: broadcastInputs(),
    evaluate(inputs) {
      let result = required(inputs, 0)
      for (let i = 1; i < inputs.length; i++) result = zipNumbers(result, required(inputs, i), result.dtype, fn)
      return [finish ? mapNumbers(result, (x) => finish(x, inputs.length)) : result]
    },
  }
}

/** Remainder with the divisor's sign (Python's %) or, with fmod, the dividend's (C's). */
function modulo(fmod: boolean): Scalar {
  if (fmod) return (a, b) => a % b
  return (a, b) => {
    const rest = a % b
    return rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest
  }
}

/** A bitwise operator: 64-bit types by way of BigInt, others in 32 bits. */
function bitwise(op: string, narrow: Scalar, wide: (a: bigint, b: bigint) => bigint): OpSpec {
  return arithmetic(op, (dtype) =>
    INTEGER_BITS[dtype]?.bits === 64 ? (a, b) => Number(wide(BigInt(a), BigInt(b))) : narrow,
  )
}

const and = (a: number, b: number) => a !== 0 && b !== 0
const or = (a: number, b: number) => a !== 0 || b !== 0

/** Operators of two or more inputs that work element by element on broadcast shapes. */
export const binaryOps: readonly OpSpec[] = [
  arithmetic('Add', () => (a, b) => a + b),
  arithmetic('Sub', () => (a, b) => a - b),
  arithmetic('Mul', () => (a, b) => a * b),
  arithmetic('Div', (dtype) => (isInteger(dtype) ? (a, b) => Math.trunc(a / b) : (a, b) => a / b)),
  arithmetic('Mod', (_, attributes) => modulo(flag(attributes, 'fmod', false))),
  {
    op: 'Pow',
    infer(ctx) {
      const base = ctx.inputs[0]
      const [result] = broadcastInputs(base?.dtype ?? 'float32')(ctx)
      return [{ dtype: base?.dtype ?? null, shape: result?.shape ?? null }]
    },
    evaluate(inputs) {
      const base = required(inputs, 0)
      const { dtype } = base
      const fn: Scalar = isInteger(dtype) ? (a, b) => wrapInteger(Math.trunc(a ** b), dtype) : (a, b) => a ** b
      return [zipNumbers(base, required(inputs, 1), dtype, fn)]
    },
  },
  {
    op: 'PRelu',
    infer: (ctx) => {
      broadcastInputs()(ctx)
      return sameAs(0)(ctx)
    },
    evaluate: (inputs) => {
      const x = required(inputs, 0)
      return [zipNumbers(x, required(inputs, 1), x.dtype, (a, slope) => (a < 0 ? slope * a : a))]
    },
  },
  // A NaN among the inputs is the result, as in NumPy and ONNX Runtime; Math.min and Math.max do the same.
  variadic('Min', Math.min),
  variadic('Max', Math.max),
  variadic('Sum', (a, b) => a + b),
  variadic(
    'Mean',
    (a, b) => a + b,
    (total, count) => total / count,
  ),
  relation(
    'Equal',
    (a, b) => a === b,
    (a, b) => a === b,
  ),
  relation('Greater', (a, b) => a > b),
  relation('GreaterOrEqual', (a, b) => a >= b),
  relation('Less', (a, b) => a < b),
  relation('LessOrEqual', (a, b) => a <= b),
  relation('And', and),
  relation('Or', or),
  relation('Xor', (a, b) => (a !== 0) !== (b !== 0)),
  bitwise(
    'BitwiseAnd',
    (a, b) => a & b,
    (a, b) => a & b,
  ),
  bitwise(
    'BitwiseOr',
    (a, b) => a | b,
    (a, b) => a | b,
  ),
  bitwise(
    'BitwiseXor',
    (a, b) => a ^ b,
    (a, b) => a ^ b,
  ),
  arithmetic('BitShift', (dtype, attributes) => {
    const direction = text(attributes, 'direction')
    if (direction === 'LEFT')
      return (a, b) => Number(BigInt.asUintN(INTEGER_BITS[dtype]?.bits ?? 64, BigInt(a) << BigInt(b)))
    if (direction === 'RIGHT') return (a, b) => Math.floor(a / 2 ** b)
    throw new MalformedFileError(`BitShift to the ${direction}`, { hint: 'The direction is LEFT or RIGHT.' })
  }),
  {
    op: 'BitwiseNot',
    infer: sameAs(0),
    evaluate: (inputs) => {
      const x = required(inputs, 0)
      return [mapNumbers(x, (a) => wrapInteger(-a - 1, x.dtype))]
    },
  },
  {
    op: 'Where',
    infer: (ctx) => {
      const [shape] = broadcastInputs('bool')(ctx)
      const dtype = ctx.inputs[1]?.dtype ?? ctx.inputs[2]?.dtype ?? null
      shapeOf(ctx, 2)
      return [{ dtype, shape: shape?.shape ?? null }]
    },
    evaluate: (inputs) => {
      const condition = required(inputs, 0)
      const a = required(inputs, 1)
      const b = required(inputs, 2)
      const shape = broadcastShape(condition.shape, a.shape, b.shape)
      const [test, x, y] = [condition, a, b].map((t) => take(t, offsetsIn(t, shape), shape).data)
      const pick =
        <T>(left: ArrayLike<T>, right: ArrayLike<T>) =>
        (_: unknown, i: number) =>
          test![i] ? left[i]! : right[i]!
      const data =
        x instanceof Float64Array && y instanceof Float64Array
          ? new Float64Array(x.length).map(pick(x, y))
          : Array.from({ length: test!.length }, pick(x as readonly string[], y as readonly string[]))
      return [evalTensor(a.dtype, shape, data)]
    },
  },
]
