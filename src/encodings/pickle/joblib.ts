import { MalformedFileError, UnsupportedError } from '../../core/errors.ts'
import { hasObject } from '../npy/dtype.ts'
import { byteCount } from '../npy/nd-array.ts'
import type { ByteCursor } from './cursor.ts'
import type { BuildHook, ReadNested } from './interpreter.ts'
import { toDtype, toShape } from './numpy/pickled-dtype.ts'
import { type PickleOptions, type PickleResult, readPickle } from './read-pickle.ts'
import { PyInlineArray, type PyObject, type PyValue } from './values.ts'

/** `joblib.numpy_pickle.NumpyArrayWrapper`, also as bundled with scikit-learn below 0.23. */
const ARRAY_WRAPPER = /^(sklearn\.externals\.)?joblib\.numpy_pickle\.NumpyArrayWrapper$/

/** Wrappers of joblib below 0.10, whose arrays are files of their own. */
const FILE_WRAPPER = /^(sklearn\.externals\.)?joblib\.numpy_pickle(_compat)?\.Z?NDArrayWrapper$/

/**
 * Reads a joblib file (decompressed), which is a pickle with the bytes of each numpy array behind its description
 * (joblib 1.6 `numpy_pickle.py`, 0.10 and newer). A plain pickle is read as well.
 *
 * @throws what readPickle throws, and UnsupportedError when arrays stand in separate files (joblib below 0.10)
 */
export function readJoblib(bytes: Uint8Array, options: Omit<PickleOptions, 'onBuild'> = {}): PickleResult {
  return readPickle(bytes, { ...options, onBuild: readInlineArray })
}

const readInlineArray: BuildHook = (built, cursor, readNested) => {
  if (FILE_WRAPPER.test(built.classPath)) {
    const file = built.attr('filename')
    throw new UnsupportedError(
      `The arrays of this joblib file stand in separate files${typeof file === 'string' ? ` (${file})` : ''}`,
      {
        hint: 'joblib below 0.10 wrote it: load it in Python and dump it again with a newer joblib.',
        context: { offset: built.offset },
      },
    )
  }
  return ARRAY_WRAPPER.test(built.classPath) ? readArray(built, cursor, readNested) : undefined
}

function readArray(wrapper: PyObject, cursor: ByteCursor, readNested: ReadNested): PyValue {
  const dtypeValue = wrapper.attr('dtype') ?? null
  const dtype = toDtype(dtypeValue)
  if (hasObject(dtype)) return readNested()
  const shape = toShape(wrapper.attr('shape'))
  const order = wrapper.attr('order')
  if (order !== 'C' && order !== 'F') {
    throw new MalformedFileError('A joblib array without an order', { offset: wrapper.offset })
  }
  // joblib 1.2 aligns the array: a byte that says how many bytes of padding follow.
  if ((wrapper.attr('numpy_array_alignment_bytes') ?? null) !== null) cursor.skip(cursor.u8())
  return new PyInlineArray(dtypeValue, shape, order, cursor.take(byteCount(dtype, shape)))
}
