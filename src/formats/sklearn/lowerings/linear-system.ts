import type { Matrix } from './estimator.ts'

/** X with a · X = b, by Gaussian elimination with partial pivoting; a [n, n] is regular, b [n, m]. */
export function solved(a: Matrix, b: Matrix): Matrix {
  const n = a.rows
  const left = Float64Array.from(a.data)
  const right = Float64Array.from(b.data)
  const at = (row: number, column: number): number => left[row * n + column] as number
  for (let step = 0; step < n; step++) {
    let pivot = step
    for (let row = step + 1; row < n; row++) if (Math.abs(at(row, step)) > Math.abs(at(pivot, step))) pivot = row
    swapRows(left, n, step, pivot)
    swapRows(right, b.columns, step, pivot)
    for (let row = 0; row < n; row++) {
      if (row === step) continue
      const factor = at(row, step) / at(step, step)
      subtractRow(left, n, row, step, factor)
      subtractRow(right, b.columns, row, step, factor)
    }
  }
  return {
    rows: n,
    columns: b.columns,
    data: right.map((value, i) => value / at(Math.floor(i / b.columns), Math.floor(i / b.columns))),
  }
}

function swapRows(data: Float64Array, width: number, i: number, j: number): void {
  if (i === j) return
  const row = data.slice(i * width, (i + 1) * width)
  data.copyWithin(i * width, j * width, (j + 1) * width)
  data.set(row, j * width)
}

function subtractRow(data: Float64Array, width: number, from: number, what: number, factor: number): void {
  for (let c = 0; c < width; c++) {
    data[from * width + c] = (data[from * width + c] as number) - factor * (data[what * width + c] as number)
  }
}
