import { type Entry, type Reader, ZipReader } from '@zip.js/zip.js/lib/zip-core-reader.js'
import type { ByteSource } from '../../core/bytes/byte-source.ts'
import { LimitExceededError, MalformedFileError, PortolanError, UnsupportedError } from '../../core/errors.ts'
import { sanitizeEntryName } from './entry-name.ts'
import { DEFAULT_ZIP_LIMITS, type ZipLimits } from './limits.ts'
import { ZipEntry, type ZipEntryRecord } from './zip-entry.ts'

/** A zip archive opened for random access. */
export interface ZipArchive {
  /** In the order of the central directory, directories included. */
  readonly entries: readonly ZipEntry[]
  /** The entry of that name. When a name occurs twice, the last one (as unzip and Python's zipfile do). */
  get(name: string): ZipEntry | undefined
}

/**
 * Opens a zip or zip64 archive by reading its central directory only.
 *
 * Throws MalformedFileError when it is not a readable zip or a name leads out of it, LimitExceededError for too many
 * or overlapping entries, UnsupportedError for split archives and encrypted directories. (PKWARE APPNOTE 6.3.10)
 *
 * @example
 * const zip = await openZip(source)
 * const config = await zip.get('config.json')?.bytes()   // inflated, limits and CRC checked
 * const weights = await zip.get('data/0')?.source()      // stored: a slice; a large one is not read
 */
export async function openZip(source: ByteSource, limits: Partial<ZipLimits> = {}): Promise<ZipArchive> {
  const allLimits = { ...DEFAULT_ZIP_LIMITS, ...limits }
  const listed = await listEntries(source, allLimits)
  checkOverlap(listed)
  const entries = listed.map((entry) => new ZipEntry(source, recordOf(entry), allLimits))
  const byName = new Map(entries.map((entry) => [entry.name, entry]))
  return { entries, get: (name) => byName.get(name) }
}

function recordOf(entry: Entry): ZipEntryRecord {
  return {
    name: sanitizeEntryName(entry.filename),
    size: entry.uncompressedSize,
    compressedSize: entry.compressedSize,
    isDirectory: entry.directory,
    encrypted: entry.encrypted,
    method: entry.compressionMethod,
    crc32: entry.crc32,
    headerOffset: entry.offset,
  }
}

/**
 * A byte source as zip.js's Reader, which it takes by shape. (Its Reader class stands in a bundle with the writer, the
 * codecs and their workers; none of them is needed to list entries.)
 */
function zipReader(source: ByteSource, limits: ZipLimits): Reader<ByteSource> {
  const reader: Pick<Reader<ByteSource>, 'size' | 'readUint8Array'> = {
    size: source.size,
    async readUint8Array(index, length) {
      const start = Math.max(0, Math.min(index, source.size))
      const available = Math.max(0, Math.min(length, source.size - start))
      if (available > limits.maxDirectoryBytes) {
        throw new LimitExceededError(`The zip's central directory has ${available} bytes`, {
          hint: 'No real model has that many files in one archive: the file is probably damaged or hostile.',
          context: { limit: limits.maxDirectoryBytes },
        })
      }
      return source.read(start, available)
    },
  }
  return reader as Reader<ByteSource>
}

async function listEntries(source: ByteSource, limits: ZipLimits): Promise<Entry[]> {
  const reader = new ZipReader(zipReader(source, limits), { filenameValidation: 'tolerant' })
  const entries: Entry[] = []
  try {
    for await (const entry of reader.getEntriesGenerator()) {
      if (entries.length >= limits.maxEntries) {
        throw new LimitExceededError(`The zip has more than ${limits.maxEntries} entries`, {
          hint: 'No real model has that many files in one archive.',
          context: { limit: limits.maxEntries },
        })
      }
      entries.push(entry)
    }
  } catch (error) {
    throw asPortolanError(error)
  }
  return entries
}

function asPortolanError(error: unknown): PortolanError {
  if (error instanceof PortolanError) return error
  const message = error instanceof Error ? error.message : String(error)
  if (message.includes('Split zip')) {
    return new UnsupportedError('The zip is one volume of a split archive', {
      hint: 'Join the volumes (zip -s 0 split.zip --out whole.zip) and open the result.',
      cause: error,
    })
  }
  if (message.includes('Encrypted central directory')) {
    return new UnsupportedError("The zip's directory is encrypted", {
      hint: 'Unpack it with its password and zip it again without one.',
      cause: error,
    })
  }
  return new MalformedFileError(`Not a readable zip archive: ${message}`, { cause: error })
}

/** Length of a local file header without name and extra field. */
const LOCAL_HEADER = 30

/** Two entries that share bytes are how a small zip becomes a huge one (D. Fifield, "A better zip bomb", 2019). */
function checkOverlap(entries: readonly Entry[]): void {
  const sorted = [...entries].sort((a, b) => a.offset - b.offset)
  for (let i = 1; i < sorted.length; i++) {
    const before = sorted[i - 1] as Entry
    const entry = sorted[i] as Entry
    if (before.offset + LOCAL_HEADER + before.rawFilename.length + before.compressedSize > entry.offset) {
      throw new LimitExceededError(
        `The zip's entries ${JSON.stringify(before.filename)} and ${JSON.stringify(entry.filename)} overlap`,
        {
          hint: 'Overlapping entries are how zip bombs are made: the file is damaged or hostile.',
          context: { offset: entry.offset },
        },
      )
    }
  }
}
