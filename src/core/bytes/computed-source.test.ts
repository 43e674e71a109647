import { expect, it } from 'vitest'
import { computedSource } from './computed-source.ts'
import { joinParts } from './parts.ts'

it('computes bytes when they are read, once until the last was read', async () => {
  let computed = 0
  const source = computedSource(4, async () => {
    computed++
    return Uint8Array.of(1, 2, 3, 4)
  })
  expect(computed).toBe(0)
  expect([...(await source.read(0, 2))]).toEqual([1, 2])
  expect([...(await source.slice(1, 3).read(1, 2))]).toEqual([3, 4])
  expect(computed).toBe(1)
  expect([...(await joinParts([source]))]).toEqual([1, 2, 3, 4])
  expect(computed).toBe(2)
  await expect(source.read(3, 2)).rejects.toMatchObject({ code: 'malformed-file' })
  await expect(computedSource(3, async () => Uint8Array.of(1)).read(0, 1)).rejects.toThrow('1 bytes were computed')
})
