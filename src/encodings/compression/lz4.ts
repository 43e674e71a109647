import { UnsupportedError } from '../../core/errors.ts'
import { ByteReader, corrupt } from './byte-reader.ts'
import type { OutputBuffer } from './output-buffer.ts'
import { xxHash32 } from './xx-hash32.ts'

const FRAME_MAGIC = 0x184d2204
const SKIPPABLE_MAGIC = 0x184d2a50
const SKIPPABLE_MASK = 0xfffffff0
const UNCOMPRESSED = 0x80000000
const MIN_MATCH = 4

/**
 * Decompresses all frames of an .lz4 file; header and content checksums are verified
 * (https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md, version 1.6).
 */
export function* decompressLz4(input: Uint8Array, output: OutputBuffer): Generator<void, void> {
  const reader = new ByteReader(input)
  do {
    const start = reader.offset
    const magic = reader.u32()
    if (magic === FRAME_MAGIC) yield* decodeFrame(reader, output)
    else if ((magic & SKIPPABLE_MASK) >>> 0 === SKIPPABLE_MAGIC) reader.take(reader.u32())
    else corrupt('not an LZ4 frame', start)
  } while (reader.remaining > 0)
}

function* decodeFrame(reader: ByteReader, output: OutputBuffer): Generator<void, void> {
  const start = reader.offset
  const flags = reader.u8()
  if (flags >> 6 !== 1) corrupt('an unknown version of LZ4 frames', start)
  const hasBlockChecksum = (flags & 0x10) !== 0
  reader.u8() // The largest block size: the output limits bound it anyway.
  if (flags & 0x08) reader.take(8) // The content size.
  if (flags & 0x01) throw new UnsupportedError('This LZ4 file needs an external dictionary')
  const header = reader.bytes.subarray(start, reader.offset)
  if (reader.u8() !== ((xxHash32(header) >>> 8) & 0xff)) corrupt('the frame header does not match its checksum', start)
  const content = output.length
  for (;;) {
    const size = reader.u32()
    if (size === 0) break
    const block = reader.take(size & ~UNCOMPRESSED)
    if (size & UNCOMPRESSED) output.append(block)
    else decodeBlock(block, reader.offset - block.length, content, output)
    if (hasBlockChecksum) reader.take(4)
    yield
  }
  const end = reader.offset
  if (flags & 0x04 && reader.u32() !== xxHash32(output.since(content))) {
    corrupt('the content does not match its checksum', end)
  }
}

/** A sequence of literals and matches; matches may reach back into earlier blocks, but not before the frame. */
function decodeBlock(block: Uint8Array, blockOffset: number, content: number, output: OutputBuffer): void {
  const reader = new ByteReader(block)
  for (;;) {
    const token = reader.u8()
    output.append(reader.take(extendLength(reader, token >> 4)))
    if (reader.remaining === 0) return
    const distance = reader.u8() | (reader.u8() << 8)
    const length = MIN_MATCH + extendLength(reader, token & 0x0f)
    const offset = blockOffset + reader.offset
    if (distance > output.length - content) corrupt('a match before the start of the frame', offset)
    output.copyBack(distance, length, offset)
  }
}

/** 15 means that more bytes follow, each 255 means yet another. */
function extendLength(reader: ByteReader, short: number): number {
  let length = short
  if (short < 15) return length
  for (;;) {
    const byte = reader.u8()
    length += byte
    if (byte < 255) return length
  }
}
