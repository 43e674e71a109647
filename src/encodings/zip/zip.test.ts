import { describe, expect, it } from 'vitest'
import { type ByteSource, bufferSource } from '../../core/bytes/byte-source.ts'
import { joinParts } from '../../core/bytes/parts.ts'
import { LimitExceededError, MalformedFileError, UnsupportedError } from '../../core/errors.ts'
import { countFailures, damagedCopies } from '../testing/damage.ts'
import { crc32 } from './crc32.ts'
import { openZip } from './open-zip.ts'
import { writeZip, type ZipInput } from './write-zip.ts'

const text = (value: string) => new TextEncoder().encode(value)

async function zipBytes(...inputs: ZipInput[]): Promise<Uint8Array> {
  return joinParts(await writeZip(inputs))
}

/** Finds the n-th record with a little-endian signature. */
function findSignature(bytes: Uint8Array, signature: number, from = 0): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  for (let i = from; i + 4 <= bytes.length; i++) if (view.getUint32(i, true) === signature) return i
  throw new Error('no such record')
}

const CENTRAL = 0x02014b50

describe('crc32', () => {
  it('gives the check value of the algorithm, whole and in pieces', () => {
    expect(crc32(text('123456789'))).toBe(0xcbf43926)
    expect(crc32(text('6789'), crc32(text('12345')))).toBe(0xcbf43926)
  })
})

describe('openZip', () => {
  it('lists entries and gives back stored and deflated content', async () => {
    const long = text('portolan '.repeat(5000))
    const bytes = await zipBytes(
      { name: 'dir/stored.bin', data: [text('first '), bufferSource(text('second'))] },
      { name: 'deflated ñ.txt', data: long, compress: true },
      { name: 'empty', data: new Uint8Array() },
    )
    const zip = await openZip(bufferSource(bytes))
    expect(zip.entries.map((e) => e.name)).toEqual(['dir/stored.bin', 'deflated ñ.txt', 'empty'])
    expect(new TextDecoder().decode(await zip.get('dir/stored.bin')?.bytes())).toBe('first second')
    expect(await zip.get('deflated ñ.txt')?.bytes()).toEqual(long)
    expect(zip.get('deflated ñ.txt')?.compressedSize).toBeLessThan(1000)
    expect(await zip.get('empty')?.bytes()).toEqual(new Uint8Array())
    expect(zip.get('absent')).toBeUndefined()
  })

  it('gives a stored entry as a slice without reading its content', async () => {
    const payload = new Uint8Array(1 << 20).fill(7)
    const whole = bufferSource(await zipBytes({ name: 'w', data: payload }, { name: 'after', data: text('x') }))
    let read = 0
    const counting: ByteSource = {
      ...whole,
      read: (offset, length) => {
        read += length
        return whole.read(offset, length)
      },
    }
    const source = await (await openZip(counting)).get('w')?.source()
    expect(source?.size).toBe(payload.length)
    expect(read).toBeLessThan(payload.length / 4)
    expect(await source?.read(100, 3)).toEqual(new Uint8Array([7, 7, 7]))
  })

  it('reads zip64: more entries than 16 bits can count', async () => {
    const inputs = Array.from({ length: 66_000 }, (_, i) => ({ name: `e/${i}`, data: new Uint8Array([i & 255]) }))
    const zip = await openZip(bufferSource(await joinParts(await writeZip(inputs))))
    expect(zip.entries.length).toBe(66_000)
    expect(await zip.get('e/65999')?.bytes()).toEqual(new Uint8Array([65999 & 255]))
  })

  it('reads zip64: an entry beyond 4 GiB, without touching the bytes before it', async () => {
    const size = 5 * 2 ** 30
    const { source, expected } = hugeZip(sparseZeros(size))
    const zip = await openZip(source)
    expect(zip.entries.map((e) => [e.name, e.size])).toEqual([
      ['huge', size],
      ['last', expected.length],
    ])
    expect(await zip.get('last')?.bytes()).toEqual(expected)
    expect((await zip.get('huge')?.source())?.size).toBe(size)
    await expect(zip.get('huge')?.bytes()).rejects.toThrow(LimitExceededError)
  })

  it('takes the last of two entries of one name', async () => {
    const zip = await openZip(
      bufferSource(await zipBytes({ name: 'a', data: text('old') }, { name: 'a', data: text('new') })),
    )
    expect(new TextDecoder().decode(await zip.get('a')?.bytes())).toBe('new')
  })

  it.each(['../evil', 'a/../../evil', '/etc/passwd', 'C:\\evil', '..\\evil'])('refuses the name %s', async (name) => {
    const bytes = await zipBytes({ name, data: text('x') })
    await expect(openZip(bufferSource(bytes))).rejects.toThrow(/path outside the archive/)
  })

  it('normalises backslashes and dots', async () => {
    const zip = await openZip(bufferSource(await zipBytes({ name: '.\\a\\b', data: text('x') })))
    expect(zip.entries[0]?.name).toBe('a/b')
  })

  it('refuses a zip bomb by its ratio', async () => {
    const bytes = await zipBytes({ name: 'bomb', data: new Uint8Array(1 << 20), compress: true })
    const zip = await openZip(bufferSource(bytes), { ratioExemptBytes: 1000 })
    await expect(zip.get('bomb')?.bytes()).rejects.toThrow(LimitExceededError)
    await expect((await openZip(bufferSource(bytes))).get('bomb')?.bytes()).resolves.toHaveLength(1 << 20)
  })

  it('refuses an entry that is longer than it claims', async () => {
    const bytes = await zipBytes({ name: 'liar', data: new Uint8Array(1 << 20), compress: true })
    new DataView(bytes.buffer).setUint32(findSignature(bytes, CENTRAL) + 24, 1000, true)
    const zip = await openZip(bufferSource(bytes))
    await expect(zip.get('liar')?.bytes()).rejects.toThrow(/longer than the 1000 bytes it claims/)
  })

  it('refuses overlapping entries', async () => {
    const bytes = await zipBytes({ name: 'a', data: text('12345') }, { name: 'b', data: text('12345') })
    const second = findSignature(bytes, CENTRAL, findSignature(bytes, CENTRAL) + 1)
    new DataView(bytes.buffer).setUint32(second + 42, 0, true)
    await expect(openZip(bufferSource(bytes))).rejects.toThrow(/overlap/)
  })

  it('refuses too many entries', async () => {
    const bytes = await zipBytes({ name: 'a', data: text('1') }, { name: 'b', data: text('2') })
    await expect(openZip(bufferSource(bytes), { maxEntries: 1 })).rejects.toThrow(LimitExceededError)
  })

  it('says that an entry is encrypted or its compression unknown', async () => {
    const bytes = await zipBytes({ name: 'a', data: text('12345') })
    const at = findSignature(bytes, CENTRAL)
    const encrypted = bytes.slice()
    encrypted[at + 8] = 1
    await expect((await openZip(bufferSource(encrypted))).get('a')?.bytes()).rejects.toThrow(/encrypted/)
    const lzma = bytes.slice()
    lzma[at + 10] = 14
    await expect((await openZip(bufferSource(lzma))).get('a')?.source()).rejects.toThrow(UnsupportedError)
  })

  it.each([true, false])('notices damaged content by its CRC-32 (deflated: %s)', async (compress) => {
    const noise = Uint8Array.from({ length: 2000 }, (_, i) => (i * 7919) % 251)
    const bytes = await zipBytes({ name: 'a', data: noise, compress })
    const crcAt = findSignature(bytes, CENTRAL) + 16
    bytes[crcAt] = (bytes[crcAt] as number) ^ 1
    await expect((await openZip(bufferSource(bytes))).get('a')?.source()).rejects.toThrow(/CRC-32/)
  })

  it('leaves large stored entries unread', async () => {
    const bytes = await zipBytes({ name: 'a', data: new Uint8Array(2000) })
    const crcAt = findSignature(bytes, CENTRAL) + 16
    bytes[crcAt] = (bytes[crcAt] as number) ^ 1
    const zip = await openZip(bufferSource(bytes), { maxCheckedBytes: 1000 })
    expect((await zip.get('a')?.source())?.size).toBe(2000)
  })

  it('is not misled by bytes that are no zip', async () => {
    await expect(openZip(bufferSource(new Uint8Array()))).rejects.toThrow(MalformedFileError)
    await expect(openZip(bufferSource(text('<html>'.repeat(20))))).rejects.toThrow(MalformedFileError)
  })

  it('survives damage with a Portolan error or none', async () => {
    const bytes = await zipBytes(
      { name: 'a.json', data: text('{"a": 1}'.repeat(40)), compress: true },
      { name: 'data/0', data: new Uint8Array(300).fill(3) },
      { name: 'b', data: text('stored') },
    )
    const failures = await countFailures(damagedCopies(bytes, 600), async (copy) => {
      const zip = await openZip(bufferSource(copy))
      for (const entry of zip.entries) await entry.bytes()
    })
    expect(failures).toBeGreaterThan(200)
  })
})

/** A source of zeros that takes no memory. */
function sparseZeros(size: number): ByteSource {
  return { size, read: async (_, length) => new Uint8Array(length), slice: (_, length) => sparseZeros(length) }
}

/** A zip64 of a stored 5 GiB entry and a small one behind it, as numbers: [huge header][zeros][last][directory]. */
function hugeZip(zeros: ByteSource): { source: ByteSource; expected: Uint8Array } {
  const expected = text('behind the horizon')
  const le = (width: number, value: number) => {
    const bytes = new Uint8Array(width)
    let rest = BigInt(value)
    for (let i = 0; i < width; i++) {
      bytes[i] = Number(rest & 255n)
      rest >>= 8n
    }
    return bytes
  }
  const record = (...fields: [number, number][]) => fields.flatMap(([w, v]) => [...le(w, v)])
  const local = (name: string, size: number, crc: number) => {
    const big = size > 0xfffffff0
    const extra = big ? record([2, 1], [2, 16], [8, size], [8, size]) : []
    const s = big ? 0xffffffff : size
    return [
      ...record([4, 0x04034b50], [2, 45], [2, 0], [2, 0], [4, 0], [4, crc], [4, s], [4, s], [2, 4], [2, extra.length]),
      ...text(name),
      ...extra,
    ]
  }
  const first = local('huge', zeros.size, 0)
  const second = local('last', expected.length, crc32(expected))
  const lastOffset = first.length + zeros.size
  const central = (name: string, size: number, crc: number, offset: number) => [
    ...record([4, 0x02014b50], [2, 45], [2, 45], [2, 0], [2, 0], [4, 0], [4, crc]),
    ...record([4, 0xffffffff], [4, 0xffffffff], [2, 4], [2, 28], [2, 0], [2, 0], [2, 0], [4, 0], [4, 0xffffffff]),
    ...text(name),
    ...record([2, 1], [2, 24], [8, size], [8, size], [8, offset]),
  ]
  const directory = [
    ...central('huge', zeros.size, 0, 0),
    ...central('last', expected.length, crc32(expected), lastOffset),
  ]
  const directoryOffset = lastOffset + second.length + expected.length
  const end = [
    ...record([4, 0x06064b50], [8, 44], [2, 45], [2, 45], [4, 0], [4, 0], [8, 2], [8, 2]),
    ...record([8, directory.length], [8, directoryOffset]),
    ...record([4, 0x07064b50], [4, 0], [8, directoryOffset + directory.length], [4, 1]),
    ...record([4, 0x06054b50], [4, 0], [2, 2], [2, 2], [4, directory.length], [4, 0xffffffff], [2, 0]),
  ]
  const head = Uint8Array.from(first)
  const tail = Uint8Array.from([...second, ...expected, ...directory, ...end])
  return { source: threeParts(head, zeros, tail), expected }
}

function threeParts(head: Uint8Array, middle: ByteSource, tail: Uint8Array): ByteSource {
  const tailStart = head.length + middle.size
  const at = (offset: number) =>
    offset < head.length ? (head[offset] ?? 0) : offset >= tailStart ? (tail[offset - tailStart] ?? 0) : 0
  const self: ByteSource = {
    size: tailStart + tail.length,
    read: async (offset, length) => Uint8Array.from({ length }, (_, i) => at(offset + i)),
    slice: (offset, length) => ({
      size: length,
      read: (from, n) => self.read(offset + from, n),
      slice: (from, n) => self.slice(offset + from, n),
    }),
  }
  return self
}
