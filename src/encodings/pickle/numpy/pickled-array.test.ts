import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { column, type NdArray } from '../../npy/nd-array.ts'
import { countFailures, damagedCopies } from '../../testing/damage.ts'
import { readJoblib } from '../joblib.ts'
import { PyComplex, PyFloat, type PyValue } from '../values.ts'
import { PyView } from '../view.ts'
import { elementAt, toMaskedArray, toNdArray } from './pickled-array.ts'
import { toDtype } from './pickled-dtype.ts'
import { toCsrMatrix, toDense } from './sparse-matrix.ts'

function fixture(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`../fixtures/${name}`, import.meta.url)))
}

function elements(array: NdArray<PyValue>): unknown[] {
  const length = array.shape.reduce((product, axis) => product * axis, 1)
  return Array.from({ length }, (_, i) => {
    const element = elementAt(array, i)
    return element instanceof PyFloat ? element.value : element
  })
}

const FILES = ['new', 'old'].flatMap((generation) => [
  ...[0, 2, 4, 5].map((protocol) => `arrays-${generation}-${protocol}.pkl`),
  `arrays-${generation}.joblib`,
])

describe.each(FILES)('numpy arrays in %s', (name) => {
  const root = new PyView(readJoblib(fixture(name)).value, 'arrays')
  const array = (key: string): NdArray<PyValue> => root.key(key).ndarray()

  it.each<[string, number[], unknown[]]>([
    ['float64', [2, 2], [1.5, -2, 3, 4]],
    ['float32', [3], [1.5, Number.NaN, Number.POSITIVE_INFINITY]],
    ['float16', [3], [1.5, -0.25, 65504]],
    ['int64', [2], [1, -(2n ** 60n)]],
    ['uint8', [3], [0, 1, 2]],
    ['bool', [2], [true, false]],
    ['complex', [1], [new PyComplex(1, 2)]],
    ['bigEndian', [2, 2], [1, 2, 3, 4]],
    ['fortran', [2, 3], [0, 1, 2, 3, 4, 5]],
    ['transposed3d', [3, 2, 4], [0, 1, 2, 3, 12, 13, 14, 15, 4, 5, 6, 7, 16, 17, 18, 19, 8, 9, 10, 11, 20, 21, 22, 23]],
    ['strings', [3], ['a', 'ñandú', '']],
    ['byteStrings', [2], ['ab', 'c']],
    ['objects', [4], ['x', null, 3, 2.5]],
    ['objects2d', [2, 2], ['a', 'b', 'c', 'd']],
    ['dates', [2], [18263, -(2n ** 63n)]],
    ['empty', [0, 3], []],
    ['scalar0d', [], [7.5]],
  ])('reads %s', (key, shape, expected) => {
    expect(array(key).shape).toEqual(shape)
    expect(elements(array(key))).toEqual(expected)
  })

  it('reads records, padded and with sub-arrays', () => {
    const nodes = array('struct')
    expect(elements(column(nodes, 'left'))).toEqual([1, -1])
    expect(elements(column(nodes, 'threshold'))).toEqual([0.5, -2])
    expect(elements(column(nodes, 'missing'))).toEqual([1, 0])
    expect(column(nodes, 'values')).toMatchObject({ shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) })
    expect(elements(column(array('padded'), 'b'))).toEqual([3, 4])
    expect(() => column(nodes, 'right')).toThrow(/'right' is missing/)
  })

  it('keeps the unit of dates', () => {
    expect(array('dates').dtype).toMatchObject({ kind: 'M', unit: 'D' })
  })

  it('reads scalars as plain values', () => {
    const [half, single, integer, flag, text] = root.key('scalars').items()
    expect([half?.number(), single?.number(), integer?.integer()]).toEqual([1.5, 2.5, -3])
    expect([flag?.boolean(), text?.string()]).toEqual([true, 'text'])
  })

  it('reads masked arrays', () => {
    const masked = toMaskedArray(root.key('masked').value)
    expect(masked && elements(masked.values)).toEqual([1, 2, 3])
    expect(masked && Array.from(masked.mask)).toEqual([0, 1, 0])
  })

  it('takes a scalar class for its dtype', () => {
    expect(toDtype(root.key('dtypeClass').value)).toMatchObject({ kind: 'f', itemSize: 4 })
  })

  it.each(['csr', 'csc', 'coo'])('reads a %s matrix', (key) => {
    const matrix = toCsrMatrix(root.key(key).value)
    expect(matrix).toMatchObject({ shape: [2, 3], indptr: [0, 1, 3], indices: [1, 0, 2] })
    expect(matrix && Array.from(toDense(matrix))).toEqual([0, 1.5, 0, 2, 0, 3])
  })

  it('survives damage', async () => {
    const failures = await countFailures(damagedCopies(fixture(name), 300), (copy) => {
      const view = new PyView(readJoblib(copy).value)
      for (const [, entry] of view.entries()) {
        toNdArray(entry.value)
        toMaskedArray(entry.value)
        toCsrMatrix(entry.value)
      }
    })
    expect(failures).toBeGreaterThan(90)
  })
})
