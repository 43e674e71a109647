import { describe, expect, it } from 'vitest'
import { float16ToFloat32, float16ToNumber, float32ToFloat16, numberToFloat16 } from './float16.ts'

describe('float16', () => {
  it('widens every bit pattern to what narrows to it again', () => {
    for (let bits = 0; bits < 0x10000; bits++) {
      const value = float16ToNumber(bits)
      if (!Number.isNaN(value)) expect(numberToFloat16(value)).toBe(bits)
    }
  })

  it.each([
    [0x3c00, 1],
    [0xc000, -2],
    [0x7bff, 65504],
    [0x0001, 2 ** -24],
    [0x0400, 2 ** -14],
    [0x7c00, Number.POSITIVE_INFINITY],
    [0x7e00, Number.NaN],
  ])('reads 0x%i as %d', (bits, value) => {
    expect(float16ToNumber(bits)).toBe(value)
  })

  it('rounds to the nearest, ties to even', () => {
    const rounded = (value: number): number => float16ToNumber(numberToFloat16(value))
    expect(rounded(1 + 2 ** -11)).toBe(1)
    expect(rounded(1 + 3 * 2 ** -11)).toBe(1 + 2 ** -9)
    expect(rounded(65519.99)).toBe(65504)
    expect(rounded(65520)).toBe(Number.POSITIVE_INFINITY)
    expect(rounded(2 ** -25)).toBe(0)
    expect(rounded(1.5 * 2 ** -24)).toBe(2 ** -23)
    expect(Object.is(rounded(-0), -0)).toBe(true)
    expect(rounded(0.1)).toBe(0.0999755859375)
  })

  it('converts arrays', () => {
    expect(float16ToFloat32(float32ToFloat16([0.5, -3]))).toEqual(Float32Array.of(0.5, -3))
  })
})
