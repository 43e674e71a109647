import { Decompress, ZstdErrorCode } from 'fzstd'
import { MalformedFileError, PortolanError, UnsupportedError } from '../../core/errors.ts'
import { corrupt } from './byte-reader.ts'
import type { OutputBuffer } from './output-buffer.ts'

const CHUNK_BYTES = 64 * 1024

/** Decompresses Zstandard frames. */
export function* decompressZstd(input: Uint8Array, output: OutputBuffer): Generator<void, void> {
  const decoder = new Decompress((chunk) => output.append(chunk))
  for (let offset = 0; offset < input.length; offset += CHUNK_BYTES) {
    const end = Math.min(offset + CHUNK_BYTES, input.length)
    try {
      decoder.push(input.subarray(offset, end), end === input.length)
    } catch (error) {
      if (error instanceof PortolanError) throw error
      rethrow(error, offset, input.length)
    }
    yield
  }
}

function rethrow(error: unknown, offset: number, size: number): never {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === ZstdErrorCode.UnexpectedEOF) {
    throw new MalformedFileError('The compressed data end early', { offset: size, cause: error })
  }
  if (code === ZstdErrorCode.WindowSizeTooLarge) {
    throw new UnsupportedError('This Zstandard file needs a window of more than 32 MiB', {
      hint: 'Compress it without --ultra and --long.',
      cause: error,
    })
  }
  return corrupt(error instanceof Error ? error.message : String(error), offset)
}
