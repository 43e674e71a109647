/** Sizes of the block of B that one pass works on: 128 · 256 float64 are 256 KiB, which a second-level cache holds. */
const BLOCK_K = 128
const BLOCK_N = 256

/**
 * C += A · B for row-major A [m, k], B [k, n] and C [m, n], each beginning at its offset; blocked so that B stays in
 * the cache, four rows of B at a time.
 */
export function multiplyInto(
  c: Float64Array,
  a: Float64Array,
  b: Float64Array,
  m: number,
  k: number,
  n: number,
  offsets: { readonly a?: number; readonly b?: number; readonly c?: number } = {},
): void {
  const { a: aStart = 0, b: bStart = 0, c: cStart = 0 } = offsets
  for (let k0 = 0; k0 < k; k0 += BLOCK_K) {
    const k1 = Math.min(k0 + BLOCK_K, k)
    for (let n0 = 0; n0 < n; n0 += BLOCK_N) {
      const width = Math.min(BLOCK_N, n - n0)
      for (let i = 0; i < m; i++) {
        const row = cStart + i * n + n0
        let p = k0
        for (; p + 3 < k1; p += 4) {
          const at = aStart + i * k + p
          const [x0, x1, x2, x3] = [a[at]!, a[at + 1]!, a[at + 2]!, a[at + 3]!]
          const r0 = bStart + p * n + n0
          const r1 = r0 + n
          const r2 = r1 + n
          const r3 = r2 + n
          for (let j = 0; j < width; j++) {
            c[row + j]! += x0 * b[r0 + j]! + x1 * b[r1 + j]! + x2 * b[r2 + j]! + x3 * b[r3 + j]!
          }
        }
        for (; p < k1; p++) {
          const x = a[aStart + i * k + p]!
          const r = bStart + p * n + n0
          for (let j = 0; j < width; j++) c[row + j]! += x * b[r + j]!
        }
      }
    }
  }
}
