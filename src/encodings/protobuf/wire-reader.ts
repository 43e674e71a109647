import { MalformedFileError } from '../../core/errors.ts'

/** Wire types of the protobuf encoding (protobuf.dev/programming-guides/encoding). */
export const VARINT = 0
export const FIXED64 = 1
export const LENGTH_DELIMITED = 2
export const START_GROUP = 3
export const END_GROUP = 4
export const FIXED32 = 5

/** Groups nested deeper than this are refused; protobuf's own default. */
const MAX_GROUP_DEPTH = 100

/** A bounds-checked cursor over protobuf wire bytes. Every method throws MalformedFileError with the byte offset. */
export class WireReader {
  readonly bytes: Uint8Array
  pos = 0
  /** Where the message that is being read ends in `bytes`. */
  end: number
  /** Low and high half of the varint read last. */
  lo = 0
  hi = 0
  readonly #view: DataView
  readonly #base: number

  /** `base`: where in the file `bytes` begins, for errors and slices. */
  constructor(bytes: Uint8Array, base = 0) {
    this.bytes = bytes
    this.end = bytes.length
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    this.#base = base
  }

  /** The cursor's place in the file. */
  get offset(): number {
    return this.#base + this.pos
  }

  malformed(message: string, pos = this.pos): MalformedFileError {
    return new MalformedFileError(`Protobuf data: ${message}`, { offset: this.#base + pos })
  }

  /** Reads a varint into `lo` and `hi`, both unsigned. */
  varint(): void {
    const { bytes, end } = this
    let pos = this.pos
    let byte = pos < end ? (bytes[pos++] as number) : this.#truncated()
    let lo = byte & 0x7f
    let hi = 0
    for (let shift = 7; byte >= 0x80; shift += 7) {
      if (shift >= 70) throw this.malformed('a varint has more than 10 bytes')
      byte = pos < end ? (bytes[pos++] as number) : this.#truncated()
      const bits = byte & 0x7f
      if (shift < 28) lo |= bits << shift
      else if (shift === 28) {
        lo |= bits << 28
        hi = bits >>> 4
      } else hi |= bits << (shift - 32)
    }
    this.lo = lo >>> 0
    this.hi = hi >>> 0
    this.pos = pos
  }

  #truncated(): never {
    throw this.malformed('ends inside a field', this.end)
  }

  /** A field's key: number × 8 + wire type. */
  tag(): number {
    const start = this.pos
    this.varint()
    if (this.hi !== 0 || this.lo < 8) throw this.malformed('not a field number', start)
    return this.lo
  }

  /** A 64-bit integer that must be exact as a number (dimensions, versions, enums). */
  int(): number {
    const start = this.pos
    this.varint()
    const value = (this.hi | 0) * 2 ** 32 + this.lo
    if (!Number.isSafeInteger(value)) throw this.malformed('an integer is beyond 2^53', start)
    return value
  }

  int32(): number {
    this.varint()
    return this.lo | 0
  }

  int64(): bigint {
    this.varint()
    return (BigInt(this.hi | 0) << 32n) | BigInt(this.lo)
  }

  uint64(): bigint {
    this.varint()
    return (BigInt(this.hi) << 32n) | BigInt(this.lo)
  }

  float(): number {
    this.#need(4)
    const value = this.#view.getFloat32(this.pos, true)
    this.pos += 4
    return value
  }

  double(): number {
    this.#need(8)
    const value = this.#view.getFloat64(this.pos, true)
    this.pos += 8
    return value
  }

  /** The next 4 bytes as a little-endian integer. */
  word(): number {
    this.#need(4)
    const value = this.#view.getInt32(this.pos, true)
    this.pos += 4
    return value
  }

  /** The length of a length-delimited field; the cursor is at its content afterwards. */
  length(): number {
    const start = this.pos
    this.varint()
    const length = this.hi * 2 ** 32 + this.lo
    if (length > this.end - this.pos) {
      throw this.malformed(`a field of ${length} bytes does not fit in the ${this.end - this.pos} that are left`, start)
    }
    return length
  }

  /** The next `length` bytes as a view. */
  take(length: number): Uint8Array {
    this.#need(length)
    this.pos += length
    return this.bytes.subarray(this.pos - length, this.pos)
  }

  /** Skips the value of an unknown field, groups included. */
  skip(wireType: number, depth = 0): void {
    if (wireType === VARINT) this.varint()
    else if (wireType === FIXED64) this.take(8)
    else if (wireType === FIXED32) this.take(4)
    else if (wireType === LENGTH_DELIMITED) this.take(this.length())
    else if (wireType === START_GROUP) {
      if (depth >= MAX_GROUP_DEPTH) throw this.malformed(`groups are nested more than ${MAX_GROUP_DEPTH} deep`)
      for (let tag = this.tag(); (tag & 7) !== END_GROUP; tag = this.tag()) this.skip(tag & 7, depth + 1)
    } else throw this.malformed(`wire type ${wireType} does not belong here`)
  }

  #need(length: number): void {
    if (length > this.end - this.pos) this.#truncated()
  }
}
