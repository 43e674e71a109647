import { type BytePart, partsSize, streamPart } from '../../core/bytes/parts.ts'
import { crc32 } from './crc32.ts'

/** A file to be put into a zip. */
export interface ZipInput {
  /** Relative path with forward slashes. */
  name: string
  /** The content; pieces of one file may come from several places. */
  data: BytePart | readonly BytePart[]
  /** Deflate it; otherwise it is stored and its parts pass through untouched. */
  compress?: boolean
}

interface WrittenEntry {
  name: Uint8Array
  method: 0 | 8
  crc: number
  size: number
  compressedSize: number
  offset: number
}

const MAX_32 = 0xffffffff
const MAX_16 = 0xffff
/** 1980-01-01 00:00, the zero of DOS time: the same entries give the same bytes everywhere. */
const DOS_DATE = (1 << 5) | 1
const UTF8_NAME = 1 << 11

/**
 * Writes a zip (zip64 where sizes ask for it) as a list of parts. A stored source is read once for its CRC and then
 * stands in the list itself, so an archive of slices of a 3 GB file never is in memory. (PKWARE APPNOTE 6.3.10)
 */
export async function writeZip(inputs: readonly ZipInput[]): Promise<BytePart[]> {
  const parts: BytePart[] = []
  const entries: WrittenEntry[] = []
  let offset = 0
  for (const input of inputs) {
    const content = isPart(input.data) ? [input.data] : input.data
    const { crc, body } = await encodeBody(content, input.compress ?? false)
    const entry: WrittenEntry = {
      name: new TextEncoder().encode(input.name),
      method: input.compress ? 8 : 0,
      crc,
      size: partsSize(content),
      compressedSize: partsSize(body),
      offset,
    }
    const header = localHeader(entry)
    parts.push(header, ...body)
    entries.push(entry)
    offset += header.length + entry.compressedSize
  }
  const directory = entries.map(centralHeader)
  parts.push(...directory, ...endRecords(entries.length, offset, partsSize(directory)))
  return parts
}

function isPart(data: ZipInput['data']): data is BytePart {
  return !Array.isArray(data)
}

async function encodeBody(content: readonly BytePart[], compress: boolean): Promise<{ crc: number; body: BytePart[] }> {
  let crc = 0
  if (!compress) {
    for await (const bytes of streamParts(content)) crc = crc32(bytes, crc)
    return { crc, body: [...content] }
  }
  const { readable, writable } = new CompressionStream('deflate-raw')
  const writer = writable.getWriter()
  const feeding = (async () => {
    for await (const bytes of streamParts(content)) {
      crc = crc32(bytes, crc)
      await writer.write(bytes as Uint8Array<ArrayBuffer>)
    }
    await writer.close()
  })()
  feeding.catch((error) => writer.abort(error).catch(() => {}))
  const body: BytePart[] = []
  const reader = readable.getReader()
  for (let step = await reader.read(); !step.done; step = await reader.read()) body.push(step.value)
  await feeding
  return { crc, body }
}

async function* streamParts(parts: readonly BytePart[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield* streamPart(part)
}

/** Little-endian fields laid end to end: `[bytes, value]`. */
function fields(...list: [1 | 2 | 4 | 8, number][]): Uint8Array {
  const bytes = new Uint8Array(list.reduce((sum, [width]) => sum + width, 0))
  const view = new DataView(bytes.buffer)
  let at = 0
  for (const [width, value] of list) {
    if (width === 8) view.setBigUint64(at, BigInt(value), true)
    else if (width === 4) view.setUint32(at, value, true)
    else if (width === 2) view.setUint16(at, value, true)
    else view.setUint8(at, value)
    at += width
  }
  return bytes
}

function concat(...chunks: Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0))
  let at = 0
  for (const chunk of chunks) {
    joined.set(chunk, at)
    at += chunk.length
  }
  return joined
}

function localHeader(entry: WrittenEntry): Uint8Array {
  const zip64 = entry.size >= MAX_32 || entry.compressedSize >= MAX_32
  const extra = zip64 ? fields([2, 1], [2, 16], [8, entry.size], [8, entry.compressedSize]) : new Uint8Array()
  const fixed = fields(
    [4, 0x04034b50],
    [2, zip64 ? 45 : 20],
    [2, UTF8_NAME],
    [2, entry.method],
    [2, 0],
    [2, DOS_DATE],
    [4, entry.crc],
    [4, zip64 ? MAX_32 : entry.compressedSize],
    [4, zip64 ? MAX_32 : entry.size],
    [2, entry.name.length],
    [2, extra.length],
  )
  return concat(fixed, entry.name, extra)
}

function centralHeader(entry: WrittenEntry): Uint8Array {
  const zip64 = entry.size >= MAX_32 || entry.compressedSize >= MAX_32 || entry.offset >= MAX_32
  const extra = zip64
    ? fields([2, 1], [2, 24], [8, entry.size], [8, entry.compressedSize], [8, entry.offset])
    : new Uint8Array()
  const version = zip64 ? 45 : 20
  const fixed = fields(
    [4, 0x02014b50],
    [2, version],
    [2, version],
    [2, UTF8_NAME],
    [2, entry.method],
    [2, 0],
    [2, DOS_DATE],
    [4, entry.crc],
    [4, zip64 ? MAX_32 : entry.compressedSize],
    [4, zip64 ? MAX_32 : entry.size],
    [2, entry.name.length],
    [2, extra.length],
    [2, 0],
    [2, 0],
    [2, 0],
    [4, 0],
    [4, zip64 ? MAX_32 : entry.offset],
  )
  return concat(fixed, entry.name, extra)
}

function endRecords(count: number, offset: number, size: number): Uint8Array[] {
  const zip64 = count >= MAX_16 || offset >= MAX_32 || size >= MAX_32
  const end = fields(
    [4, 0x06054b50],
    [2, 0],
    [2, 0],
    [2, zip64 ? MAX_16 : count],
    [2, zip64 ? MAX_16 : count],
    [4, zip64 ? MAX_32 : size],
    [4, zip64 ? MAX_32 : offset],
    [2, 0],
  )
  if (!zip64) return [end]
  const end64 = fields(
    [4, 0x06064b50],
    [8, 44],
    [2, 45],
    [2, 45],
    [4, 0],
    [4, 0],
    [8, count],
    [8, count],
    [8, size],
    [8, offset],
  )
  const locator = fields([4, 0x07064b50], [4, 0], [8, offset + size], [4, 1])
  return [end64, locator, end]
}
