import { MalformedFileError } from '../../core/errors.ts'

const LINE_FEED = 0x0a
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const LATIN1_CHUNK = 8192
/** Below this many bytes a loop over ASCII is faster than TextDecoder. */
const SHORT_TEXT = 32

/** A bounds-checked position in a byte array. Every read throws MalformedFileError past the end. */
export class ByteCursor {
  readonly bytes: Uint8Array
  readonly #view: DataView
  offset = 0

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get remaining(): number {
    return this.bytes.length - this.offset
  }

  /** Moves past `length` bytes and returns where they start. */
  skip(length: number): number {
    const start = this.offset
    if (length < 0 || length > this.bytes.length - start) {
      throw new MalformedFileError(`The pickle ends early: ${length} bytes expected, ${this.remaining} left`, {
        offset: start,
      })
    }
    this.offset = start + length
    return start
  }

  u8(): number {
    return this.bytes[this.skip(1)] as number
  }

  u16(): number {
    return this.#view.getUint16(this.skip(2), true)
  }

  u32(): number {
    return this.#view.getUint32(this.skip(4), true)
  }

  i32(): number {
    return this.#view.getInt32(this.skip(4), true)
  }

  /** An unsigned 64-bit length; one that no array can have is past the end anyway. */
  u64(): number {
    return Number(this.#view.getBigUint64(this.skip(8), true))
  }

  f64BigEndian(): number {
    return this.#view.getFloat64(this.skip(8), false)
  }

  /** The next `length` bytes, as a view. */
  take(length: number): Uint8Array {
    const start = this.skip(length)
    return this.bytes.subarray(start, start + length)
  }

  /** The bytes up to the next line feed, which is consumed but not returned. */
  line(): Uint8Array {
    const start = this.offset
    const end = this.bytes.indexOf(LINE_FEED, start)
    if (end < 0) throw new MalformedFileError('The pickle ends within a line of text', { offset: start })
    this.offset = end + 1
    return this.bytes.subarray(start, end)
  }

  /** The text up to the next line feed. */
  utf8Line(): string {
    const start = this.offset
    const length = this.line().length
    const end = this.offset
    this.offset = start
    const text = this.utf8(length)
    this.offset = end
    return text
  }

  utf8(length: number): string {
    const start = this.skip(length)
    if (length <= SHORT_TEXT) {
      const text = this.#shortAscii(start, length)
      if (text !== undefined) return text
    }
    const bytes = this.bytes.subarray(start, start + length)
    try {
      return UTF8.decode(bytes)
    } catch {
      return decodeSurrogatePass(bytes, start)
    }
  }

  #shortAscii(start: number, length: number): string | undefined {
    let text = ''
    for (let i = start; i < start + length; i++) {
      const byte = this.bytes[i] as number
      if (byte > 0x7f) return undefined
      text += String.fromCharCode(byte)
    }
    return text
  }
}

/** Bytes as the characters of the same code, as Python's `latin-1`. */
export function decodeLatin1(bytes: Uint8Array): string {
  let text = ''
  for (let i = 0; i < bytes.length; i += LATIN1_CHUNK) {
    text += String.fromCharCode(...bytes.subarray(i, i + LATIN1_CHUNK))
  }
  return text
}

/** Characters below 256 as bytes; undefined when there is another one. */
export function encodeLatin1(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(text.length)
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code > 0xff) return undefined
    bytes[i] = code
  }
  return bytes
}

/** UTF-8 in which lone surrogates may stand, which Python writes with the error handler `surrogatepass`. */
function decodeSurrogatePass(bytes: Uint8Array, start: number): string {
  let text = ''
  let plain = 0
  const decode = (end: number): string => {
    try {
      return UTF8.decode(bytes.subarray(plain, end))
    } catch (cause) {
      throw new MalformedFileError('A string is not valid UTF-8', { offset: start, cause })
    }
  }
  for (let i = 0; i + 2 < bytes.length; i++) {
    const [first, second, third] = [bytes[i] as number, bytes[i + 1] as number, bytes[i + 2] as number]
    if (first !== 0xed || second < 0xa0 || second > 0xbf || (third & 0xc0) !== 0x80) continue
    text += decode(i) + String.fromCharCode(0xd000 | ((second & 0x3f) << 6) | (third & 0x3f))
    plain = i + 3
    i += 2
  }
  return text + decode(bytes.length)
}
