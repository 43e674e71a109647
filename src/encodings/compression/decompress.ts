import { type ByteSource, readAll } from '../../core/bytes/byte-source.ts'
import { LimitExceededError, PortolanError, UnsupportedError } from '../../core/errors.ts'
import { decompressBzip2 } from './bzip2.ts'
import { type CompressionFormat, detectCompression } from './detect.ts'
import { inflate } from './inflate.ts'
import { decompressLz4 } from './lz4.ts'
import { decompressLzma } from './lzma.ts'
import { OutputBuffer, type OutputLimits } from './output-buffer.ts'
import { decompressXz } from './xz.ts'
import { decompressZfile } from './zfile.ts'
import { decompressZstd } from './zstd.ts'

export interface DecompressOptions extends Partial<OutputLimits> {
  /** What the data are; recognised by their first bytes when missing. */
  format?: CompressionFormat
  /** Ends the work between two slices of it. */
  signal?: AbortSignal
}

/** One ArrayBuffer ends near 2 GiB in browsers. Real weights hardly shrink by half, one-hot columns twentyfold. */
export const DEFAULT_OUTPUT_LIMITS: OutputLimits = { maxOutput: 2 ** 31 - 2 ** 20, maxRatio: 250 }

/** Compressed bytes are read into memory as a whole. */
const MAX_INPUT_BYTES = 2 ** 31 - 2 ** 20

/** Work between two looks at the signal. */
const SLICE_MS = 30

type Decoder = (input: Uint8Array, output: OutputBuffer) => Generator<void, void>

const DECODERS: Record<CompressionFormat, Decoder> = {
  gzip: (input, output) => inflate(input, output, 'gzip'),
  zlib: (input, output) => inflate(input, output, 'zlib'),
  deflate: (input, output) => inflate(input, output, 'deflate'),
  bzip2: decompressBzip2,
  xz: decompressXz,
  lzma: decompressLzma,
  lz4: decompressLz4,
  zstd: decompressZstd,
  zfile: decompressZfile,
}

/**
 * Decompresses data as a whole.
 *
 * @throws UnsupportedError when the format is not recognised or uses something rare, MalformedFileError with the offset
 *   when the data are damaged or end early, LimitExceededError when they expand too far, `cancelled` on abort
 */
export async function decompress(input: Uint8Array | ByteSource, options: DecompressOptions = {}): Promise<Uint8Array> {
  const { signal, format: asked, ...limits } = options
  if (!(input instanceof Uint8Array) && input.size > MAX_INPUT_BYTES) {
    throw new LimitExceededError(`The compressed file has ${input.size} bytes: at most ${MAX_INPUT_BYTES} are read`, {
      hint: 'Decompress it first.',
    })
  }
  const bytes = input instanceof Uint8Array ? input : await readAll(input)
  const format = asked ?? detectCompression(bytes)
  if (format === undefined) throw new UnsupportedError('The data are not compressed in a way that Portolan knows')
  const output = new OutputBuffer({ ...DEFAULT_OUTPUT_LIMITS, ...limits }, bytes.length)
  await runInSlices(DECODERS[format](bytes, output), signal)
  return output.since(0)
}

/**
 * The beginning of compressed data, as far as the bytes at hand give it: for recognising what is inside. Damaged or
 * truncated data end quietly.
 */
export function decompressStart(bytes: Uint8Array, wanted: number): Uint8Array {
  const format = detectCompression(bytes)
  if (format === undefined) return bytes.subarray(0, wanted)
  const output = new OutputBuffer(DEFAULT_OUTPUT_LIMITS, bytes.length)
  try {
    const work = DECODERS[format](bytes, output)
    while (output.length < wanted && !work.next().done);
  } catch {
    // the rest of the file is not here, so this is how it has to end
  }
  return output.since(0).subarray(0, wanted)
}

async function runInSlices(work: Generator<void, void>, signal: AbortSignal | undefined): Promise<void> {
  let sliceStart = performance.now()
  for (;;) {
    if (signal?.aborted) throw new PortolanError('cancelled', 'Decompressing was cancelled.')
    if (work.next().done) return
    if (signal !== undefined && performance.now() - sliceStart > SLICE_MS) {
      await new Promise((resolve) => setTimeout(resolve, 0))
      sliceStart = performance.now()
    }
  }
}
