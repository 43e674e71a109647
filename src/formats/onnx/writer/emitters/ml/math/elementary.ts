import type { GraphBuilder, ValueName } from '../../../../../../core/ir/builder.ts'
import { scalar } from '../constants.ts'

/**
 * Functions that ONNX Runtime computes in float only (1.30: Tan, Asin, Acos, Atan, Sinh, Cosh, Erf have no double kernel), or
 * that ONNX has no operator for, out of those that it computes in double. All take and give [N, c] float64.
 */
type Unary = (g: GraphBuilder, x: ValueName) => ValueName

const binary = (op: string) => (g: GraphBuilder, a: ValueName, b: ValueName) => g.op(op, [a, b])
export const add = binary('Add')
export const sub = binary('Sub')
export const mul = binary('Mul')
export const div = binary('Div')
export const where = (g: GraphBuilder, condition: ValueName, a: ValueName, b: ValueName) =>
  g.op('Where', [condition, a, b])

/** 1 / (1 + e⁻ˣ), accurate relative to itself in both tails, where ONNX Runtime's double Sigmoid (1.30) is (1 + tanh(x/2)) / 2. */
export const sigmoid: Unary = (g, x) => {
  const e = g.op('Exp', [g.op('Neg', [g.op('Abs', [x])])])
  const numerator = where(g, g.op('Less', [x, scalar(g, 0)]), e, scalar(g, 1))
  return div(g, numerator, add(g, e, scalar(g, 1)))
}

/** eˣ − 1 = 2t / (1 − t), t = tanh(x/2): no cancellation near 0. */
export const expMinusOne: Unary = (g, x) => {
  const t = g.op('Tanh', [mul(g, x, scalar(g, 0.5))])
  const near = div(g, mul(g, t, scalar(g, 2)), sub(g, scalar(g, 1), t))
  const far = sub(g, g.op('Exp', [x]), scalar(g, 1))
  return where(g, g.op('Less', [g.op('Abs', [x]), scalar(g, 1)]), near, far)
}

/** log(1 + x) = log(u) · x / (u − 1), u = 1 + x rounded: the rounding errors cancel (Higham, Accuracy and Stability, §1.14.1). */
export const logOnePlus: Unary = (g, x) => {
  const u = add(g, x, scalar(g, 1))
  const gap = sub(g, u, scalar(g, 1))
  const log = g.op('Log', [u])
  const corrected = mul(g, log, div(g, x, gap))
  const isTiny = g.op('Equal', [gap, scalar(g, 0)])
  const isHuge = g.op('Greater', [x, scalar(g, 1e15)])
  return where(g, isTiny, x, where(g, isHuge, log, corrected))
}

/** The float arctangent, and one step of tan(θ − y) = (x cos y − sin y) / (cos y + x sin y), which leaves an error of about 1e-21. */
export const arctangent: Unary = (g, x) => {
  const finite = g.op('Clip', [x, g.float64([-1e300], []), g.float64([1e300], [])])
  const narrow = g.op('Cast', [finite], { to: 'float32' })
  const y = g.op('Cast', [g.op('Atan', [narrow])], { to: 'float64' })
  const [sin, cos] = [g.op('Sin', [y]), g.op('Cos', [y])]
  const step = div(g, sub(g, mul(g, finite, cos), sin), add(g, cos, mul(g, finite, sin)))
  return add(g, y, step)
}

/** atan(x / √((1 − x)(1 + x))): NaN beyond ±1. */
export const arcsine: Unary = (g, x) => {
  const root = g.op('Sqrt', [mul(g, sub(g, scalar(g, 1), x), add(g, scalar(g, 1), x))])
  return arctangent(g, div(g, x, root))
}

/** 2 atan(√((1 − x) / (1 + x))): NaN beyond ±1. */
export const arccosine: Unary = (g, x) => {
  const ratio = div(g, sub(g, scalar(g, 1), x), add(g, scalar(g, 1), x))
  return mul(g, arctangent(g, g.op('Sqrt', [ratio])), scalar(g, 2))
}

export const tangent: Unary = (g, x) => div(g, g.op('Sin', [x]), g.op('Cos', [x]))

/** (e + e / (e + 1)) / 2, e = eˣ − 1, on |x| < 1; (eˣ − e⁻ˣ) / 2 elsewhere. */
export const hyperbolicSine: Unary = (g, x) => {
  const e = expMinusOne(g, x)
  const near = add(g, e, div(g, e, add(g, e, scalar(g, 1))))
  const far = sub(g, g.op('Exp', [x]), g.op('Exp', [g.op('Neg', [x])]))
  const isNear = g.op('Less', [g.op('Abs', [x]), scalar(g, 1)])
  return mul(g, where(g, isNear, near, far), scalar(g, 0.5))
}

export const hyperbolicCosine: Unary = (g, x) =>
  mul(g, add(g, g.op('Exp', [x]), g.op('Exp', [g.op('Neg', [x])])), scalar(g, 0.5))

/** ln(x) / ln(10), made exact where x is a power of ten. */
export const decimalLogarithm: Unary = (g, x) => {
  const y = div(g, g.op('Log', [x]), scalar(g, Math.LN10))
  const whole = g.op('Round', [y])
  const isPower = g.op('Equal', [g.op('Pow', [scalar(g, 10), whole]), x])
  return where(g, isPower, whole, y)
}

/** Halves go up. x + 0.5 would round for itself; the remainder x − ⌊x⌋ is exact. */
export const roundHalfUp: Unary = (g, x) => {
  const floor = g.op('Floor', [x])
  const isUp = g.op('GreaterOrEqual', [sub(g, x, floor), scalar(g, 0.5)])
  return where(g, isUp, add(g, floor, scalar(g, 1)), floor)
}
