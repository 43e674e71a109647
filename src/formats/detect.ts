import type { ByteSource } from '../core/bytes/byte-source.ts'
import { UnrecognisedFileError } from '../core/errors.ts'
import type { Detection, FormatDescriptor, Probe } from '../core/format.ts'
import { decompressStart } from '../encodings/compression/decompress.ts'
import { type CompressionFormat, detectCompression } from '../encodings/compression/detect.ts'
import { openZip, type ZipArchive } from '../encodings/zip/open-zip.ts'
import { recogniseMistake } from './mistakes.ts'
import { startsWith } from './probing.ts'

const HEAD_BYTES = 1 << 16

/** A block of bzip2 has up to 900 kB, and nothing comes out before it is complete. */
const COMPRESSED_HEAD_BYTES = 1 << 21

/** A member that detection looks into is a small description, not weights. */
const MAX_ENTRY_BYTES = 1 << 20

/**
 * Finds out what a file is by its content; its name is a mere hint.
 * Throws UnrecognisedFileError, with a hint, for what people drop by mistake and for anything unknown.
 */
export async function detect(
  formats: readonly FormatDescriptor[],
  source: ByteSource,
  name: string,
): Promise<Detection> {
  const probe = await probeOf(source, name)
  const detections: Detection[] = []
  for (const format of formats) {
    const detection = await format.detect(probe)
    if (detection) detections.push(detection)
  }
  const best = detections.sort((a, b) => b.confidence - a.confidence)[0]
  if (best) return best
  const mistake = recogniseMistake(probe)
  if (mistake) throw new UnrecognisedFileError(`${name}: ${mistake.message}`, { hint: mistake.hint })
  throw new UnrecognisedFileError(`${name} is not a model of a kind that Portolan knows`, {
    hint: `Known: ${formats.map((format) => format.name).join(', ')}.`,
  })
}

async function probeOf(source: ByteSource, name: string): Promise<Probe> {
  const head = await source.read(0, Math.min(HEAD_BYTES, source.size))
  const compression = plausibleCompression(head)
  const archive = await zipOf(source, head)
  const members = archive?.entries.filter((entry) => !entry.isDirectory).map((entry) => entry.name)
  return {
    source,
    name,
    head,
    compression: compression ?? null,
    content: compression === undefined ? head : await contentOf(source, head),
    entries: members ?? (startsWith(head, LOCAL_HEADER) ? localNames(head) : null),
    async entry(member) {
      const entry = archive?.get(member)
      return entry && entry.size <= MAX_ENTRY_BYTES ? entry.bytes() : null
    },
  }
}

/** zlib's and lzma's two bytes occur by chance: they count only when something comes out. */
function plausibleCompression(head: Uint8Array): CompressionFormat | undefined {
  const found = detectCompression(head)
  if (found !== 'zlib' && found !== 'lzma') return found
  return decompressStart(head, 1).length > 0 ? found : undefined
}

async function contentOf(source: ByteSource, head: Uint8Array): Promise<Uint8Array> {
  const content = decompressStart(head, HEAD_BYTES)
  if (content.length > 0 || source.size <= head.length) return content
  return decompressStart(await source.read(0, Math.min(COMPRESSED_HEAD_BYTES, source.size)), HEAD_BYTES)
}

/** A zip member begins with this, its name 30 bytes further on (PKWARE APPNOTE 6.3.10, 4.3.7). */
const LOCAL_HEADER = [0x50, 0x4b, 0x03, 0x04]
const LOCAL_HEADER_BYTES = 30

/** Names of the members at the front of an archive whose directory is lost: it is cut off, and still says what it was. */
function localNames(head: Uint8Array): string[] {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength)
  const names: string[] = []
  for (let at = 0; at + LOCAL_HEADER_BYTES < head.length; at++) {
    if (head[at] !== 0x50 || !startsWith(head, LOCAL_HEADER, at)) continue
    const length = view.getUint16(at + 26, true)
    names.push(new TextDecoder().decode(head.subarray(at + LOCAL_HEADER_BYTES, at + LOCAL_HEADER_BYTES + length)))
  }
  return names
}

/** The archive, when it is one; a damaged one is none, and its reader will say so. */
async function zipOf(source: ByteSource, head: Uint8Array): Promise<ZipArchive | null> {
  if (!startsWith(head, 'PK')) return null
  try {
    return await openZip(source)
  } catch {
    return null
  }
}
