import { roundHalfEven } from './special-functions.ts'

const scratch = new DataView(new ArrayBuffer(8))

/** The value of a half-precision bit pattern (IEEE 754 binary16). */
export function float16ToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 0x1f
  const fraction = bits & 0x3ff
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}

/** The nearest half-precision value, halves to even; beyond 65504 (rounded) infinite. */
export function roundToFloat16(x: number): number {
  if (!Number.isFinite(x) || x === 0) return x
  const a = Math.abs(x)
  const exponent = Math.max(Math.floor(Math.log2(a)), -14)
  const unit = 2 ** (exponent - 10)
  const rounded = roundHalfEven(a / unit) * unit
  return Math.sign(x) * (rounded > 65504 ? Number.POSITIVE_INFINITY : rounded)
}

/** The half-precision bit pattern of the nearest value. */
export function numberToFloat16(x: number): number {
  if (Number.isNaN(x)) return 0x7e00
  const sign = x < 0 || Object.is(x, -0) ? 0x8000 : 0
  const a = Math.abs(roundToFloat16(x))
  if (a === 0) return sign
  if (a === Number.POSITIVE_INFINITY) return sign | 0x7c00
  if (a < 2 ** -14) return sign | (a * 2 ** 24)
  const exponent = Math.floor(Math.log2(a))
  return sign | ((exponent + 15) << 10) | ((a / 2 ** exponent - 1) * 1024)
}

/** The value of a bfloat16 bit pattern: the upper half of a float32. */
export function bfloat16ToNumber(bits: number): number {
  scratch.setUint32(0, bits << 16)
  return scratch.getFloat32(0)
}

/** The bfloat16 bit pattern of the nearest value, halves to even (by way of float32). */
export function numberToBfloat16(x: number): number {
  if (Number.isNaN(x)) return 0x7fc0
  scratch.setFloat32(0, x)
  const bits = scratch.getUint32(0)
  return ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16) & 0xffff
}
