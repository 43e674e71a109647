import { MalformedFileError, UnsupportedError } from '../../../core/errors.ts'
import { decodeArray, reorder } from '../../npy/decode-array.ts'
import { type Dtype, hasObject } from '../../npy/dtype.ts'
import { elementCount, type NdArray, stridesC } from '../../npy/nd-array.ts'
import { encodeLatin1 } from '../cursor.ts'
import { describeValue, isNode, isObjectOf, PyComplex, PyFloat, type PyObject, type PyValue } from '../values.ts'
import { toDtype, toShape } from './pickled-dtype.ts'

/** numpy 2 renamed `numpy.core` to `numpy._core`. */
function core(name: string): string[] {
  return [`numpy.core.${name}`, `numpy._core.${name}`]
}

const RECONSTRUCT = core('multiarray._reconstruct')
/** dill writes `_create_array(_reconstruct, (…), state, attributes)`. */
const DILL = ['dill._dill._create_array']
const FROM_BUFFER = core('numeric._frombuffer')
const SCALAR = core('multiarray.scalar')
const MASKED = ['numpy.ma.core._mareconstruct', 'numpy.ma._mareconstruct']

/** Decoded arrays by their node: readers look at the same attribute more than once. */
const decoded = new WeakMap<object, NdArray<PyValue>>()

/** Whether a value is a numpy array of any spelling (not a scalar, not a masked array). */
export function isNdArray(value: PyValue | undefined): value is PyValue {
  return isNode(value, 'inline-array') || isObjectOf(value, ...RECONSTRUCT, ...FROM_BUFFER, ...DILL)
}

/**
 * Decodes a numpy array: `ndarray.__reduce__` of protocols 0–4, `_frombuffer` of protocol 5, or joblib's array in the
 * stream. Undefined when the value is not an array.
 *
 * @throws MalformedFileError when it is a broken one, UnsupportedError for an exotic dtype
 */
export function toNdArray(value: PyValue | undefined): NdArray<PyValue> | undefined {
  if (!isNdArray(value)) return undefined
  const known = decoded.get(value as object)
  if (known !== undefined) return known
  const array = decode(value)
  decoded.set(value as object, array)
  return array
}

function decode(value: PyValue): NdArray<PyValue> {
  if (isNode(value, 'inline-array')) return decodeArray(toDtype(value.dtype), value.shape, value.order, value.bytes)
  if (isObjectOf(value, ...FROM_BUFFER)) return decodeFromBuffer(value)
  const state = isNode(value, 'object') ? stateOf(value) : undefined
  if (!isNode(value, 'object') || state === undefined) {
    throw new MalformedFileError('A numpy array without its state', offsetOf(value))
  }
  const [, shape, dtype, isFortran, data] = state
  return decodeState(shape, dtype, isFortran, data, value)
}

/** The shape of a numpy array, whose elements stay undecoded; undefined when the value is none, or a broken one. */
export function arrayShape(value: PyValue | undefined): readonly number[] | undefined {
  if (!isNdArray(value)) return undefined
  if (isNode(value, 'inline-array')) return value.shape
  if (!isNode(value, 'object')) return undefined
  const shape = isObjectOf(value, ...FROM_BUFFER) ? value.args[2] : stateOf(value)?.[1]
  return isNode(shape, 'tuple') ? toShape(shape) : undefined
}

/** The state of an array that `_reconstruct` made: version, shape, dtype, whether in Fortran order, elements. */
function stateOf(value: PyObject): readonly PyValue[] | undefined {
  const state = DILL.includes(value.classPath) ? value.args[2] : value.state
  return isNode(state, 'tuple') ? state.items : undefined
}

function offsetOf(value: PyValue): { offset?: number } {
  return isNode(value, 'object') ? { offset: value.offset } : {}
}

/** The state of `ndarray.__setstate__`: raw bytes, or a list of the elements for objects. */
function decodeState(
  shapeValue: PyValue | undefined,
  dtypeValue: PyValue | undefined,
  isFortran: PyValue | undefined,
  data: PyValue | undefined,
  owner: PyObject,
): NdArray<PyValue> {
  const shape = toShape(shapeValue)
  const dtype = toDtype(dtypeValue ?? null)
  if (hasObject(dtype)) return objectArray(dtype, shape, data, owner)
  const bytes = toBytes(data)
  if (bytes === undefined) {
    throw new MalformedFileError(`The bytes of a numpy array are ${describeValue(data)}`, { offset: owner.offset })
  }
  return decodeArray(dtype, shape, isFortran === true || isFortran === 1 ? 'F' : 'C', bytes)
}

/** Objects are listed in C order, whatever the array's own order is. */
function objectArray(
  dtype: Dtype,
  shape: readonly number[],
  data: PyValue | undefined,
  owner: PyObject,
): NdArray<PyValue> {
  if (!isNode(data, 'list') || data.items.length !== elementCount(shape)) {
    throw new MalformedFileError(`The elements of a numpy array of shape (${shape.join(', ')}) are missing`, {
      offset: owner.offset,
    })
  }
  return { type: 'object', dtype, shape, data: data.items }
}

/** Bytes, also as the latin-1 string that Python 2 wrote. */
export function toBytes(value: PyValue | undefined): Uint8Array | undefined {
  if (value instanceof Uint8Array) return value
  return typeof value === 'string' ? encodeLatin1(value) : undefined
}

/** `_frombuffer(buffer, dtype, shape, order, axis_order=None)`; order `K` is a permutation of a C array's axes. */
function decodeFromBuffer(object: PyObject): NdArray<PyValue> {
  const [buffer, dtypeValue, shapeValue, order, axisOrder] = object.args
  if (isNode(buffer, 'out-of-band-buffer')) {
    throw new UnsupportedError(`The bytes of an array stand outside the pickle (buffer ${buffer.index})`, {
      hint: 'Pickle the model without out-of-band buffers.',
      context: { offset: object.offset },
    })
  }
  const bytes = toBytes(buffer)
  if (bytes === undefined) {
    throw new MalformedFileError(`The bytes of a numpy array are ${describeValue(buffer)}`, { offset: object.offset })
  }
  const dtype = toDtype(dtypeValue ?? null)
  const shape = toShape(shapeValue)
  const axes = isNode(axisOrder, 'tuple') ? toShape(axisOrder) : undefined
  if (order !== 'K' || axes === undefined) return decodeArray(dtype, shape, order === 'F' ? 'F' : 'C', bytes)
  if ([...axes].sort((a, b) => a - b).some((axis, i) => axis !== i) || axes.length !== shape.length) {
    throw new MalformedFileError('The axes of a numpy array are not a permutation', { offset: object.offset })
  }
  const strides = stridesC(shape)
  const permuted = axes.map((axis) => shape[axis] as number)
  const permutedStrides = axes.map((axis) => strides[axis] as number)
  return { ...reorder(decodeArray(dtype, shape, 'C', bytes), permuted, permutedStrides), shape: permuted }
}

/** A numpy masked array: `mask` is 1 where a value is missing. */
export interface MaskedArray {
  values: NdArray<PyValue>
  mask: Uint8Array
  fillValue: PyValue
}

/**
 * Decodes a `numpy.ma.MaskedArray`; undefined when the value is none.
 *
 * @throws MalformedFileError when it is a broken one
 */
export function toMaskedArray(value: PyValue | undefined): MaskedArray | undefined {
  if (!isObjectOf(value, ...MASKED)) return undefined
  if (!isNode(value.state, 'tuple')) throw new MalformedFileError('A masked array without its state', offsetOf(value))
  const [, shape, dtype, isFortran, data, maskData, fillValue] = value.state.items
  const values = decodeState(shape, dtype, isFortran, data, value)
  const bytes = toBytes(maskData)
  if (bytes === undefined) throw new MalformedFileError('A masked array without a mask', offsetOf(value))
  const order = isFortran === true || isFortran === 1 ? 'F' : 'C'
  const mask = decodeArray({ kind: 'b', itemSize: 1, littleEndian: true }, values.shape, order, bytes)
  if (mask.type !== 'numeric') throw new MalformedFileError('A masked array without a mask', offsetOf(value))
  return { values, mask: mask.data as Uint8Array, fillValue: fillValue ?? null }
}

/**
 * A numpy scalar as the plain Python value it stands for (`numpy.float64(1.5)` → a float); any other value as it is.
 *
 * @throws MalformedFileError when it is a broken one
 */
export function unwrapScalar(value: PyValue): PyValue {
  if (!isObjectOf(value, ...SCALAR)) return value
  const [dtypeValue, content] = value.args
  const dtype = toDtype(dtypeValue ?? null)
  if (hasObject(dtype)) return content ?? null
  const bytes = toBytes(content)
  if (bytes === undefined) throw new MalformedFileError('A numpy scalar without bytes', offsetOf(value))
  return elementAt(decodeArray(dtype, [], 'C', bytes), 0) ?? value
}

/** One element of an array as a plain Python value; undefined for records and raw bytes. */
export function elementAt(array: NdArray<PyValue>, index: number): PyValue | undefined {
  if (array.type === 'struct') return undefined
  if (array.type !== 'numeric') return array.data[index]
  const { kind } = array.dtype
  if (kind === 'V') return undefined
  if (kind === 'c') {
    return new PyComplex(Number(array.data[2 * index]), Number(array.data[2 * index + 1]))
  }
  const element = array.data[index]
  if (element === undefined) return undefined
  if (kind === 'b') return element !== 0
  if (kind === 'f') return new PyFloat(Number(element))
  if (typeof element === 'number') return element
  const number = Number(element)
  return Number.isSafeInteger(number) ? number : element
}
