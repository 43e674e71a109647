import { UnsupportedError } from '../../core/errors.ts'
import { crc32 } from '../zip/crc32.ts'
import { ByteReader, corrupt } from './byte-reader.ts'
import { crc64 } from './crc64.ts'
import { LzmaDecoder, parseLzmaProperties } from './lzma-decoder.ts'
import type { OutputBuffer } from './output-buffer.ts'

export const XZ_MAGIC = [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]
const FOOTER_MAGIC = [0x59, 0x5a]
const LZMA2_FILTER = 0x21
/** Bytes of the check of each type; types 1, 4 and 10 are CRC32, CRC64 and SHA-256, the others are reserved. */
const CHECK_BYTES = [0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64]
const CRC32_CHECK = 1
const CRC64_CHECK = 4

/**
 * Decompresses an .xz file: all its streams, blocks with the LZMA2 filter, checked by CRC32 or CRC64 (".xz file format"
 * 1.2.1, https://tukaani.org/xz/xz-file-format.txt).
 */
export function* decompressXz(input: Uint8Array, output: OutputBuffer): Generator<void, void> {
  const reader = new ByteReader(input)
  do {
    yield* decodeStream(reader, output)
    while (reader.remaining > 0 && input[reader.offset] === 0) reader.offset++
  } while (reader.remaining > 0)
}

function* decodeStream(reader: ByteReader, output: OutputBuffer): Generator<void, void> {
  const start = reader.offset
  expectBytes(reader, XZ_MAGIC, 'not an xz stream')
  const flagsStart = reader.offset
  const flags = reader.take(2)
  if (reader.u32() !== crc32(flags)) corrupt('the stream header does not match its CRC', start)
  const check = (reader.bytes[flagsStart + 1] as number) & 0x0f
  for (;;) {
    const blockStart = reader.offset
    const size = reader.u8()
    if (size === 0) return skipIndexAndFooter(reader, blockStart)
    reader.offset = blockStart
    readBlockHeader(reader, (size + 1) * 4)
    const dataStart = reader.offset
    const written = output.length
    yield* decodeLzma2(reader, output)
    while ((reader.offset - dataStart) % 4 !== 0) if (reader.u8() !== 0) corrupt('padding', reader.offset)
    verifyCheck(reader, check, output.since(written))
  }
}

function expectBytes(reader: ByteReader, expected: readonly number[], what: string): void {
  const start = reader.offset
  const found = reader.take(expected.length)
  if (!expected.every((byte, i) => found[i] === byte)) corrupt(what, start)
}

/** A number of up to nine bytes with seven bits each. */
function readVariable(reader: ByteReader): number {
  const start = reader.offset
  let value = 0
  for (let i = 0; i < 9; i++) {
    const byte = reader.u8()
    value += (byte & 0x7f) * 2 ** (7 * i)
    if (byte < 0x80) return value
  }
  return corrupt('a number of more than nine bytes', start)
}

function readBlockHeader(reader: ByteReader, size: number): void {
  const start = reader.offset
  const header = reader.take(size - 4)
  if (reader.u32() !== crc32(header)) corrupt('a block header does not match its CRC', start)
  const inner = new ByteReader(header, 1)
  const flags = inner.u8()
  if (flags & 0x40) readVariable(inner)
  if (flags & 0x80) readVariable(inner)
  const filters = (flags & 0x03) + 1
  const filter = readVariable(inner)
  if (filters !== 1 || filter !== LZMA2_FILTER) {
    throw new UnsupportedError('This xz file uses a filter other than LZMA2', {
      hint: 'Compress it with the default settings of xz.',
      context: { offset: start },
    })
  }
}

function* decodeLzma2(reader: ByteReader, output: OutputBuffer): Generator<void, void> {
  const decoder = new LzmaDecoder(reader, output)
  let ready = false
  for (;;) {
    const start = reader.offset
    const control = reader.u8()
    if (control === 0) return
    if (control < 0x80) {
      if (control > 2) corrupt('an unknown LZMA2 chunk', start)
      if (control === 1) decoder.resetDictionary()
      output.append(reader.take(reader.u16BigEndian() + 1))
      yield
      continue
    }
    const size = ((control & 0x1f) << 16) + reader.u16BigEndian() + 1
    const compressed = reader.u16BigEndian() + 1
    const reset = (control >> 5) & 3
    if (reset === 3) decoder.resetDictionary()
    if (reset >= 2) decoder.resetState(parseLzmaProperties(reader.u8(), start))
    else if (reset === 1) decoder.resetState()
    if (reset >= 2) ready = true
    if (!ready) corrupt('an LZMA2 chunk without properties', start)
    const chunkStart = reader.offset
    decoder.startRange()
    const marked = yield* decoder.decode(size)
    if (marked || reader.offset - chunkStart !== compressed) corrupt('an LZMA2 chunk of another size', chunkStart)
    yield
  }
}

function verifyCheck(reader: ByteReader, check: number, block: Uint8Array): void {
  const start = reader.offset
  const stored = new ByteReader(reader.take(CHECK_BYTES[check] as number))
  if (check === CRC32_CHECK && stored.u32() !== crc32(block)) corrupt('a block does not match its CRC', start)
  if (check === CRC64_CHECK) {
    const { high, low } = crc64(block)
    if (stored.u32() !== low || stored.u32() !== high) corrupt('a block does not match its CRC', start)
  }
}

/** The index and footer repeat the blocks' sizes; they matter for random access only. */
function skipIndexAndFooter(reader: ByteReader, start: number): void {
  const records = readVariable(reader)
  for (let i = 0; i < records; i++) {
    readVariable(reader)
    readVariable(reader)
  }
  while ((reader.offset - start) % 4 !== 0) if (reader.u8() !== 0) corrupt('padding', reader.offset)
  const index = reader.bytes.subarray(start, reader.offset)
  if (reader.u32() !== crc32(index)) corrupt('the index does not match its CRC', start)
  reader.take(10)
  expectBytes(reader, FOOTER_MAGIC, 'the stream footer is missing')
}
