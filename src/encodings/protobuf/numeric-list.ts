/** How a repeated numeric field is held. */
export type NumericKind = 'int32' | 'int64' | 'uint64' | 'float' | 'double'

const ARRAY = {
  int32: Int32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
  float: Float32Array,
  double: Float64Array,
} as const

export type NumericArray = InstanceType<(typeof ARRAY)[NumericKind]>

/** The empty array of a kind, shared by all messages that have no such element. */
export const EMPTY_NUMERIC: { readonly [K in NumericKind]: InstanceType<(typeof ARRAY)[K]> } = {
  int32: new Int32Array(),
  int64: new BigInt64Array(),
  uint64: new BigUint64Array(),
  float: new Float32Array(),
  double: new Float64Array(),
}

/** A growing typed array; elements are written as little-endian words, so 64-bit integers make no bigint. */
export class NumericList {
  readonly kind: NumericKind
  #array: NumericArray
  #words: Int32Array
  #bytes: Uint8Array
  #length = 0

  constructor(kind: NumericKind) {
    this.kind = kind
    this.#array = EMPTY_NUMERIC[kind]
    this.#words = new Int32Array()
    this.#bytes = new Uint8Array()
  }

  /** Makes room for `count` more elements. */
  reserve(count: number): void {
    const needed = this.#length + count
    if (needed <= this.#array.length) return
    const grown = new ARRAY[this.kind](this.#length === 0 ? needed : Math.max(needed, this.#length * 2, 16))
    const bytes = new Uint8Array(grown.buffer)
    bytes.set(this.#bytes.subarray(0, this.#length * grown.BYTES_PER_ELEMENT))
    this.#array = grown
    this.#bytes = bytes
    this.#words = new Int32Array(grown.buffer)
  }

  /** Appends an element of 4 bytes. */
  push32(word: number): void {
    if (this.#length === this.#array.length) this.reserve(1)
    this.#words[this.#length++] = word
  }

  /** Appends an element of 8 bytes. */
  push64(lo: number, hi: number): void {
    if (this.#length === this.#array.length) this.reserve(1)
    const at = this.#length++ * 2
    this.#words[at] = lo
    this.#words[at + 1] = hi
  }

  /** Appends elements that stand end to end, as packed floats and doubles do. */
  pushBytes(bytes: Uint8Array): void {
    const size = this.#array.BYTES_PER_ELEMENT
    this.reserve(bytes.length / size)
    this.#bytes.set(bytes, this.#length * size)
    this.#length += bytes.length / size
  }

  /** The elements, without spare room. */
  finish(): NumericArray {
    return this.#length === this.#array.length ? this.#array : this.#array.slice(0, this.#length)
  }
}
