import { ByteReader, corrupt } from './byte-reader.ts'
import { inflate } from './inflate.ts'
import type { OutputBuffer } from './output-buffer.ts'

const PREFIX_BYTES = 2
/** `len(hex(2**64))`: the width to which the length is padded with spaces. */
const LENGTH_BYTES = 19
const SPACE = 0x20

/** Decompresses joblib's own container below 0.9.3: `ZF`, the length in hexadecimal, zlib data. */
export function* decompressZfile(input: Uint8Array, output: OutputBuffer): Generator<void, void> {
  const reader = new ByteReader(input, PREFIX_BYTES)
  const text = String.fromCharCode(...reader.take(LENGTH_BYTES)).trim()
  // Python 2 wrote `0x1fL`, and joblib up to 0.8.4 one character more.
  const match = /^0x([0-9a-f]{1,13})L?$/i.exec(text)
  if (match === null) corrupt('the length of the zfile is missing', PREFIX_BYTES)
  if (input[reader.offset] === SPACE) reader.offset++
  yield* inflate(input, output, 'zlib', reader.offset)
  const length = Number.parseInt(match[1] as string, 16)
  if (output.length !== length) corrupt(`${length} bytes expected, got ${output.length}`, input.length)
}
