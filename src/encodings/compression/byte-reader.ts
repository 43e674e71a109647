import { MalformedFileError } from '../../core/errors.ts'

/** A bounds-checked position in compressed bytes. Every read throws MalformedFileError past the end. */
export class ByteReader {
  readonly bytes: Uint8Array
  offset: number

  constructor(bytes: Uint8Array, offset = 0) {
    this.bytes = bytes
    this.offset = offset
  }

  get remaining(): number {
    return this.bytes.length - this.offset
  }

  u8(): number {
    const byte = this.bytes[this.offset]
    if (byte === undefined) this.#truncated()
    this.offset++
    return byte
  }

  u16BigEndian(): number {
    return (this.u8() << 8) | this.u8()
  }

  u32(): number {
    return (this.u8() | (this.u8() << 8) | (this.u8() << 16) | (this.u8() << 24)) >>> 0
  }

  /** The next `length` bytes, as a view. */
  take(length: number): Uint8Array {
    if (length > this.remaining) this.#truncated()
    const start = this.offset
    this.offset += length
    return this.bytes.subarray(start, this.offset)
  }

  #truncated(): never {
    throw new MalformedFileError('The compressed data end early', { offset: this.bytes.length })
  }
}

/** Throws a MalformedFileError about the compressed data. */
export function corrupt(what: string, offset: number): never {
  throw new MalformedFileError(`The compressed data are damaged: ${what}`, { offset })
}
