import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { bufferSource } from '../../core/bytes/byte-source.ts'
import { LimitExceededError, MalformedFileError } from '../../core/errors.ts'
import { countFailures, damagedCopies } from '../testing/damage.ts'
import { decompress } from './decompress.ts'
import { type CompressionFormat, detectCompression } from './detect.ts'

function fixture(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`fixtures/${name}`, import.meta.url)))
}

const FILES: [string, CompressionFormat][] = [
  ['plain.zlib', 'zlib'],
  ['plain.gz', 'gzip'],
  ['two-members.gz', 'gzip'],
  ['plain.bz2', 'bzip2'],
  ['two-streams.bz2', 'bzip2'],
  ['plain.xz', 'xz'],
  ['two-streams.xz', 'xz'],
  ['plain.lzma', 'lzma'],
  ['plain.lz4', 'lz4'],
  ['linked-blocks.lz4', 'lz4'],
  ['plain.zst', 'zstd'],
  ['plain.zfile', 'zfile'],
]

const plain = fixture('plain.bin')

describe('detectCompression', () => {
  it.each(FILES)('recognises %s as %s', (name, format) => {
    expect(detectCompression(fixture(name))).toBe(format)
  })

  it('leaves other files alone', () => {
    for (const text of ['', 'x', '\x80\x04\x95', 'PK\x03\x04', 'BZ', 'xyz,abc', '{"a": 1}']) {
      expect(detectCompression(new TextEncoder().encode(text))).toBeUndefined()
    }
  })
})

describe('decompress', () => {
  it.each([...FILES, ['plain.deflate', 'deflate'] as const])('restores %s', async (name, format) => {
    expect(Buffer.compare(await decompress(fixture(name), { format }), plain)).toBe(0)
  })

  it('reads a byte source', async () => {
    expect((await decompress(bufferSource(fixture('plain.gz')))).length).toBe(plain.length)
  })

  it.each(FILES)('reports where %s ends early, wherever it is cut', async (name, format) => {
    const whole = fixture(name)
    for (let length = 4; length < whole.length; length += 1 + Math.floor(whole.length / 40)) {
      const result = await decompress(whole.subarray(0, length), { format }).catch((error: unknown) => error)
      // The boundary between two members is an end, too.
      if (result instanceof Uint8Array) expect(result.length, `${length} bytes`).toBeLessThan(plain.length)
      else {
        expect(result, `${length} bytes`).toBeInstanceOf(MalformedFileError)
        expect((result as MalformedFileError).context.offset).toBeGreaterThanOrEqual(0)
      }
    }
  })

  it.each(FILES)('survives damage to %s', async (name, format) => {
    const copies = damagedCopies(fixture(name), 60)
    const failures = await countFailures(copies, (copy) => decompress(copy, { format, maxOutput: 4 * plain.length }))
    expect(failures).toBeGreaterThan(20)
  })

  it.each(['plain.zlib', 'plain.gz', 'plain.bz2', 'plain.xz', 'plain.lz4'])(
    'notices a flipped bit in %s',
    async (name) => {
      const damaged = fixture(name)
      const middle = damaged.length >> 1
      damaged[middle] = (damaged[middle] as number) ^ 0x10
      await expect(decompress(damaged)).rejects.toBeInstanceOf(MalformedFileError)
    },
  )

  it('stops a bomb by its ratio', async () => {
    await expect(decompress(fixture('bomb.gz'))).rejects.toThrow(/more than 250-fold/)
  })

  it.each(FILES)('stops %s at the size allowed', async (name, format) => {
    const tooMuch = decompress(fixture(name), { format, maxOutput: plain.length - 1 })
    await expect(tooMuch).rejects.toBeInstanceOf(LimitExceededError)
    await expect(decompress(fixture(name), { format, maxOutput: plain.length })).resolves.toHaveLength(plain.length)
  })

  it('ends when it is cancelled', async () => {
    const controller = new AbortController()
    const work = decompress(fixture('bomb.gz'), { signal: controller.signal, maxRatio: 2000 })
    controller.abort()
    await expect(work).rejects.toMatchObject({ code: 'cancelled' })
  })

  it('refuses what is not compressed', async () => {
    await expect(decompress(new Uint8Array([1, 2, 3]))).rejects.toMatchObject({ code: 'unsupported' })
  })
})
