/** Sizes of the block of B that one pass works on: 128 · 256 float64 are 256 KiB, which a second-level cache holds. */
const BLOCK_K = 128
const BLOCK_N = 256

export interface MatrixOffsets {
  readonly a?: number
  readonly b?: number
  readonly c?: number
}

/**
 * C += A · B for row-major A [m, k], B [k, n] and C [m, n], each beginning at its offset. Blocked so that B stays in the
 * cache; two rows of A at a time share what is read of B.
 */
export function multiplyInto(
  c: Float64Array,
  a: Float64Array,
  b: Float64Array,
  m: number,
  k: number,
  n: number,
  { a: aStart = 0, b: bStart = 0, c: cStart = 0 }: MatrixOffsets = {},
): void {
  for (let k0 = 0; k0 < k; k0 += BLOCK_K) {
    const depth = Math.min(BLOCK_K, k - k0)
    for (let n0 = 0; n0 < n; n0 += BLOCK_N) {
      const width = Math.min(BLOCK_N, n - n0)
      const block = bStart + k0 * n + n0
      let i = 0
      for (; i + 1 < m; i += 2) {
        addRowPair(c, a, b, cStart + i * n + n0, n, aStart + i * k + k0, k, block, depth, width)
      }
      if (i < m) addRow(c, a, b, cStart + i * n + n0, aStart + i * k + k0, block, n, depth, width)
    }
  }
}

/** Two rows of C += two rows of A · a block of B; `n` and `k` are the distances between rows of C (and B) and of A. */
function addRowPair(
  c: Float64Array,
  a: Float64Array,
  b: Float64Array,
  c0: number,
  n: number,
  a0: number,
  k: number,
  block: number,
  depth: number,
  width: number,
): void {
  const c1 = c0 + n
  let p = 0
  for (; p + 3 < depth; p += 4) {
    const x = a0 + p
    const y = x + k
    const x0 = a[x]!
    const x1 = a[x + 1]!
    const x2 = a[x + 2]!
    const x3 = a[x + 3]!
    const y0 = a[y]!
    const y1 = a[y + 1]!
    const y2 = a[y + 2]!
    const y3 = a[y + 3]!
    const r0 = block + p * n
    const r1 = r0 + n
    const r2 = r1 + n
    const r3 = r2 + n
    for (let j = 0; j < width; j++) {
      const b0 = b[r0 + j]!
      const b1 = b[r1 + j]!
      const b2 = b[r2 + j]!
      const b3 = b[r3 + j]!
      c[c0 + j]! += x0 * b0 + x1 * b1 + x2 * b2 + x3 * b3
      c[c1 + j]! += y0 * b0 + y1 * b1 + y2 * b2 + y3 * b3
    }
  }
  if (p === depth) return
  addRow(c, a, b, c0, a0 + p, block + p * n, n, depth - p, width)
  addRow(c, a, b, c1, a0 + k + p, block + p * n, n, depth - p, width)
}

/** One row of C += one row of A · a block of B whose rows are `n` apart. */
function addRow(
  c: Float64Array,
  a: Float64Array,
  b: Float64Array,
  c0: number,
  a0: number,
  block: number,
  n: number,
  depth: number,
  width: number,
): void {
  for (let p = 0; p < depth; p++) {
    const x = a[a0 + p]!
    const row = block + p * n
    for (let j = 0; j < width; j++) c[c0 + j]! += x * b[row + j]!
  }
}
