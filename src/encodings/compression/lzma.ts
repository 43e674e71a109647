import { ByteReader, corrupt } from './byte-reader.ts'
import { LzmaDecoder, parseLzmaProperties } from './lzma-decoder.ts'
import type { OutputBuffer } from './output-buffer.ts'

const UNKNOWN_SIZE = 0xffffffff

/** Decompresses a .lzma file ("LZMA alone"): properties, dictionary size, uncompressed size, range-coded data. */
export function* decompressLzma(input: Uint8Array, output: OutputBuffer): Generator<void, void> {
  const reader = new ByteReader(input)
  const properties = parseLzmaProperties(reader.u8(), 0)
  reader.u32() // The dictionary size: all of the output is at hand.
  const low = reader.u32()
  const high = reader.u32()
  const size = low === UNKNOWN_SIZE && high === UNKNOWN_SIZE ? undefined : high * 2 ** 32 + low
  const decoder = new LzmaDecoder(reader, output)
  decoder.resetState(properties)
  decoder.startRange()
  const marked = yield* decoder.decode(size)
  if (marked && size !== undefined && output.length !== size) corrupt('an end marker too early', reader.offset)
}
