import type { ByteSource } from './byte-source.ts'

/** A piece of an output file: bytes in memory, or a range of another file that nobody has read. */
export type BytePart = Uint8Array | ByteSource

/** Bytes read at a time when a source is streamed. */
const WINDOW = 1 << 20

/** The length in bytes of a part. */
export function partSize(part: BytePart): number {
  return part instanceof Uint8Array ? part.length : part.size
}

/** The length in bytes of parts laid end to end. */
export function partsSize(parts: Iterable<BytePart>): number {
  let size = 0
  for (const part of parts) size += partSize(part)
  return size
}

/** The bytes of a part in order, at most 1 MiB of a source at a time. */
export async function* streamPart(part: BytePart): AsyncGenerator<Uint8Array> {
  if (part instanceof Uint8Array) {
    yield part
    return
  }
  for (let offset = 0; offset < part.size; offset += WINDOW) {
    yield await part.read(offset, Math.min(WINDOW, part.size - offset))
  }
}

/** All parts in one buffer. The caller has checked that they fit in memory. */
export async function joinParts(parts: readonly BytePart[]): Promise<Uint8Array<ArrayBuffer>> {
  const joined = new Uint8Array(partsSize(parts))
  let at = 0
  for (const part of parts) {
    for await (const bytes of streamPart(part)) {
      joined.set(bytes, at)
      at += bytes.length
    }
  }
  return joined
}
