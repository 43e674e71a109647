import { describe, expect, it } from 'vitest'
import { type ByteSource, bufferSource } from '../../core/bytes/byte-source.ts'
import { joinParts } from '../../core/bytes/parts.ts'
import { LimitExceededError, MalformedFileError } from '../../core/errors.ts'
import { countFailures, damagedCopies, seededRandom } from '../testing/damage.ts'
import { decodeMessage, readMessage, readPacked } from './decode.ts'
import { encodeMessage } from './encode.ts'
import {
  defineMessage,
  explicit,
  type MessageSpec,
  message,
  messages,
  optional,
  packed,
  repeated,
} from './message-spec.ts'

interface Sample {
  count: number
  big: bigint
  unsigned: bigint
  small: number
  flag: boolean
  ratio: number
  exact: number
  label: string
  zero: number | undefined
  blob: Uint8Array | ByteSource | undefined
  dims: readonly number[]
  words: readonly string[]
  floats: Float32Array
  ints: BigInt64Array
  packedFloats: Float32Array | ByteSource
  packedInts: BigInt64Array | ByteSource
  packedInt32s: Int32Array
  doubles: Float64Array
  child: Sample | undefined
  children: readonly Sample[]
}

const SAMPLE: MessageSpec<Sample> = defineMessage('Sample', {
  count: optional(1, 'int'),
  big: optional(2, 'int64'),
  unsigned: optional(3, 'uint64'),
  small: optional(4, 'int32'),
  flag: optional(5, 'bool'),
  ratio: optional(6, 'float'),
  exact: optional(7, 'double'),
  label: optional(8, 'string'),
  zero: explicit(9, 'int'),
  blob: optional(10, 'payload'),
  dims: repeated(11, 'int'),
  words: repeated(12, 'string'),
  floats: repeated(13, 'float'),
  ints: repeated(14, 'int64'),
  packedFloats: packed(15, 'float'),
  packedInts: packed(16, 'int64'),
  packedInt32s: packed(17, 'int32'),
  doubles: packed(18, 'double'),
  child: message(19, () => SAMPLE),
  children: messages(2000, () => SAMPLE),
})

const EMPTY = decodeMessage(SAMPLE, new Uint8Array())
const sample = (fields: Partial<Sample>): Sample => ({ ...EMPTY, ...fields })
const encode = (value: Sample) => joinParts(encodeMessage(SAMPLE, value))
const bytesOf = (...bytes: number[]) => Uint8Array.from(bytes)

const INT64_MAX = 2n ** 63n - 1n
const FULL = sample({
  count: -3,
  big: -(2n ** 63n),
  unsigned: 2n ** 64n - 1n,
  small: -2147483648,
  flag: true,
  ratio: 0.5,
  exact: Math.PI,
  label: 'ñandú \u{1f6a2}',
  zero: 0,
  blob: bytesOf(1, 2, 3),
  dims: [0, -1, 1 << 30, Number.MAX_SAFE_INTEGER],
  words: ['', 'BRANCH_LEQ', 'LEAF', 'BRANCH_LEQ', 'x'.repeat(500)],
  floats: Float32Array.of(1, -0, Number.NaN, Infinity),
  ints: BigInt64Array.of(0n, -1n, INT64_MAX, -INT64_MAX, 300n),
  packedFloats: Float32Array.of(1.5, 2.5),
  packedInts: BigInt64Array.of(7n, -7n),
  packedInt32s: Int32Array.of(-1, 2147483647),
  doubles: Float64Array.of(1e-300),
  child: sample({ label: 'child', child: sample({ count: 1 }) }),
  children: [sample({}), sample({ count: 2 ** 40 })],
})

describe('the wire', () => {
  it('decodes the examples of the encoding guide', () => {
    expect(decodeMessage(SAMPLE, bytesOf(0x08, 0x96, 0x01)).count).toBe(150)
    expect(decodeMessage(SAMPLE, bytesOf(0x42, 0x07, ...new TextEncoder().encode('testing'))).label).toBe('testing')
    expect(decodeMessage(SAMPLE, bytesOf(0x82, 1, 6, 3, 0x8e, 2, 0x9e, 0xa7, 5)).packedInts).toEqual(
      BigInt64Array.of(3n, 270n, 86942n),
    )
  })

  it('gives absent fields their zero', () => {
    expect(EMPTY).toMatchObject({
      count: 0,
      big: 0n,
      label: '',
      flag: false,
      zero: undefined,
      blob: undefined,
      words: [],
    })
    expect(EMPTY.floats).toEqual(new Float32Array())
  })

  it('reads packed fields unpacked and unpacked fields packed', () => {
    expect(decodeMessage(SAMPLE, bytesOf(0x7d, 0, 0, 0x80, 0x3f, 0x7d, 0, 0, 0, 0x40)).packedFloats).toEqual(
      Float32Array.of(1, 2),
    )
    expect(decodeMessage(SAMPLE, bytesOf(0x6a, 8, 0, 0, 0x80, 0x3f, 0, 0, 0, 0x40)).floats).toEqual(
      Float32Array.of(1, 2),
    )
    expect(decodeMessage(SAMPLE, bytesOf(0x5a, 2, 5, 6)).dims).toEqual([5, 6])
  })

  it('skips unknown fields of every wire type', () => {
    const unknown = [
      0xf8,
      1,
      5,
      0xf9,
      1,
      ...new Array(8).fill(0),
      0xfa,
      1,
      1,
      9,
      0xfb,
      1,
      0x08,
      1,
      0xfc,
      1,
      0xfd,
      1,
      0,
      0,
      0,
      0,
    ]
    expect(decodeMessage(SAMPLE, bytesOf(...unknown, 0x08, 7))).toEqual(sample({ count: 7 }))
  })
})

describe('encode and decode', () => {
  it('are inverse', async () => {
    const bytes = await encode(FULL)
    expect(decodeMessage(SAMPLE, bytes)).toEqual(FULL)
    expect(await readMessage(SAMPLE, bufferSource(bytes))).toEqual(FULL)
  })

  it('write zero where presence counts and nowhere else', async () => {
    expect(await encode(sample({ zero: 0, count: 0, label: '' }))).toEqual(bytesOf(0x48, 0))
  })

  it('keep strings that are not UTF-8', async () => {
    const raw = bytesOf(0x42, 6, 0x61, 0xff, 0xc3, 0xa9, 0x80, 0xed)
    const decoded = decodeMessage(SAMPLE, raw)
    expect(decoded.label).toBe('a\udcffé\udc80\udced')
    expect(await encode(decoded)).toEqual(raw)
  })

  it('keep every byte of random strings', async () => {
    const random = seededRandom(7)
    for (let i = 0; i < 500; i++) {
      const text = Uint8Array.from({ length: 1 + Math.floor(random() * 60) }, () => Math.floor(random() * 256))
      const raw = bytesOf(0x42, text.length, ...text)
      expect(await encode(decodeMessage(SAMPLE, raw))).toEqual(raw)
    }
  })

  it('agree on messages far larger than a read window', async () => {
    const random = seededRandom(3)
    const children = Array.from({ length: 5000 }, (_, i) =>
      sample({ count: i, label: 'n'.repeat(Math.floor(random() * 400)), ints: BigInt64Array.of(BigInt(i), -1n) }),
    )
    const floats = Float32Array.from({ length: 300_000 }, random)
    const ints = BigInt64Array.from({ length: 100_000 }, (_, i) => BigInt(i) * 12_345_678_901n)
    const value = sample({ children, floats, ints, child: sample({ floats, words: ['w'.repeat(200_000)] }) })
    const bytes = await encode(value)
    const whole = decodeMessage(SAMPLE, bytes)
    expect(Buffer.compare(await encode(whole), bytes)).toBe(0)
    expect(whole.children.map((child) => child.count)).toEqual(children.map((child) => child.count))
    expect(whole.ints[99_999]).toBe(ints[99_999])
    expect(whole.child?.floats[299_999]).toBe(floats[299_999])
    expect(Buffer.compare(await encode(await readMessage(SAMPLE, bufferSource(bytes))), bytes)).toBe(0)
  })
})

describe('readMessage', () => {
  it('leaves large payloads in the file and writes them back as the same slices', async () => {
    const payload = new Uint8Array(1 << 20).map((_, i) => i % 251)
    const bytes = await encode(
      sample({
        blob: bytesOf(1),
        child: sample({ blob: payload, label: 'after' }),
        packedFloats: new Float32Array(100_000).fill(2),
      }),
    )
    let read = 0
    const source = counting(bufferSource(bytes), (length) => {
      read += length
    })
    const value = await readMessage(SAMPLE, source)
    expect(read).toBeLessThan(64 * 1024)
    expect(value.blob).toEqual(bytesOf(1))
    expect(value.child?.label).toBe('after')
    const blob = value.child?.blob as ByteSource
    expect(await blob.read(1000, 3)).toEqual(payload.subarray(1000, 1003))
    const floats = await readPacked('float', value.packedFloats as ByteSource)
    expect([floats.length, floats.every((float) => float === 2)]).toEqual([100_000, true])
    const parts = encodeMessage(SAMPLE, value)
    expect(parts.some((part) => part === blob)).toBe(true)
    expect(Buffer.compare(await joinParts(parts), bytes)).toBe(0)
  })

  it('says where a file is cut off, before reading what is missing', async () => {
    const bytes = await encode(sample({ child: sample({ blob: new Uint8Array(300_000) }) }))
    await expect(readMessage(SAMPLE, bufferSource(bytes.subarray(0, 200_000)))).rejects.toThrow(
      /does not fit in the \d+ that are left \(at byte 0\)/,
    )
  })
})

describe('limits', () => {
  it('refuses deep nesting, whole and through windows', async () => {
    let bytes = new Uint8Array()
    for (let i = 0; i < 150; i++) bytes = await joinParts([bytesOf(0x9a, 1), ...varint(bytes.length), bytes])
    expect(() => decodeMessage(SAMPLE, bytes)).toThrow(LimitExceededError)
    const nestedGroups = new Uint8Array(5000).fill(0xfb).map((byte, i) => (i % 2 ? 1 : byte))
    expect(() => decodeMessage(SAMPLE, nestedGroups)).toThrow(MalformedFileError)
  })

  it('refuses a file of nothing but empty strings', () => {
    const bytes = new Uint8Array(4000).map((_, i) => (i % 2 ? 0 : 0x62))
    expect(decodeMessage(SAMPLE, bytes).words).toHaveLength(2000)
    expect(() => decodeMessage(SAMPLE, bytes, 1999)).toThrow(LimitExceededError)
  })

  it('refuses integers beyond 2^53 where a number is meant', () => {
    const bytes = bytesOf(0x08, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f)
    expect(() => decodeMessage(SAMPLE, bytes)).toThrow(/beyond 2\^53 \(at byte 1\)/)
  })

  it.each([
    [[0x08], 'ends inside a field'],
    [[0x08, ...new Array(11).fill(0xff)], 'more than 10 bytes'],
    [[0x42, 5, 1], 'does not fit'],
    [[0x00, 0x00], 'not a field number'],
    [[0x0c], 'wire type 4'],
    [[0x0e], 'wire type 6'],
    [[0x6a, 3, 0, 0, 0], 'inside an element'],
  ])('refuses %j', (bytes, message) => {
    expect(() => decodeMessage(SAMPLE, Uint8Array.from(bytes))).toThrow(message)
    expect(() => decodeMessage(SAMPLE, Uint8Array.from(bytes))).toThrow(MalformedFileError)
  })

  it('survives damage with a Portolan error or none, whole and through windows', async () => {
    const bytes = await encode(sample({ ...FULL, children: new Array(40).fill(FULL) }))
    expect(bytes.length).toBeGreaterThan(8 * 1024)
    const whole = await countFailures(damagedCopies(bytes, 600), (copy) => decodeMessage(SAMPLE, copy))
    const windows = await countFailures(damagedCopies(bytes, 600), (copy) => readMessage(SAMPLE, bufferSource(copy)))
    expect(whole).toBeGreaterThan(200)
    expect(windows).toBe(whole)
  })
})

describe('defineMessage', () => {
  it('names a field number that is declared twice', () => {
    expect(() => defineMessage('Twice', { a: optional(1, 'int'), b: optional(1, 'bool') })).toThrow(
      /Twice declares field 1/,
    )
  })
})

function varint(value: number): Uint8Array[] {
  const bytes: number[] = []
  let rest = value
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128)
  return [bytesOf(...bytes, rest)]
}

function counting(source: ByteSource, onRead: (length: number) => void): ByteSource {
  return {
    size: source.size,
    read: (offset, length) => {
      onRead(length)
      return source.read(offset, length)
    },
    slice: (offset, length) => source.slice(offset, length),
  }
}
