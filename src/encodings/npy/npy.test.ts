import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { bufferSource } from '../../core/bytes/byte-source.ts'
import { joinParts } from '../../core/bytes/parts.ts'
import { LimitExceededError, MalformedFileError, UnsupportedError } from '../../core/errors.ts'
import { decodePickledObjects } from '../pickle/numpy/pickled-objects.ts'
import { PyFloat } from '../pickle/values.ts'
import { countFailures, damagedCopies } from '../testing/damage.ts'
import { booleanArray, numericArray, stringArray } from './encode-array.ts'
import { column, elementCount, type NdArray, toFloat64, toIntegers } from './nd-array.ts'
import { readNpy, writeNpy } from './npy.ts'
import { parseNpyHeader } from './npy-header.ts'
import { openNpz, readNpz, writeNpz } from './npz.ts'

function fixture(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`fixtures/${name}`, import.meta.url)))
}

/** A version 1 file with a header of one's own. */
function npy(header: string, data = new Uint8Array(0)): Uint8Array {
  const text = new TextEncoder().encode(`${header}\n`)
  return Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, text.length, text.length >> 8, ...text, ...data)
}

const MATRIX = Float64Array.of(1.5, -2, 3, 4, 5, 6)

const EXPECTED: [string, object][] = [
  ['float64', { type: 'numeric', shape: [2, 3], data: MATRIX }],
  ['fortran', { type: 'numeric', shape: [2, 3], data: MATRIX }],
  ['big-endian', { type: 'numeric', shape: [2], data: Float32Array.of(1.5, -2) }],
  ['float16', { type: 'numeric', shape: [4], data: Float32Array.of(1.5, -2, 2 ** -24, 65504) }],
  ['int64', { type: 'numeric', shape: [2], data: BigInt64Array.of(1n, -(2n ** 60n)) }],
  ['uint16', { type: 'numeric', shape: [2], data: Uint16Array.of(0, 65535) }],
  ['bool', { type: 'numeric', shape: [2, 1], data: Uint8Array.of(1, 0), dtype: { kind: 'b' } }],
  ['strings', { type: 'string', shape: [3], data: ['a', 'größe', '日本🚢'] }],
  ['bytes', { type: 'string', shape: [2], data: ['ab', 'c'] }],
  ['dates', { type: 'numeric', data: BigInt64Array.of(1577934245000n, -(2n ** 63n)), dtype: { unit: 'ms' } }],
  ['scalar', { type: 'numeric', shape: [], data: Float64Array.of(7.5) }],
  ['empty', { type: 'numeric', shape: [0, 3], data: new Float32Array(0) }],
]

function expectRecords(array: NdArray): void {
  expect(array.shape).toEqual([2])
  expect(column(array, 'id')).toMatchObject({ data: Int32Array.of(1, -2) })
  expect(column(array, 'value')).toMatchObject({ data: Float64Array.of(0.5, 1.5) })
  expect(column(array, 'name')).toMatchObject({ data: ['a', 'ñ'] })
  expect(column(array, 'pair')).toMatchObject({ shape: [2, 2], data: Int16Array.of(1, 2, 3, 4) })
}

describe('readNpy', () => {
  it.each(EXPECTED)('reads %s', (name, expected) => {
    expect(readNpy(fixture(`${name}.npy`))).toMatchObject(expected)
  })

  it('reads records by column', () => {
    expectRecords(readNpy(fixture('records.npy')))
  })

  it.each(['version-2', 'version-3'])('reads %s', (name) => {
    expect(readNpy(fixture(`${name}.npy`))).toMatchObject({ data: Float64Array.of(1, 2) })
  })

  it('reads field names beyond Latin-1', () => {
    expect(column(readNpy(fixture('unicode-field.npy')), 'größe')).toMatchObject({ data: Float64Array.of(1) })
  })

  it('reads Python objects only with a decoder', () => {
    expect(() => readNpy(fixture('objects.npy'))).toThrow(UnsupportedError)
    expect(readNpy(fixture('objects.npy'), decodePickledObjects)).toMatchObject({
      type: 'object',
      shape: [2, 2],
      data: ['a', null, 1, new PyFloat(2.5)],
    })
  })

  it('does not copy aligned numbers', () => {
    const bytes = fixture('float64.npy')
    expect((readNpy(bytes) as { data: Float64Array }).data.buffer).toBe(bytes.buffer)
  })

  it('reads bytes at any alignment', () => {
    const shifted = new Uint8Array(fixture('float64.npy').length + 3)
    shifted.set(fixture('float64.npy'), 3)
    expect(readNpy(shifted.subarray(3))).toMatchObject({ data: MATRIX })
    expect(readNpy(Buffer.from(shifted).subarray(3))).toMatchObject({ data: MATRIX })
  })

  it.each([
    ['another file', Uint8Array.of(1, 2, 3), MalformedFileError],
    ['too few bytes', fixture('float64.npy').subarray(0, 150), MalformedFileError],
    ['a future version', Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 4, 0, 0, 0), UnsupportedError],
    ['no dict', npy("['descr']"), MalformedFileError],
    ['a missing entry', npy("{'descr': '<f8', 'shape': (1,)}"), MalformedFileError],
    ['an unknown type', npy("{'descr': '<q8', 'fortran_order': False, 'shape': (1,)}"), MalformedFileError],
    ['an impossible size', npy("{'descr': '<f3', 'fortran_order': False, 'shape': (1,)}"), MalformedFileError],
    ['a negative axis', npy("{'descr': '<f8', 'fortran_order': False, 'shape': (-1,)}"), MalformedFileError],
    [
      'a huge shape',
      npy("{'descr': '<f8', 'fortran_order': False, 'shape': (99999999, 99999999)}"),
      MalformedFileError,
    ],
    [
      'code in the header',
      npy("{'descr': __import__('os'), 'fortran_order': False, 'shape': (1,)}"),
      MalformedFileError,
    ],
    ['deep nesting', npy(`${'['.repeat(100)}`), LimitExceededError],
    ['many empty strings', npy("{'descr': '<U0', 'fortran_order': False, 'shape': (99999999,)}"), LimitExceededError],
    ['long doubles', npy("{'descr': '<f16', 'fortran_order': False, 'shape': (0,)}"), UnsupportedError],
  ])('reports %s', (_, bytes, type) => {
    expect(() => readNpy(bytes)).toThrow(type)
  })

  it('survives damage', async () => {
    for (const name of ['float64', 'records', 'strings']) {
      const failures = await countFailures(damagedCopies(fixture(`${name}.npy`), 700), (copy) => readNpy(copy))
      expect(failures).toBeGreaterThan(200)
    }
  })
})

describe('writeNpy', () => {
  it.each([
    'float64',
    'int64',
    'uint16',
    'bool',
    'float16',
    'scalar',
    'empty',
    'dates',
    'strings',
    'bytes',
    'version-3',
  ])('writes %s as numpy does', async (name) => {
    const original = name === 'version-3' ? fixture('version-3.npy') : fixture(`${name}.npy`)
    const written = await joinParts(writeNpy(readNpy(original)))
    expect(readNpy(written)).toEqual(readNpy(original))
    if (name !== 'version-3') expect(Buffer.compare(written, original)).toBe(0)
  })

  it('writes records', async () => {
    expectRecords(readNpy(await joinParts(writeNpy(readNpy(fixture('records.npy'))))))
    const named = await joinParts(writeNpy(readNpy(fixture('unicode-field.npy'))))
    expect(column(readNpy(named), 'größe').shape).toEqual([1])
  })

  it('writes arrays made here, the data aligned and not copied', async () => {
    const numbers = Float32Array.of(1, 2, 3, 4)
    const parts = writeNpy(numericArray(numbers, [2, 2]))
    expect(parts[1]?.buffer).toBe(numbers.buffer)
    const header = parseNpyHeader(await joinParts(parts))
    expect(header.dataOffset % 64).toBe(0)
    expect(header).toMatchObject({ shape: [2, 2], order: 'C', dtype: { kind: 'f', itemSize: 4 } })
    expect(readNpy(await joinParts(writeNpy(stringArray(['🚢', ''])))).type).toBe('string')
    expect(readNpy(await joinParts(writeNpy(booleanArray(Uint8Array.of(1)))))).toMatchObject({ dtype: { kind: 'b' } })
  })

  it('refuses objects', () => {
    expect(() => writeNpy(readNpy(fixture('objects.npy'), decodePickledObjects))).toThrow(UnsupportedError)
  })
})

describe('.npz', () => {
  it.each(['stored.npz', 'deflated.npz'])('reads %s', async (name) => {
    const arrays = await readNpz(bufferSource(fixture(name)))
    for (const [key, expected] of EXPECTED) expect(arrays.get(key)).toMatchObject(expected)
    expectRecords(arrays.get('records') as NdArray)
  })

  it('reads an array when it is asked for', async () => {
    const archive = await openNpz(bufferSource(fixture('stored.npz')))
    expect(archive.names).toContain('strings')
    expect(await archive.read('strings')).toMatchObject({ shape: [3] })
    await expect(archive.read('nothing')).rejects.toThrow(/no array named 'nothing'/)
  })

  it.each([false, true])('writes what it reads, compressed: %s', async (compress) => {
    const arrays = await readNpz(bufferSource(fixture('stored.npz')))
    const written = await joinParts(await writeNpz(arrays, compress))
    const again = await readNpz(bufferSource(written))
    for (const [key, expected] of EXPECTED) expect(again.get(key)).toMatchObject(expected)
    expectRecords(again.get('records') as NdArray)
  })
})

describe('conversions', () => {
  it('gives plain numbers, and only exact ones', () => {
    expect(Array.from(toFloat64(numericArray(Int8Array.of(-1, 2))))).toEqual([-1, 2])
    expect(toIntegers(numericArray(BigInt64Array.of(5n)))).toEqual([5])
    expect(() => toFloat64(numericArray(BigInt64Array.of(2n ** 60n)))).toThrow(/beyond 2\^53/)
    expect(() => toIntegers(numericArray(Float32Array.of(1)))).toThrow(/Integers expected/)
    expect(() => toFloat64(stringArray(['1']))).toThrow(/Numbers expected/)
  })

  it('counts elements', () => {
    expect(elementCount([])).toBe(1)
    expect(elementCount([2, 0, 3])).toBe(0)
    expect(() => elementCount([1.5])).toThrow(MalformedFileError)
  })
})
