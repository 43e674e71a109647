import { UnsupportedError } from '../../errors.ts'
import { roundHalfEven } from './special-functions.ts'

/** One sample that contributes to an interpolated value; the index may lie outside the axis. */
export interface Tap {
  readonly index: number
  readonly weight: number
}

const ROUNDINGS: Readonly<Record<string, (x: number) => number>> = {
  round_prefer_floor: (x) => Math.ceil(x - 0.5),
  round_prefer_ceil: (x) => Math.floor(x + 0.5),
  round_half_even: roundHalfEven,
  floor: Math.floor,
  ceil: Math.ceil,
}

export function nearestTap(x: number, rounding: string): Tap {
  const round = ROUNDINGS[rounding]
  if (!round) throw new UnsupportedError(`rounding a coordinate by ${rounding}`)
  return { index: round(x), weight: 1 }
}

export function linearTaps(x: number): Tap[] {
  const index = Math.floor(x)
  return [
    { index, weight: 1 - (x - index) },
    { index: index + 1, weight: x - index },
  ]
}

/** Keys' cubic convolution (IEEE Trans. ASSP 29, 1981) with the coefficient a. */
export function cubicTaps(x: number, a: number): Tap[] {
  const index = Math.floor(x)
  const near = (d: number) => ((a + 2) * d - (a + 3)) * d * d + 1
  const far = (d: number) => ((a * d - 5 * a) * d + 8 * a) * d - 4 * a
  const t = x - index
  return [
    { index: index - 1, weight: far(1 + t) },
    { index, weight: near(t) },
    { index: index + 1, weight: near(1 - t) },
    { index: index + 2, weight: far(2 - t) },
  ]
}
