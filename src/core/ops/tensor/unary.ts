import type { Attributes } from '../../ir/graph.ts'
import type { OpSpec } from '../spec.ts'
import { flag, number, text } from './attributes.ts'
import { mapNumbers, required } from './eval-tensor.ts'
import { sameAs, shapeOfInput } from './infer.ts'
import { erf, roundHalfEven, sigmoid, softplus } from './special-functions.ts'

type Scalar = (x: number) => number

/** An operator that maps each element by a function of the attributes; the result has the input's type. */
export function elementwise(op: string, make: (attributes: Attributes) => Scalar): OpSpec {
  return {
    op,
    infer: sameAs(0),
    evaluate: (inputs, ctx) => [mapNumbers(required(inputs, 0), make(ctx.attributes))],
  }
}

/** The same with a boolean result. */
function predicate(op: string, make: (attributes: Attributes) => (x: number) => boolean): OpSpec {
  return {
    op,
    infer: shapeOfInput(0, 'bool'),
    evaluate: (inputs, ctx) => {
      const test = make(ctx.attributes)
      return [mapNumbers(required(inputs, 0), (x) => (test(x) ? 1 : 0), 'bool')]
    },
  }
}

const math = (op: string, fn: Scalar) => elementwise(op, () => fn)

const mathematics = [
  math('Abs', Math.abs),
  math('Acos', Math.acos),
  math('Acosh', Math.acosh),
  math('Asin', Math.asin),
  math('Asinh', Math.asinh),
  math('Atan', Math.atan),
  math('Atanh', Math.atanh),
  math('Ceil', Math.ceil),
  math('Cos', Math.cos),
  math('Cosh', Math.cosh),
  math('Erf', erf),
  math('Exp', Math.exp),
  math('Floor', Math.floor),
  math('Log', Math.log),
  math('Neg', (x) => -x),
  math('Reciprocal', (x) => 1 / x),
  math('Round', roundHalfEven),
  math('Sign', Math.sign),
  math('Sin', Math.sin),
  math('Sinh', Math.sinh),
  math('Sqrt', Math.sqrt),
  math('Tan', Math.tan),
  math('Tanh', Math.tanh),
]

/** Where the definition says `x < 0 ? … : x`, a NaN stays NaN. */
const activations = [
  elementwise('Celu', (a) => {
    const alpha = number(a, 'alpha', 1)
    return (x) => Math.max(0, x) + Math.min(0, alpha * Math.expm1(x / alpha))
  }),
  elementwise('Elu', (a) => {
    const alpha = number(a, 'alpha', 1)
    return (x) => (x < 0 ? alpha * Math.expm1(x) : x)
  }),
  elementwise('Gelu', (a) =>
    text(a, 'approximate', 'none') === 'tanh'
      ? (x) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)))
      : (x) => 0.5 * x * (1 + erf(x / Math.SQRT2)),
  ),
  elementwise('HardSigmoid', (a) => {
    const alpha = number(a, 'alpha', 0.2)
    const beta = number(a, 'beta', 0.5)
    return (x) => Math.max(0, Math.min(1, alpha * x + beta))
  }),
  math('HardSwish', (x) => x * Math.max(0, Math.min(1, x / 6 + 0.5))),
  elementwise('LeakyRelu', (a) => {
    const alpha = number(a, 'alpha', 0.01)
    return (x) => (x < 0 ? alpha * x : x)
  }),
  math('Mish', (x) => x * Math.tanh(softplus(x))),
  math('Relu', (x) => (x < 0 ? 0 : x)),
  elementwise('Selu', (a) => {
    const alpha = number(a, 'alpha', 1.6732632423543772)
    const gamma = number(a, 'gamma', 1.0507009873554805)
    return (x) => gamma * (x > 0 ? x : alpha * Math.expm1(x))
  }),
  elementwise('Shrink', (a) => {
    const bias = number(a, 'bias', 0)
    const lambda = number(a, 'lambd', 0.5)
    return (x) => (x < -lambda ? x + bias : x > lambda ? x - bias : 0)
  }),
  math('Sigmoid', sigmoid),
  math('Softplus', softplus),
  math('Softsign', (x) => x / (1 + Math.abs(x))),
  elementwise('ThresholdedRelu', (a) => {
    const alpha = number(a, 'alpha', 1)
    return (x) => (x > alpha ? x : 0)
  }),
]

const predicates = [
  predicate('IsInf', (a) => {
    const positive = flag(a, 'detect_positive', true)
    const negative = flag(a, 'detect_negative', true)
    return (x) => (positive && x === Number.POSITIVE_INFINITY) || (negative && x === Number.NEGATIVE_INFINITY)
  }),
  predicate('IsNaN', () => Number.isNaN),
  predicate('Not', () => (x) => x === 0),
]

/** Operators with one input that work element by element. */
export const unaryOps: readonly OpSpec[] = [...mathematics, ...activations, ...predicates]
