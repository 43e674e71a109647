import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { type ByteSource, blobSource, bufferSource } from '../../core/bytes/byte-source.ts'
import { LimitExceededError, MalformedFileError, PortolanError, UnsupportedError } from '../../core/errors.ts'
import { countFailures, damagedCopies } from '../testing/damage.ts'
import { isEndlessHeap } from './global-heap.ts'
import { type Hdf5File, openHdf5 } from './open-hdf5.ts'

const KINDS = new Uint8Array(readFileSync(fileURLToPath(new URL('fixtures/kinds.h5', import.meta.url))))

async function withKinds<T>(use: (file: Hdf5File) => T | Promise<T>, source = bufferSource(KINDS)): Promise<T> {
  const file = await openHdf5(source)
  try {
    return await use(file)
  } finally {
    file.close()
  }
}

const dense = (name: string) => `/model/dense/${name}`

describe('openHdf5', () => {
  it('lists groups, datasets and links', async () => {
    await withKinds((file) => {
      expect(file.children('/')).toEqual([
        { name: 'dangling', kind: 'other' },
        { name: 'model', kind: 'group' },
        { name: 'outside', kind: 'other' },
        { name: 'soft', kind: 'dataset' },
      ])
      expect(file.children('/model')).toEqual([{ name: 'dense', kind: 'group' }])
      expect(file.dataset('/model')).toBeUndefined()
      expect(file.dataset('/no/such')).toBeUndefined()
      expect(() => file.children('/no/such')).toThrow(MalformedFileError)
    })
  })

  it('reads attributes: strings of every kind, numbers, booleans, empty ones', async () => {
    await withKinds((file) => {
      expect(file.stringAttribute('/', 'config')).toBe('{"name": "ñandú"}')
      expect(file.stringAttribute('/', 'fixed')).toBe('2.15.0')
      expect(file.stringsAttribute('/', 'weight_names')).toEqual(['dense/kernel:0', 'dense/ñ:0'])
      expect(file.stringsAttribute('/', 'vlen_names')).toEqual(['one', '', 'three'])
      expect(file.stringsAttribute('/', 'empty_names')).toEqual([])
      expect(file.attribute('/', 'step')).toEqual({ shape: [], data: BigInt64Array.of(-7n) })
      expect(file.attribute('/', 'flag')).toEqual({ shape: [], data: Uint8Array.of(1) })
      expect(file.attribute('/', 'rates')).toEqual({ shape: [1, 2], data: Float64Array.of(0.5, 0.25) })
      expect(file.attribute('/', 'nothing')).toEqual({ shape: null, data: [] })
      expect(file.stringAttribute('/', 'absent')).toBeUndefined()
      expect(() => file.stringAttribute('/', 'step')).toThrow(/not a string/)
    })
  })

  it('joins an attribute that Keras has split', async () => {
    await withKinds((file) => expect(file.stringsAttribute('/', 'layer_names')).toEqual(['a', 'b', 'c']))
  })

  it.each([
    ['small', 'float32', [2], Float32Array.of(1.5, -2.5)],
    ['half', 'float16', [2], Uint16Array.of(0x3c00, 0xc000)],
    ['double', 'float64', [], Float64Array.of(Math.PI)],
    ['int64', 'int64', [1, 2], BigInt64Array.of(-(2n ** 63n), 2n ** 63n - 1n)],
    ['uint8', 'uint8', [5], Uint8Array.of(0, 1, 2, 3, 4)],
    ['bool', 'bool', [2], Uint8Array.of(1, 0)],
    ['strings', 'string', [2], ['eins', 'zwei ñ']],
    ['fixed_strings', 'string', [2], ['ab', 'abc']],
    ['empty', 'float32', [0, 4], new Float32Array()],
  ])('reads the dataset %s', async (name, dtype, shape, data) => {
    await withKinds(async (file) => {
      const dataset = file.dataset(dense(name))
      expect([dataset?.dtype, dataset?.shape]).toEqual([dtype, shape])
      expect(await dataset?.read()).toEqual(data)
    })
  })

  it.each([
    ['contiguous', 977],
    ['big_endian', 977],
    ['gzip', 31],
    ['chunked', 30000],
  ])('reads every element of %s', async (name, modulus) => {
    const data = await withKinds(async (file) => (await file.dataset(dense(name))?.read()) as Float32Array)
    expect(data.length).toBe(30000)
    expect(data.every((value, i) => value === i % modulus)).toBe(true)
  })

  it('reads what was never written as the fill value', async () => {
    const data = await withKinds(async (file) => (await file.dataset(dense('unwritten'))?.read()) as Float32Array)
    expect([data.length, new Set(data)]).toEqual([40000, new Set([2.5])])
  })

  it('knows where contiguous little-endian elements stand, and only those', async () => {
    await withKinds(async (file) => {
      const place = file.dataset(dense('contiguous'))?.contiguous
      expect(place?.length).toBe(30000 * 4)
      const view = new DataView(KINDS.buffer, KINDS.byteOffset + (place?.offset ?? 0))
      expect([view.getFloat32(4, true), view.getFloat32(29999 * 4, true)]).toEqual([1, 29999 % 977])
      for (const name of ['big_endian', 'gzip', 'chunked', 'unwritten', 'small', 'strings']) {
        expect([name, file.dataset(dense(name))?.contiguous]).toEqual([name, undefined])
      }
    })
  })

  it('reads the same from a source that only knows how to wait', async () => {
    const data = await withKinds((file) => file.dataset(dense('small'))?.read(), blobSource(new Blob([KINDS])))
    expect(data).toEqual(Float32Array.of(1.5, -2.5))
    const huge: ByteSource = { ...blobSource(new Blob()), size: 2 ** 31 }
    await expect(openHdf5(huge)).rejects.toThrow(LimitExceededError)
  })

  it('opens without reading the weights', async () => {
    let read = 0
    const source = bufferSource(KINDS)
    const readSync = (offset: number, length: number) => {
      read += length
      return KINDS.subarray(offset, offset + length)
    }
    await withKinds((file) => file.dataset(dense('contiguous'))?.shape, { ...source, readSync })
    expect(read).toBeLessThan(20_000)
  })

  it('does not take a second file for the one that is open', async () => {
    await withKinds(async () => {
      await expect(openHdf5(bufferSource(KINDS.slice(0, 96)))).rejects.toThrow(MalformedFileError)
    })
  })

  it('refuses compound elements, and use after close', async () => {
    const file = await openHdf5(bufferSource(KINDS))
    expect(() => file.dataset(dense('compound'))).toThrow(UnsupportedError)
    const small = file.dataset(dense('small'))
    file.close()
    file.close()
    expect(() => file.children('/')).toThrow(PortolanError)
    await expect(small?.read()).rejects.toThrow(/has been closed/)
  })

  it('refuses what is not HDF5', async () => {
    await expect(openHdf5(bufferSource(new Uint8Array()))).rejects.toThrow(MalformedFileError)
    await expect(openHdf5(bufferSource(new Uint8Array(5000).fill(65)))).rejects.toThrow(MalformedFileError)
  })

  it('does not let the library loop over a heap object of no size', () => {
    const heap = new Uint8Array(64)
    const view = new DataView(heap.buffer)
    heap.set(new TextEncoder().encode('GCOL'))
    view.setBigUint64(8, 64n, true)
    view.setUint16(16, 1, true)
    view.setBigUint64(24, 3n, true)
    view.setBigUint64(48, 24n, true)
    expect(isEndlessHeap(heap)).toBe(false)
    view.setBigUint64(48, 0n, true)
    expect(isEndlessHeap(heap)).toBe(true)
  })

  it('survives damage with a Portolan error or none', async () => {
    const failures = await countFailures(damagedHeaders(), async (copy) => {
      await withKinds(async (file) => {
        for (const name of file.attributeNames('/')) file.attribute('/', name)
        for (const { name } of file.children('/model/dense')) {
          if (name !== 'compound') await file.dataset(dense(name))?.read()
        }
      }, bufferSource(copy))
    })
    expect(failures).toBeGreaterThan(100)
  })
})

/** Damage where it matters: weights fill most of the file, so the bytes before and between them are hit as often. */
function* damagedHeaders(): Generator<Uint8Array> {
  yield* damagedCopies(KINDS, 90)
  for (const copy of damagedCopies(KINDS.slice(0, 8192), 240, 5)) {
    const whole = KINDS.slice()
    whole.set(copy)
    yield copy.length < 8192 ? copy : whole
  }
}
