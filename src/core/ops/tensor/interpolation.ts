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

/** A kernel of interpolation: the weight of a sample by its distance, 0 from `support` on. */
export interface Kernel {
  readonly support: number
  weight(distance: number): number
}

export const LINEAR: Kernel = { support: 1, weight: (d) => Math.max(0, 1 - d) }

/** Keys' cubic convolution (IEEE Trans. ASSP 29, 1981) with the coefficient a. */
export const cubic = (a: number): Kernel => ({
  support: 2,
  weight: (d) => {
    if (d <= 1) return ((a + 2) * d - (a + 3)) * d * d + 1
    return d < 2 ? ((a * d - 5 * a) * d + 8 * a) * d - 4 * a : 0
  },
})

/** The samples around x that contribute. */
export function kernelTaps(x: number, { support, weight }: Kernel): Tap[] {
  const first = Math.floor(x) - support + 1
  return Array.from({ length: 2 * support }, (_, i) => ({ index: first + i, weight: weight(Math.abs(first + i - x)) }))
}

/**
 * The same when an axis shrinks by `scale` < 1 and antialiasing is asked for: the kernel is as much wider, and its weights are
 * divided by their sum (onnxruntime, core/providers/cpu/tensor/upsample_antialias.h).
 */
export function antialiasTaps(x: number, scale: number, { support, weight }: Kernel): Tap[] {
  const first = Math.floor(x + 1 - support / scale)
  const end = Math.floor(x + 1 + support / scale)
  const taps = Array.from({ length: end - first }, (_, i) => ({
    index: first + i,
    weight: weight(Math.abs(first + i - x) * scale),
  }))
  const total = taps.reduce((sum, tap) => sum + tap.weight, 0)
  return taps.map((tap) => ({ ...tap, weight: tap.weight / total }))
}
