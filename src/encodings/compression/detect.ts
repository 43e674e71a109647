import { XZ_MAGIC } from './xz.ts'

/** What `decompress` can undo. Raw deflate has no mark of its own and must be asked for. */
export type CompressionFormat = 'gzip' | 'zlib' | 'deflate' | 'bzip2' | 'xz' | 'lzma' | 'lz4' | 'zstd' | 'zfile'

/** Bytes that `detectCompression` looks at. */
export const COMPRESSION_HEAD_BYTES = 13

function startsWith(head: Uint8Array, ...bytes: number[]): boolean {
  return bytes.every((byte, i) => head[i] === byte)
}

/** A zlib header: deflate with a window of up to 32 KiB, a multiple of 31, no preset dictionary. */
function isZlib(head: Uint8Array): boolean {
  const [method, flags] = head
  if (method === undefined || flags === undefined) return false
  return (method & 0x0f) === 8 && method >> 4 <= 7 && (method * 256 + flags) % 31 === 0 && (flags & 0x20) === 0
}

/** A .lzma header as encoders write it: usual properties, a dictionary of 2^n or 2^n + 2^(n−1), a plausible size. */
function isLzma(head: Uint8Array): boolean {
  if (head.length < COMPRESSION_HEAD_BYTES || !startsWith(head, 0x5d, 0x00)) return false
  const sizeHigh = head.subarray(9, 13)
  return sizeHigh.every((byte) => byte === 0xff) || (sizeHigh[2] === 0 && sizeHigh[3] === 0)
}

/** Recognises compressed data by their first bytes; undefined when they are not compressed, or raw deflate. */
export function detectCompression(head: Uint8Array): CompressionFormat | undefined {
  if (startsWith(head, 0x1f, 0x8b, 0x08)) return 'gzip'
  if (startsWith(head, 0x42, 0x5a, 0x68) && (head[3] ?? 0) >= 0x31 && (head[3] ?? 0) <= 0x39) return 'bzip2'
  if (startsWith(head, ...XZ_MAGIC)) return 'xz'
  if (startsWith(head, 0x04, 0x22, 0x4d, 0x18)) return 'lz4'
  if (startsWith(head, 0x28, 0xb5, 0x2f, 0xfd)) return 'zstd'
  if (startsWith(head, 0x5a, 0x46, 0x30, 0x78)) return 'zfile'
  if (isLzma(head)) return 'lzma'
  return isZlib(head) ? 'zlib' : undefined
}
