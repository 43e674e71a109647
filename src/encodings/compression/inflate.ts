import { Z_BUF_ERROR, Z_NO_FLUSH, Z_OK, Z_STREAM_END, ZStream, zlibInflate, zlibInflateInit2 } from 'pako'
import { MalformedFileError } from '../../core/errors.ts'
import { corrupt } from './byte-reader.ts'
import type { OutputBuffer } from './output-buffer.ts'

const CHUNK_BYTES = 64 * 1024
const GZIP_MAGIC = [0x1f, 0x8b]

/** `windowBits` of zlib's `inflateInit2`: 15 bits of window; +16 reads a gzip header, negative reads none. */
const WINDOW_BITS = { zlib: 15, gzip: 31, deflate: -15 }

/**
 * Inflates zlib, gzip (all members of a concatenated file) or raw deflate data. zlib's own port rather than the
 * platform's DecompressionStream: that one refuses concatenated members in some browsers, and can neither say where
 * the data are damaged nor stop at an exact size.
 */
export function* inflate(
  input: Uint8Array,
  output: OutputBuffer,
  format: 'zlib' | 'gzip' | 'deflate',
  start = 0,
): Generator<void, void> {
  let offset = start
  do {
    offset = yield* inflateOne(input, offset, output, WINDOW_BITS[format])
  } while (format === 'gzip' && GZIP_MAGIC.every((byte, i) => input[offset + i] === byte))
}

/** Returns the offset behind the stream. */
function* inflateOne(
  input: Uint8Array,
  start: number,
  output: OutputBuffer,
  windowBits: number,
): Generator<void, number> {
  const stream = new ZStream()
  zlibInflateInit2(stream, windowBits)
  stream.input = input
  stream.next_in = start
  stream.avail_in = input.length - start
  const chunk = new Uint8Array(CHUNK_BYTES)
  for (;;) {
    stream.output = chunk
    stream.next_out = 0
    stream.avail_out = CHUNK_BYTES
    const status = zlibInflate(stream, Z_NO_FLUSH)
    output.append(chunk.subarray(0, stream.next_out))
    if (status === Z_STREAM_END) return stream.next_in
    if (status === Z_BUF_ERROR || (status === Z_OK && stream.avail_in === 0 && stream.next_out < CHUNK_BYTES)) {
      throw new MalformedFileError('The compressed data end early', { offset: input.length })
    }
    if (status !== Z_OK) corrupt(stream.msg || `zlib status ${status}`, stream.next_in)
    yield
  }
}
