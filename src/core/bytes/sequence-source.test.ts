import { describe, expect, it } from 'vitest'
import { bufferSource, readAll } from './byte-source.ts'
import { sequenceSource } from './sequence-source.ts'

const bytes = (...values: number[]) => bufferSource(Uint8Array.from(values))

describe('sequenceSource', () => {
  const source = sequenceSource([bytes(1, 2, 3), bytes(), bytes(4), bytes(5, 6)])

  it('reads within a source and across borders', async () => {
    expect(source.size).toBe(6)
    expect([...(await source.read(1, 2))]).toEqual([2, 3])
    expect([...(await source.read(2, 3))]).toEqual([3, 4, 5])
    expect([...(await readAll(source))]).toEqual([1, 2, 3, 4, 5, 6])
    expect([...(await source.read(6, 0))]).toEqual([])
  })

  it('slices of slices keep their place', async () => {
    const slice = source.slice(2, 4).slice(1, 2)
    expect([...(await readAll(slice))]).toEqual([4, 5])
  })

  it('refuses ranges past the end', async () => {
    await expect(source.read(5, 2)).rejects.toMatchObject({ code: 'malformed-file' })
    expect(() => source.slice(-1, 1)).toThrow()
  })
})
