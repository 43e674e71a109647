import { LimitExceededError, MalformedFileError, UnsupportedError } from '../../../core/errors.ts'
import { toFloat64, toIntegers } from '../../npy/nd-array.ts'
import { isNode, type PyObject, type PyValue } from '../values.ts'
import { toNdArray } from './pickled-array.ts'
import { toShape } from './pickled-dtype.ts'

/** `scipy.sparse.csr.csr_matrix` (old), `scipy.sparse._csr.csr_array` (new), … */
const SPARSE_CLASS = /^scipy\.sparse\.(?:_?\w+\.)?(csr|csc|coo|lil|dok|dia|bsr)_(?:matrix|array)$/

/** Elements of a dense copy: 800 MB. */
const MAX_DENSE = 100_000_000

/** Rows of a converted matrix: nothing in the file bounds the empty ones. */
const MAX_ROWS = 50_000_000

/**
 * A sparse matrix by compressed rows: the entries of row `i` are `indptr[i]` to `indptr[i + 1]` of `indices` (their
 * columns) and `data`. Duplicates add up.
 */
export interface CsrMatrix {
  /** [rows, columns] */
  shape: readonly [number, number]
  indptr: readonly number[]
  indices: readonly number[]
  data: Float64Array
}

/** Whether a value is a matrix or array of scipy.sparse. */
export function isSparseMatrix(value: PyValue | undefined): value is PyObject {
  return isNode(value, 'object') && SPARSE_CLASS.test(value.classPath)
}

/**
 * Reads a two-dimensional csr, csc or coo matrix of scipy.sparse as compressed rows; undefined when the value is no
 * sparse matrix.
 *
 * @throws MalformedFileError when its parts contradict each other, UnsupportedError for other layouts
 */
export function toCsrMatrix(value: PyValue | undefined): CsrMatrix | undefined {
  if (!isSparseMatrix(value)) return undefined
  const layout = SPARSE_CLASS.exec(value.classPath)?.[1]
  const [rows, columns, ...rest] = toShape(value.attr('_shape'))
  if (rows === undefined || columns === undefined || rest.length > 0) {
    throw new UnsupportedError('A sparse array that is not two-dimensional is not supported')
  }
  const shape = [rows, columns] as const
  switch (layout) {
    case 'csr':
      return checked(value, { shape, ...compressedParts(value) })
    case 'csc': {
      const { indptr, indices, data } = checked(value, { shape: [columns, rows], ...compressedParts(value) })
      return fromCoordinates(shape, indices, expandPointers(indptr), data)
    }
    case 'coo': {
      const [row, column] = coordinates(value)
      const data = toFloat64(part(value, 'data'))
      checkIndices(value, row, rows, data.length)
      checkIndices(value, column, columns, data.length)
      return fromCoordinates(shape, row, column, data)
    }
    default:
      throw new UnsupportedError(`Sparse matrices of the layout ${layout} are not supported`, {
        hint: 'Convert the matrix to CSR (.tocsr()) before saving.',
      })
  }
}

/**
 * A dense copy, [rows, columns] in C order.
 *
 * @throws LimitExceededError when it would take too much memory
 */
export function toDense({ shape: [rows, columns], indptr, indices, data }: CsrMatrix): Float64Array {
  if (rows * columns > MAX_DENSE) throw new LimitExceededError(`A dense ${rows} × ${columns} matrix is too large`)
  const dense = new Float64Array(rows * columns)
  for (let row = 0; row < rows; row++) {
    for (let k = indptr[row] as number; k < (indptr[row + 1] as number); k++) {
      const at = row * columns + (indices[k] as number)
      dense[at] = (dense[at] as number) + (data[k] as number)
    }
  }
  return dense
}

function part(matrix: PyObject, name: string) {
  const array = toNdArray(matrix.attr(name))
  if (array === undefined) {
    throw new MalformedFileError(`A ${matrix.className} has no '${name}'`, { offset: matrix.offset })
  }
  return array
}

function compressedParts(matrix: PyObject): Omit<CsrMatrix, 'shape'> {
  return {
    indptr: toIntegers(part(matrix, 'indptr')),
    indices: toIntegers(part(matrix, 'indices')),
    data: toFloat64(part(matrix, 'data')),
  }
}

/** `row` and `col`, since scipy 1.13 `coords`. */
function coordinates(matrix: PyObject): [number[], number[]] {
  const coords = matrix.attr('coords')
  const [row, column] = isNode(coords, 'tuple')
    ? coords.items.map((axis) => toNdArray(axis))
    : [part(matrix, 'row'), part(matrix, 'col')]
  if (row === undefined || column === undefined) {
    throw new MalformedFileError(`A ${matrix.className} has no coordinates`, { offset: matrix.offset })
  }
  return [toIntegers(row), toIntegers(column)]
}

function checked(owner: PyObject, matrix: CsrMatrix): CsrMatrix {
  const { shape, indptr, indices, data } = matrix
  const isAscending = indptr.every((pointer, i) => i === 0 || pointer >= (indptr[i - 1] as number))
  if (indptr.length !== shape[0] + 1 || indptr[0] !== 0 || !isAscending || indptr[shape[0]] !== indices.length) {
    throw new MalformedFileError(`The row pointers of a ${owner.className} are wrong`, { offset: owner.offset })
  }
  checkIndices(owner, indices, shape[1], data.length)
  return matrix
}

function checkIndices(owner: PyObject, indices: readonly number[], bound: number, count: number): void {
  if (indices.length !== count || indices.some((index) => index < 0 || index >= bound)) {
    throw new MalformedFileError(`The indices of a ${owner.className} are wrong`, { offset: owner.offset })
  }
}

/** The row of every entry. */
function expandPointers(indptr: readonly number[]): number[] {
  const expanded: number[] = []
  for (let i = 0; i + 1 < indptr.length; i++) {
    for (let k = indptr[i] as number; k < (indptr[i + 1] as number); k++) expanded.push(i)
  }
  return expanded
}

/** Sorts entries by row (a counting sort), keeping their order within one. */
function fromCoordinates(
  shape: readonly [number, number],
  row: readonly number[],
  column: readonly number[],
  data: Float64Array,
): CsrMatrix {
  if (shape[0] > MAX_ROWS) throw new LimitExceededError(`A sparse matrix of ${shape[0]} rows: at most ${MAX_ROWS}`)
  const indptr = new Array<number>(shape[0] + 1).fill(0)
  for (const r of row) indptr[r + 1] = (indptr[r + 1] as number) + 1
  for (let r = 0; r < shape[0]; r++) indptr[r + 1] = (indptr[r + 1] as number) + (indptr[r] as number)
  const next = [...indptr]
  const indices = new Array<number>(row.length)
  const values = new Float64Array(row.length)
  row.forEach((r, k) => {
    const at = next[r] as number
    next[r] = at + 1
    indices[at] = column[k] as number
    values[at] = data[k] as number
  })
  return { shape, indptr, indices, data: values }
}
