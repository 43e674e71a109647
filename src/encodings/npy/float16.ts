const FRACTION_BITS = 10
const EXPONENT_BIAS = 15
const MAX_EXPONENT = 31

/** The value of an IEEE 754 binary16 bit pattern. */
export function float16ToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> FRACTION_BITS) & MAX_EXPONENT
  const fraction = bits & 0x3ff
  if (exponent === MAX_EXPONENT) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
  if (exponent === 0) return sign * fraction * 2 ** (1 - EXPONENT_BIAS - FRACTION_BITS)
  return sign * (1 + fraction / 2 ** FRACTION_BITS) * 2 ** (exponent - EXPONENT_BIAS)
}

/** The nearest IEEE 754 binary16 bit pattern, ties to even; beyond 65,520 it is infinity. */
export function numberToFloat16(value: number): number {
  if (Number.isNaN(value)) return 0x7e00
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0
  const magnitude = Math.abs(value)
  if (magnitude >= 65520) return sign | 0x7c00
  const exponent = Math.max(Math.floor(Math.log2(magnitude)), 1 - EXPONENT_BIAS)
  const scaled = roundHalfEven(magnitude / 2 ** (exponent - FRACTION_BITS))
  // A subnormal has no implied leading one; a carry out of the fraction moves into the exponent by itself.
  const biased = (exponent + EXPONENT_BIAS - 1) << FRACTION_BITS
  return sign | (biased + scaled)
}

function roundHalfEven(value: number): number {
  const floor = Math.floor(value)
  const rest = value - floor
  if (rest !== 0.5) return Math.round(value)
  return floor % 2 === 0 ? floor : floor + 1
}

/** Widens binary16 bit patterns, exactly. */
export function float16ToFloat32(bits: Uint16Array): Float32Array {
  const values = new Float32Array(bits.length)
  for (let i = 0; i < bits.length; i++) values[i] = float16ToNumber(bits[i] as number)
  return values
}

/** Rounds to binary16 bit patterns. */
export function float32ToFloat16(values: ArrayLike<number>): Uint16Array {
  const bits = new Uint16Array(values.length)
  for (let i = 0; i < bits.length; i++) bits[i] = numberToFloat16(values[i] as number)
  return bits
}
