import type { GraphBuilder, ValueName } from '../../../../../../core/ir/builder.ts'
import { erfcx } from '../../../../../../core/ops/ml/normal-distribution.ts'
import { scalar } from '../constants.ts'
import { add, div, mul, sub, where } from './elementary.ts'

/** Degree of the polynomials; 28 coefficients leave less than 1e-15. */
const TERMS = 28

/**
 * Coefficients, lowest power first, of the polynomial P(u) on [−1, 1] with erfc(z) = t · exp(P(u) − z²) for z ≥ 0,
 * t = 2 / (2 + z), u = 2t − 1: interpolated at Chebyshev nodes, as in Numerical Recipes §6.2.2, and multiplied out.
 */
const EXPONENT = chebyshevFit((u) => {
  const t = (u + 1) / 2
  // At t = 0, z is infinite and erfcx(z) / t tends to 1 / (2 √π).
  return t < 1e-9 ? -Math.log(2 * Math.sqrt(Math.PI)) : Math.log(erfcx(2 / t - 2) / t)
})

/** Taylor coefficients of erf(x) / x in powers of x². */
const TAYLOR = Float64Array.from({ length: TERMS }, (_, n) => taylorTerm(n))

function taylorTerm(n: number): number {
  let factorial = 1
  for (let i = 2; i <= n; i++) factorial *= i
  return (n % 2 === 0 ? 2 : -2) / Math.sqrt(Math.PI) / (factorial * (2 * n + 1))
}

function chebyshevFit(f: (u: number) => number): Float64Array {
  const nodes = Array.from({ length: TERMS }, (_, k) => Math.cos((Math.PI * (k + 0.5)) / TERMS))
  const values = nodes.map(f)
  const powers = new Float64Array(TERMS)
  let before = new Float64Array(TERMS)
  let current = Float64Array.from({ length: TERMS }, (_, i) => (i === 0 ? 1 : 0))
  for (let n = 0; n < TERMS; n++) {
    const sum = values.reduce((total, value, k) => total + value * Math.cos((Math.PI * n * (k + 0.5)) / TERMS), 0)
    const coefficient = ((n === 0 ? 1 : 2) / TERMS) * sum
    for (let i = 0; i < TERMS; i++) powers[i] = (powers[i] as number) + coefficient * (current[i] as number)
    // Tₙ₊₁ = 2u Tₙ − Tₙ₋₁; T₁ = u.
    const next = current.map(
      (_, i) => (n === 0 ? 1 : 2) * (current[i - 1] ?? 0) - (n === 0 ? 0 : (before[i] as number)),
    )
    before = current
    current = next
  }
  return powers
}

/** Σ coefficients[n] xⁿ of each element of [N, c]: one Pow and one MatMul instead of a chain of multiplications. */
function polynomial(g: GraphBuilder, x: ValueName, coefficients: Float64Array): ValueName {
  const exponents = Float64Array.from(coefficients, (_, n) => n)
  const powers = g.op('Pow', [g.op('Unsqueeze', [x, g.int64([-1])]), g.float64(exponents)])
  const sums = g.op('MatMul', [powers, g.float64(coefficients, [coefficients.length, 1])])
  return g.op('Squeeze', [sums, g.int64([-1])])
}

/** erfc(|x|), accurate relative to itself, far into the tail. */
function complementary(g: GraphBuilder, magnitude: ValueName): ValueName {
  const t = div(g, scalar(g, 2), add(g, magnitude, scalar(g, 2)))
  const u = sub(g, mul(g, t, scalar(g, 2)), scalar(g, 1))
  const exponent = sub(g, polynomial(g, u, EXPONENT), mul(g, magnitude, magnitude))
  return mul(g, t, g.op('Exp', [exponent]))
}

/** The error function in float64, to about 1e-15. */
export function errorFunction(g: GraphBuilder, x: ValueName): ValueName {
  const magnitude = g.op('Abs', [x])
  const isSmall = g.op('Less', [magnitude, scalar(g, 1)])
  // Kept inside its range: a value thrown away must not overflow to NaN.
  const inside = g.op('Clip', [x, g.float64([-1], []), g.float64([1], [])])
  const near = mul(g, inside, polynomial(g, mul(g, inside, inside), TAYLOR))
  const far = mul(g, g.op('Sign', [x]), sub(g, scalar(g, 1), complementary(g, magnitude)))
  return where(g, isSmall, near, far)
}

/** The standard normal distribution function in float64, accurate in both tails. */
export function normalDistribution(g: GraphBuilder, z: ValueName): ValueName {
  const x = mul(g, z, scalar(g, Math.SQRT1_2))
  const half = mul(g, complementary(g, g.op('Abs', [x])), scalar(g, 0.5))
  return where(g, g.op('Greater', [x, scalar(g, 0)]), sub(g, scalar(g, 1), half), half)
}

export function normalDensity(g: GraphBuilder, z: ValueName): ValueName {
  const exponent = mul(g, mul(g, z, z), scalar(g, -0.5))
  return div(g, g.op('Exp', [exponent]), scalar(g, Math.sqrt(2 * Math.PI)))
}

/**
 * The standard normal quantile in float64: the estimate 26.2.23 of Abramowitz and Stegun for the lower tail (error 4.5e-4), and
 * three steps of Halley's method, each of which triples the digits.
 */
export function normalQuantile(g: GraphBuilder, p: ValueName): ValueName {
  const isUpper = g.op('Greater', [p, scalar(g, 0.5)])
  const tail = where(g, isUpper, sub(g, scalar(g, 1), p), p)
  const t = g.op('Sqrt', [mul(g, g.op('Log', [tail]), scalar(g, -2))])
  const above = polynomial(g, t, Float64Array.of(2.515517, 0.802853, 0.010328))
  const below = polynomial(g, t, Float64Array.of(1, 1.432788, 0.189269, 0.001308))
  let z = sub(g, div(g, above, below), t)
  for (let step = 0; step < 3; step++) {
    const error = div(g, sub(g, normalDistribution(g, z), tail), normalDensity(g, z))
    const slope = add(g, mul(g, mul(g, z, error), scalar(g, 0.5)), scalar(g, 1))
    z = sub(g, z, div(g, error, slope))
  }
  const isZero = g.op('Equal', [tail, scalar(g, 0)])
  const lower = where(g, isZero, scalar(g, -Infinity), z)
  return where(g, isUpper, g.op('Neg', [lower]), lower)
}
