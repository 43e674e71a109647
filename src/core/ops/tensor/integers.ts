import type { DType } from '../../ir/dtype.ts'

/** Bits and signedness of the integer element types. */
export const INTEGER_BITS: Readonly<Partial<Record<DType, { readonly bits: number; readonly signed: boolean }>>> = {
  int8: { bits: 8, signed: true },
  int16: { bits: 16, signed: true },
  int32: { bits: 32, signed: true },
  int64: { bits: 64, signed: true },
  uint8: { bits: 8, signed: false },
  uint16: { bits: 16, signed: false },
  uint32: { bits: 32, signed: false },
  uint64: { bits: 64, signed: false },
}

export const isInteger = (dtype: DType): boolean => INTEGER_BITS[dtype] !== undefined

/** The smallest and the greatest value of an integer type, or −∞ and ∞. */
export function limitsOf(dtype: DType): readonly [number, number] {
  if (dtype === 'bool') return [0, 1]
  const integer = INTEGER_BITS[dtype]
  if (!integer) return [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
  const { bits, signed } = integer
  return signed ? [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1] : [0, 2 ** bits - 1]
}

/** A whole number as the integer type holds it: reduced modulo 2^bits. */
export function wrapInteger(x: number, dtype: DType): number {
  const integer = INTEGER_BITS[dtype]
  if (!integer) return x
  const [low, high] = limitsOf(dtype)
  if (x >= low && x <= high) return x
  if (!Number.isFinite(x)) return integer.signed ? low : 0
  const big = BigInt(Math.trunc(x))
  return Number(integer.signed ? BigInt.asIntN(integer.bits, big) : BigInt.asUintN(integer.bits, big))
}
