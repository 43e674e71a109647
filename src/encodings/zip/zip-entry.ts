import { type ByteSource, bufferSource, readAll } from '../../core/bytes/byte-source.ts'
import { streamPart } from '../../core/bytes/parts.ts'
import { LimitExceededError, MalformedFileError, UnsupportedError } from '../../core/errors.ts'
import { crc32 } from './crc32.ts'
import { inflateRaw } from './inflate-raw.ts'
import type { ZipLimits } from './limits.ts'

/** What the central directory says about an entry. */
export interface ZipEntryRecord {
  name: string
  size: number
  compressedSize: number
  isDirectory: boolean
  encrypted: boolean
  /** 0 stored, 8 deflate; others are not supported. */
  method: number
  crc32: number | undefined
  /** Where the local file header stands. */
  headerOffset: number
}

const STORED = 0
const DEFLATE = 8
const LOCAL_HEADER_SIGNATURE = 0x04034b50

/** One entry of a zip archive; its bytes are read when asked for. */
export class ZipEntry {
  /** Relative path with forward slashes; directories end with one. */
  readonly name: string
  /** Uncompressed bytes, as the directory claims. */
  readonly size: number
  readonly compressedSize: number
  readonly isDirectory: boolean
  readonly encrypted: boolean
  /** Whether the bytes stand in the archive as they are. */
  readonly stored: boolean
  readonly #archive: ByteSource
  readonly #record: ZipEntryRecord
  readonly #limits: ZipLimits

  constructor(archive: ByteSource, record: ZipEntryRecord, limits: ZipLimits) {
    this.name = record.name
    this.size = record.size
    this.compressedSize = record.compressedSize
    this.isDirectory = record.isDirectory
    this.encrypted = record.encrypted
    this.stored = record.method === STORED
    this.#archive = archive
    this.#record = record
    this.#limits = limits
  }

  /**
   * The entry's bytes as a source: a slice of the archive when stored (a large one is not read for its CRC), else
   * inflated into memory with size, ratio and CRC checked.
   *
   * Throws UnsupportedError for encryption and other compression methods, LimitExceededError for a bomb,
   * MalformedFileError for damage.
   */
  async source(): Promise<ByteSource> {
    this.#checkSupported()
    const data = await this.#dataSlice()
    if (this.stored) {
      if (this.size !== this.compressedSize) throw this.#malformed('is stored, but its two sizes differ')
      if (this.size <= this.#limits.maxCheckedBytes) await this.#checkCrc(data)
      return data
    }
    this.#checkLimits()
    const bytes = bufferSource(await inflateRaw(data, this.size, this.name))
    await this.#checkCrc(bytes)
    return bytes
  }

  /** All bytes of the entry. Throws as `source` does, and LimitExceededError for a stored entry above `maxOutput`. */
  async bytes(): Promise<Uint8Array> {
    if (this.size > this.#limits.maxOutput) throw this.#tooLarge()
    return readAll(await this.source())
  }

  #checkSupported(): void {
    const name = JSON.stringify(this.name)
    if (this.encrypted) {
      throw new UnsupportedError(`The zip entry ${name} is encrypted`, {
        hint: 'Unpack the archive with its password and zip it again without one.',
      })
    }
    if (this.#record.method !== STORED && this.#record.method !== DEFLATE) {
      throw new UnsupportedError(`The zip entry ${name} uses compression method ${this.#record.method}`, {
        hint: 'Only stored and deflated entries can be read: zip the files again with a standard tool.',
      })
    }
  }

  #checkLimits(): void {
    const { maxOutput, maxRatio, ratioExemptBytes } = this.#limits
    if (this.size > maxOutput) throw this.#tooLarge()
    if (this.size > ratioExemptBytes && this.size > this.compressedSize * maxRatio) {
      throw new LimitExceededError(
        `The zip entry ${JSON.stringify(this.name)} claims ${this.size} bytes from ${this.compressedSize}`,
        {
          hint: `More than ${maxRatio} to 1 is what zip bombs do. If it is real, store the entry uncompressed (zip -0).`,
          context: { limit: maxRatio, offset: this.#record.headerOffset },
        },
      )
    }
  }

  async #checkCrc(data: ByteSource): Promise<void> {
    let crc = 0
    for await (const bytes of streamPart(data)) crc = crc32(bytes, crc)
    const { crc32: expected } = this.#record
    if (expected !== undefined && crc !== expected) throw this.#malformed('does not match its CRC-32')
  }

  /** The compressed bytes, found through the local header (its extra field may differ from the directory's). */
  async #dataSlice(): Promise<ByteSource> {
    const { headerOffset, compressedSize } = this.#record
    const header = await this.#archive.read(headerOffset, 30)
    const view = new DataView(header.buffer, header.byteOffset, header.length)
    if (view.getUint32(0, true) !== LOCAL_HEADER_SIGNATURE) throw this.#malformed('has no local file header')
    const start = headerOffset + 30 + view.getUint16(26, true) + view.getUint16(28, true)
    return this.#archive.slice(start, compressedSize)
  }

  #malformed(what: string): MalformedFileError {
    return new MalformedFileError(`The zip entry ${JSON.stringify(this.name)} ${what}`, {
      offset: this.#record.headerOffset,
    })
  }

  #tooLarge(): LimitExceededError {
    return new LimitExceededError(`The zip entry ${JSON.stringify(this.name)} has ${this.size} bytes`, {
      hint: `At most ${this.#limits.maxOutput} can be held in memory: store it uncompressed (zip -0).`,
      context: { limit: this.#limits.maxOutput },
    })
  }
}
