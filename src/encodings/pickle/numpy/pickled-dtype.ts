import { LimitExceededError, MalformedFileError, UnsupportedError } from '../../../core/errors.ts'
import { type Dtype, type DtypeField, parseDtypeString, subarrayDtype } from '../../npy/dtype.ts'
import { elementCount } from '../../npy/nd-array.ts'
import { decodeLatin1 } from '../cursor.ts'
import { describeValue, isNode, isObjectOf, type PyObject, type PyValue } from '../values.ts'

/** Records within records: nobody nests deeper, and a shared dtype could nest itself forever. */
const MAX_NESTING = 16
/** Fields of one dtype, nested ones included. */
const MAX_FIELDS = 2_000

/** numpy's scalar classes, which may stand for their dtype (`TfidfVectorizer(dtype=numpy.float64)`). */
const SCALAR_CLASSES: Record<string, string> = {
  bool_: 'b1',
  bool: 'b1',
  int8: 'i1',
  int16: 'i2',
  int32: 'i4',
  int64: 'i8',
  uint8: 'u1',
  uint16: 'u2',
  uint32: 'u4',
  uint64: 'u8',
  float16: 'f2',
  float32: 'f4',
  float64: 'f8',
  complex64: 'c8',
  complex128: 'c16',
  object_: 'O',
  str_: 'U',
  bytes_: 'S',
}
const PYTHON_CLASSES: Record<string, string> = { bool: 'b1', int: 'i8', float: 'f8', object: 'O', str: 'U', bytes: 'S' }

/**
 * The dtype that a value stands for: a pickled `numpy.dtype` (`__reduce__` and `__setstate__` of numpy's
 * `descriptor.c`, versions 3 and 4), or a scalar class of numpy or Python.
 *
 * @throws MalformedFileError when it is none, UnsupportedError for numpy's variable-width strings
 */
export function toDtype(value: PyValue): Dtype {
  return parseDtype(value, { fields: 0 }, 0)
}

function parseDtype(value: PyValue, seen: { fields: number }, depth: number): Dtype {
  if (depth > MAX_NESTING) throw new LimitExceededError(`A numpy dtype is nested deeper than ${MAX_NESTING}`)
  if (isNode(value, 'global')) {
    const names = value.module === 'builtins' ? PYTHON_CLASSES : value.module === 'numpy' ? SCALAR_CLASSES : {}
    const code = Object.hasOwn(names, value.name) ? names[value.name] : undefined
    if (code !== undefined) return parseDtypeString(code)
  }
  if (isObjectOf(value, 'numpy._core._internal._convert_to_stringdtype_kwargs', 'numpy.dtypes.StringDType')) {
    throw new UnsupportedError("Arrays of numpy's variable-width strings (StringDType) are not supported")
  }
  if (!isObjectOf(value, 'numpy.dtype')) {
    throw new MalformedFileError(`A numpy dtype expected, got ${describeValue(value)}`)
  }
  return applyState(value, seen, depth)
}

function applyState(object: PyObject, seen: { fields: number }, depth: number): Dtype {
  const [code] = object.args
  if (isNode(code, 'global')) return parseDtype(code, seen, depth)
  const base = parseDtypeString(text(code))
  const state = isNode(object.state, 'tuple') ? object.state.items : []
  const [, byteOrder, subarray, names, fields, itemSize] = state
  const littleEndian = byteOrder === undefined || text(byteOrder) !== '>'
  if (isNode(subarray, 'tuple')) return parseSubarray(subarray.items, seen, depth)
  if (isNode(names, 'tuple')) {
    if (!isNode(fields, 'dict')) throw new MalformedFileError('A structured numpy dtype without fields')
    const parsed = names.items.map((name) => parseField(text(name), fields.get(name), seen, depth))
    return structDtype(parsed, natural(itemSize))
  }
  if (base.kind === 'U' || base.kind === 'S' || base.kind === 'V') {
    const size = typeof itemSize === 'number' && itemSize >= 0 ? itemSize : base.itemSize
    if (base.kind === 'U' && size % 4 !== 0) throw new MalformedFileError(`A numpy string of ${size} bytes`)
    return { ...base, itemSize: natural(size), littleEndian: base.kind === 'U' ? littleEndian : true }
  }
  const unit = base.kind === 'M' || base.kind === 'm' ? datetimeUnit(state[8]) : undefined
  return {
    ...base,
    littleEndian: base.itemSize === 1 || base.kind === 'O' || littleEndian,
    ...(unit === undefined ? {} : { unit }),
  }
}

function parseSubarray(parts: readonly PyValue[], seen: { fields: number }, depth: number): Dtype {
  const [base, shape] = parts
  if (base === undefined) throw new MalformedFileError('A numpy sub-array dtype without a base')
  return subarrayDtype(parseDtype(base, seen, depth + 1), toShape(shape))
}

function parseField(name: string, spec: PyValue | undefined, seen: { fields: number }, depth: number): DtypeField {
  if (++seen.fields > MAX_FIELDS) throw new LimitExceededError(`A numpy dtype has more than ${MAX_FIELDS} fields`)
  if (!isNode(spec, 'tuple') || spec.items[0] === undefined) {
    throw new MalformedFileError(`The field '${name}' of a numpy dtype is missing`)
  }
  return { name, dtype: parseDtype(spec.items[0], seen, depth + 1), offset: natural(spec.items[1]) }
}

function structDtype(fields: readonly DtypeField[], itemSize: number): Dtype {
  let used = 0
  for (const { name, dtype, offset } of fields) {
    used += dtype.itemSize
    if (offset + dtype.itemSize > itemSize) {
      throw new MalformedFileError(`The field '${name}' of a numpy dtype lies outside the record`)
    }
  }
  if (used > itemSize) throw new UnsupportedError('A numpy dtype with overlapping fields is not supported')
  return { kind: 'V', itemSize, littleEndian: true, fields }
}

/** `(metadata, (unit, multiple, divisor, event))`. */
function datetimeUnit(metadata: PyValue | undefined): string | undefined {
  const spec = isNode(metadata, 'tuple') ? metadata.items[1] : undefined
  if (!isNode(spec, 'tuple')) return undefined
  const unit = text(spec.items[0])
  const multiple = spec.items[1]
  return unit === 'generic' ? undefined : `${typeof multiple === 'number' && multiple !== 1 ? multiple : ''}${unit}`
}

/**
 * A tuple of axis lengths; a single length stands for one axis.
 *
 * @throws MalformedFileError
 */
export function toShape(value: PyValue | undefined): number[] {
  const items = isNode(value, 'tuple') || isNode(value, 'list') ? value.items : [value]
  const shape = items.map(natural)
  elementCount(shape)
  return shape
}

function natural(value: PyValue | undefined): number {
  if (typeof value === 'number' && value >= 0) return value
  throw new MalformedFileError(`A length expected in a numpy array, got ${describeValue(value)}`)
}

function text(value: PyValue | undefined): string {
  if (typeof value === 'string') return value
  if (value instanceof Uint8Array) return decodeLatin1(value)
  throw new MalformedFileError(`A text expected in a numpy dtype, got ${describeValue(value)}`)
}
