import { type BytePart, partSize } from '../../core/bytes/parts.ts'
import { encodeText } from './text.ts'

const FIRST_CHUNK = 1024
const MAX_CHUNK = 1 << 20
/** Bytes from this size on are not copied but become parts of their own. */
const OWN_PART = 4096

const SHORT_TEXT = 64

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) >= 0x80) return false
  return true
}

/**
 * Writes a file from its end to its beginning. A message's content is there before its length prefix is written, so
 * nesting costs neither a second pass nor copies.
 */
export class ReverseWriter {
  /** Bytes written so far. */
  size = 0
  #parts: BytePart[] = []
  #chunk = new Uint8Array(FIRST_CHUNK)
  #view = new DataView(this.#chunk.buffer)
  #pos = FIRST_CHUNK

  /** The parts in the file's order. */
  finish(): BytePart[] {
    this.#flush()
    return this.#parts.reverse()
  }

  #flush(): void {
    if (this.#pos < this.#chunk.length) this.#parts.push(this.#chunk.subarray(this.#pos))
    this.#chunk = this.#chunk.subarray(0, this.#pos)
    this.#view = new DataView(this.#chunk.buffer, 0, this.#pos)
  }

  /** Makes room for `length` bytes and moves in front of them. */
  #back(length: number): number {
    if (length > this.#pos) {
      this.#flush()
      const size = Math.max(length, Math.min(MAX_CHUNK, Math.max(FIRST_CHUNK, this.size)))
      this.#chunk = new Uint8Array(size)
      this.#view = new DataView(this.#chunk.buffer)
      this.#pos = size
    }
    this.#pos -= length
    this.size += length
    return this.#pos
  }

  /** Bytes as they are; large ones and sources are not copied. */
  part(part: BytePart): void {
    if (part instanceof Uint8Array && part.length < OWN_PART) {
      const at = this.#back(part.length)
      this.#chunk.set(part, at)
      return
    }
    this.#flush()
    this.#parts.push(part)
    this.size += partSize(part)
  }

  /** A string as UTF-8; short ASCII is written in place. */
  text(text: string): void {
    if (text.length > SHORT_TEXT || !isAscii(text)) {
      this.part(encodeText(text))
      return
    }
    const at = this.#back(text.length)
    for (let i = 0; i < text.length; i++) this.#chunk[at + i] = text.charCodeAt(i)
  }

  /** A varint of a safe integer; negative ones are two's complement of 64 bits. */
  int(value: number): void {
    if (value >= 0 && value < 0x80) {
      const at = this.#back(1)
      this.#chunk[at] = value
    } else if (value >= 0 && value <= 0xffffffff) this.words(value, 0)
    else this.words(value % 2 ** 32, Math.floor(value / 2 ** 32))
  }

  bigint(value: bigint): void {
    this.words(Number(BigInt.asUintN(32, value)), Number(BigInt.asUintN(32, value >> 32n)))
  }

  /** A varint from its low and high 32 bits. */
  words(low: number, high: number): void {
    let lo = low >>> 0
    let hi = high >>> 0
    const bits = hi > 0 ? 64 - Math.clz32(hi) : 32 - Math.clz32(lo)
    const length = Math.max(1, Math.ceil(bits / 7))
    let at = this.#back(length)
    const last = at + length - 1
    for (; at < last; at++) {
      this.#chunk[at] = (lo & 0x7f) | 0x80
      lo = ((lo >>> 7) | (hi << 25)) >>> 0
      hi >>>= 7
    }
    this.#chunk[last] = lo
  }

  float(value: number): void {
    const at = this.#back(4)
    this.#view.setFloat32(at, value, true)
  }

  double(value: number): void {
    const at = this.#back(8)
    this.#view.setFloat64(at, value, true)
  }

  /** 4 bytes with a given bit pattern. */
  word(bits: number): void {
    const at = this.#back(4)
    this.#view.setInt32(at, bits, true)
  }
}
