import { UnsupportedError } from '../../../core/errors.ts'
import type { Category } from '../../../core/ir/model.ts'
import { isSparseMatrix, toCsrMatrix, toDense } from '../../../encodings/pickle/numpy/sparse-matrix.ts'
import { describeValue, isNode } from '../../../encodings/pickle/values.ts'
import type { PyView } from '../../../encodings/pickle/view.ts'
import type { ClassLabels } from './prediction.ts'

/** Typed getters for what fitted estimators keep, over PyView's. */

export interface Matrix {
  readonly rows: number
  readonly columns: number
  /** [rows, columns], row-major. */
  readonly data: Float64Array
}

/** A matrix of numbers: dense or sparse; a vector is one row. */
export function matrix(view: PyView): Matrix {
  if (isSparseMatrix(view.value)) {
    const sparse = toCsrMatrix(view.value)
    if (sparse) return { rows: sparse.shape[0], columns: sparse.shape[1], data: toDense(sparse) }
  }
  const { shape, data } = isNode(view.value, 'list') ? listMatrix(view) : view.float64()
  if (shape.length > 2) return view.fail(`a matrix expected, got ${shape.length} dimensions`)
  const columns = shape.at(-1) ?? 1
  return { rows: shape.length === 2 ? (shape[0] as number) : 1, columns, data }
}

/** A list of numbers, or of lists of numbers. */
function listMatrix(view: PyView): { shape: number[]; data: Float64Array } {
  const items = view.items()
  if (!items.some((item) => item.isKind('list') || item.isArray)) {
    return { shape: [items.length], data: Float64Array.from(items, (item) => item.number()) }
  }
  const rows = items.map((item) => item.float64().data)
  return { shape: [rows.length, rows[0]?.length ?? 0], data: Float64Array.from(rows.flatMap((row) => [...row])) }
}

/** Numbers; a single number is a vector of one. */
export function vector(view: PyView): Float64Array {
  if (isSparseMatrix(view.value)) return matrix(view).data
  return view.isArray || view.isKind('list') || view.isKind('tuple')
    ? view.float64().data
    : Float64Array.of(view.number())
}

export const rowOf = ({ columns, data }: Matrix, row: number): Float64Array =>
  data.subarray(row * columns, (row + 1) * columns)

/** [columns, rows]. */
export function transposed({ rows, columns, data }: Matrix): Matrix {
  const result = new Float64Array(data.length)
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) result[c * rows + r] = data[r * columns + c] as number
  }
  return { rows: columns, columns: rows, data: result }
}

/** a · b, [a.rows, b.columns]. */
export function product(a: Matrix, b: Matrix): Matrix {
  const data = new Float64Array(a.rows * b.columns)
  for (let r = 0; r < a.rows; r++) {
    for (let c = 0; c < b.columns; c++) {
      let sum = 0
      for (let i = 0; i < a.columns; i++)
        sum += (a.data[r * a.columns + i] as number) * (b.data[i * b.columns + c] as number)
      data[r * b.columns + c] = sum
    }
  }
  return { rows: a.rows, columns: b.columns, data }
}

/** A hyperparameter that is a string; the fallback where the version of the estimator does not have it yet. */
export function text(estimator: PyView, name: string, fallback: string): string {
  const view = estimator.optional(name)
  return view && typeof view.value === 'string' ? view.value : fallback
}

/** A hyperparameter that is a bool; the fallback where it is missing, None, or a word such as `deprecated` or `auto`. */
export function flag(estimator: PyView, name: string, fallback: boolean): boolean {
  const view = estimator.optional(name)
  return view === undefined || typeof view.value === 'string' ? fallback : view.boolean()
}

export function num(estimator: PyView, name: string, fallback: number): number {
  return estimator.optional(name)?.number() ?? fallback
}

/** A category as the hub compares it: booleans are 0/1, None and NaN are missing ('' among text, else NaN). */
export function category(view: PyView): Category {
  const { value } = view
  if (typeof value === 'string') return value
  if (value === null) return Number.NaN
  if (typeof value === 'boolean') return Number(value)
  return view.number()
}

export const isMissingValue = (value: Category): boolean => value === '' || Number.isNaN(value)

/** Categories of a column: whether they are text, and the values with missing ones in the spelling of their kind. */
export function categories(view: PyView): { isText: boolean; isBoolean: boolean; values: Category[] } {
  const items = view.items()
  const raw = items.map(category)
  const isText = raw.some((value) => typeof value === 'string')
  const array = view.array()
  const isBoolean =
    array?.dtype.kind === 'b' || (items.length > 0 && items.every((item) => typeof item.value === 'boolean'))
  const values = isText ? raw.map((v) => (isMissingValue(v) ? '' : String(v))) : raw
  return { isText, isBoolean, values }
}

/** A class label or a cell as Python writes it: `1.0`, `True`. */
export function pythonText(view: PyView, isFloat = false, isBoolean = false): string {
  const { value } = view
  if (typeof value === 'string') return value
  if (typeof value === 'boolean' || isBoolean) return category(view) ? 'True' : 'False'
  const number = view.number()
  return (isFloat || isNode(value, 'float')) && Number.isInteger(number) ? `${number}.0` : String(number)
}

/** The labels of a classifier's `classes_`. */
export function classLabels(view: PyView): ClassLabels {
  const kind = view.array()?.dtype.kind
  const items = view.items()
  const { isText, isBoolean, values } = categories(view)
  const isFloat = kind === 'f' || items.some((item) => isNode(item.value, 'float'))
  return {
    labels: values,
    names: items.map((item) => pythonText(item, isFloat, isBoolean)),
    dataType: isText ? 'string' : isBoolean ? 'boolean' : isFloat ? 'double' : 'integer',
  }
}

/** Throws when a setting is not one of those that have a lowering. */
export function requireSetting(estimator: PyView, name: string, allowed: readonly string[], fallback: string): string {
  const view = estimator.optional(name)
  const value = view === undefined ? fallback : typeof view.value === 'string' ? view.value : describeValue(view.value)
  if (allowed.includes(value)) return value
  throw new UnsupportedError(`${name}=${value} can not be converted`, {
    hint: `Train it with ${name} one of ${allowed.join(', ')}.`,
  })
}

/** Whether an estimator was fitted with scikit-learn `major.minor` or later; one that does not say so is taken for a new one. */
export function isFittedSince(estimator: PyView, major: number, minor: number): boolean {
  const version = String(estimator.optional('_sklearn_version')?.value ?? '')
  const [ownMajor = Number.NaN, ownMinor = 0] = version.split('.').map(Number)
  return !(ownMajor < major || (ownMajor === major && ownMinor < minor))
}

/** The fitted member of a meta-estimator that wraps one estimator. */
export const memberOf = (estimator: PyView): PyView =>
  estimator.optional('best_estimator_') ??
  estimator.optional('estimator_') ??
  estimator.firstAttr('base_estimator_', 'estimator')
