/** erf by its series of positive terms, 2/√π · e^(−x²) · Σ 2ⁿ x^(2n+1) / (2n+1)!!; good to a few ulp for |x| ≤ 2.5 (DLMF 7.6.2). */
function erfSeries(x: number): number {
  let term = x
  let sum = x
  for (let n = 1; Math.abs(term) > Math.abs(sum) * 1e-17; n++) {
    term *= (2 * x * x) / (2 * n + 1)
    sum += term
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum
}

/** e^(x²) erfc(x) for x ≥ 1 by its continued fraction, evaluated from the tail (DLMF 7.9.1). */
function erfcxFraction(x: number): number {
  let fraction = x
  for (let n = 200; n >= 1; n--) fraction = x + n / 2 / fraction
  return 1 / (Math.sqrt(Math.PI) * fraction)
}

const erfcFraction = (x: number): number => Math.exp(-x * x) * erfcxFraction(x)

/** The error function, to about 1e-15. */
export function erf(x: number): number {
  if (Number.isNaN(x) || x === 0) return x
  if (Math.abs(x) < 2.5) return erfSeries(x)
  return x > 0 ? 1 - erfcFraction(x) : erfcFraction(-x) - 1
}

/** 1 − erf(x) without cancellation for large x. */
export function erfc(x: number): number {
  if (Number.isNaN(x)) return x
  return x < 1 ? 1 - erf(x) : erfcFraction(x)
}

/** The scaled e^(x²) erfc(x), which does not underflow, for x ≥ 0. */
export const erfcx = (x: number): number => (x < 1 ? Math.exp(x * x) * erfc(x) : erfcxFraction(x))

/** The standard normal distribution function, to about 1e-15 absolute. */
export const normalCdf = (z: number): number => 0.5 * erfc(-z / Math.SQRT2)

export const normalPdf = (z: number): number => Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI)

/**
 * The standard normal quantile: Newton's method on the lower tail's logarithm, from the leading asymptotic term. NaN outside
 * [0, 1].
 */
export function normalQuantile(p: number): number {
  if (!(p >= 0 && p <= 1)) return Number.NaN
  if (p === 0.5) return 0
  if (p > 0.5) return -normalQuantile(1 - p)
  if (p === 0) return -Infinity
  let z = -Math.sqrt(-2 * Math.log(2 * p))
  for (let i = 0; i < 60; i++) {
    const cdf = normalCdf(z)
    const step = (Math.log(cdf / p) * cdf) / normalPdf(z)
    z -= step
    if (Math.abs(step) <= 1e-16 * Math.abs(z)) break
  }
  return z
}
