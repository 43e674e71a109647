import { LimitExceededError, MalformedFileError } from '../../../core/errors.ts'
import type { NdArray } from '../../npy/nd-array.ts'
import { elementAt, toNdArray } from '../numpy/pickled-array.ts'
import { isNode, isObjectOf, type PyObject, PyTuple, type PyValue } from '../values.ts'
import { arrowElements } from './arrow-array.ts'

/** A RangeIndex takes no bytes however long it is; an index of column names has thousands of entries. */
const MAX_RANGE = 10_000_000
/** Levels of a MultiIndex, which may be one and the same array over and over. */
const MAX_LEVELS = 64
/** A Series holds an array of an Index of … : nobody nests deeper. */
const MAX_NESTING = 8

/**
 * Classes whose module differs between pandas 1, 2 and 3 (`pandas.core.indexes.range.RangeIndex`, `pandas.RangeIndex`).
 */
function isPandas(value: PyValue | undefined, ...names: string[]): value is PyObject {
  return isNode(value, 'object') && /^pandas(\.|$)/.test(value.module) && names.includes(value.className)
}

/**
 * The elements of a one-dimensional pandas object (Index, Series, Categorical, extension array) as plain Python
 * values, null where `pandas.NA`; undefined when the value is none. pandas 1.0 to 3.1.
 *
 * @throws MalformedFileError when it is a broken one, UnsupportedError for an exotic element type
 */
export function pandasElements(value: PyValue): PyValue[] | undefined {
  return elements(value, 0)
}

/** Whether `pandasElements` would read the value. */
export function isPandasSequence(value: PyValue | undefined): boolean {
  return (
    isObjectOf(value, 'pandas.core.indexes.base._new_Index', 'pandas._libs.arrays.__pyx_unpickle_NDArrayBacked') ||
    isPandas(
      value,
      ...['Series', 'Categorical', 'StringArray', 'ArrowStringArray', 'ArrowExtensionArray'],
      ...['IntegerArray', 'FloatingArray', 'BooleanArray'],
    )
  )
}

function elements(value: PyValue, depth: number): PyValue[] | undefined {
  if (depth > MAX_NESTING) throw new LimitExceededError(`A pandas object is nested deeper than ${MAX_NESTING}`)
  const array = toNdArray(value)
  if (array !== undefined) return array.shape.length === 1 ? arrayElements(array) : undefined
  if (!isPandasSequence(value) || !isNode(value, 'object')) return undefined
  if (value.className === '_new_Index') return indexElements(value, depth)
  if (value.className === '__pyx_unpickle_NDArrayBacked') {
    const state = isNode(value.state, 'tuple') ? value.state.items : []
    return backedElements(value, state[0], state[1], depth)
  }
  if (value.className === 'Series') return seriesElements(value, depth)
  if (value.className === 'Categorical') return backedElements(value, value.attr('_dtype'), value.attr('_codes'), depth)
  const arrow = value.attr('_pa_array')
  if (arrow !== undefined) return arrowElements(arrow) ?? broken(value)
  const data = value.attr('_data') ?? value.attr('_ndarray')
  const plain = data === undefined ? undefined : (arrowElements(data) ?? elements(data, depth + 1))
  const mask = toNdArray(value.attr('_mask'))
  if (plain === undefined) return broken(value)
  return mask?.type === 'numeric' ? plain.map((item, i) => (mask.data[i] ? null : item)) : plain
}

function broken(object: PyObject): never {
  throw new MalformedFileError(`The data of a ${object.classPath} are not where pandas puts them`, {
    offset: object.offset,
  })
}

function arrayElements(array: NdArray<PyValue>): PyValue[] {
  const length = array.shape[0] ?? 0
  return Array.from({ length }, (_, i) => {
    const element = elementAt(array, i) ?? null
    return isMissing(element) ? null : element
  })
}

/** `pandas.NA` is pickled by its name. */
function isMissing(element: PyValue): boolean {
  return isNode(element, 'global') && ['pandas._libs.missing.NA', 'pandas.NA'].includes(element.path)
}

/** `_new_Index(cls, {'data': …, 'name': …})`. */
function indexElements(index: PyObject, depth: number): PyValue[] {
  const [, fields] = index.args
  if (!isNode(fields, 'dict')) return broken(index)
  const data = fields.get('data')
  if (data !== undefined) return elements(data, depth + 1) ?? broken(index)
  const levels = fields.get('levels')
  const codes = fields.get('codes')
  if (isNode(levels, 'list') && isNode(codes, 'list')) return multiIndex(index, levels.items, codes.items, depth)
  return range(index, fields.get('start'), fields.get('stop'), fields.get('step'))
}

function range(
  index: PyObject,
  start: PyValue | undefined,
  stop: PyValue | undefined,
  step: PyValue | undefined,
): number[] {
  if (typeof start !== 'number' || typeof stop !== 'number' || typeof step !== 'number' || step === 0) {
    return broken(index)
  }
  const length = Math.max(0, Math.ceil((stop - start) / step))
  if (length > MAX_RANGE) throw new LimitExceededError(`A pandas RangeIndex of ${length}: at most ${MAX_RANGE}`)
  return Array.from({ length }, (_, i) => start + i * step)
}

function multiIndex(index: PyObject, levels: readonly PyValue[], codes: readonly PyValue[], depth: number): PyTuple[] {
  if (levels.length > MAX_LEVELS) throw new LimitExceededError(`A pandas MultiIndex of ${levels.length} levels`)
  const columns = levels.map((level, i) => {
    const code = codes[i]
    return code === undefined ? broken(index) : decodeCodes(index, level, code, depth)
  })
  const length = columns[0]?.length ?? 0
  return Array.from({ length }, (_, row) => new PyTuple(columns.map((column) => column[row] ?? null)))
}

/** The categories that the codes point at; −1 is missing. */
function decodeCodes(owner: PyObject, categories: PyValue, codes: PyValue, depth: number): PyValue[] {
  const names = elements(categories, depth + 1) ?? broken(owner)
  const positions = elements(codes, depth + 1) ?? broken(owner)
  return positions.map((position) => (typeof position === 'number' ? (names[position] ?? null) : null))
}

/** An array with a pandas dtype over it: category codes, or the values themselves. */
function backedElements(
  owner: PyObject,
  dtype: PyValue | undefined,
  data: PyValue | undefined,
  depth: number,
): PyValue[] {
  if (data === undefined) return broken(owner)
  if (!isPandas(dtype, 'CategoricalDtype')) return elements(data, depth + 1) ?? broken(owner)
  return decodeCodes(owner, dtype.attr('categories') ?? null, data, depth)
}

/** `_mgr` is a SingleBlockManager with the state `([index], [values], [items], …)`. */
function seriesElements(series: PyObject, depth: number): PyValue[] {
  const manager = series.attr('_mgr') ?? series.attr('_data')
  const blocks = isNode(manager, 'object') && isNode(manager.state, 'tuple') ? manager.state.items[1] : undefined
  const values = isNode(blocks, 'list') ? blocks.items[0] : undefined
  if (values === undefined) return broken(series)
  return elements(values, depth + 1) ?? broken(series)
}
