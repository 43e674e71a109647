import { LimitExceededError, MalformedFileError } from '../../core/errors.ts'

export interface OutputLimits {
  /** Bytes of the result. */
  maxOutput: number
  /** Bytes of the result for each byte of input, once the result is larger than `RATIO_FREE_BYTES`. */
  maxRatio: number
}

/** A small file may expand as it likes: a model of zeros does, and it does no harm. */
export const RATIO_FREE_BYTES = 64 * 2 ** 20

const INITIAL_BYTES = 64 * 1024

/** The growing result of a decompression, which later data may refer back to. Grows no further than its limits. */
export class OutputBuffer {
  #bytes: Uint8Array = new Uint8Array(INITIAL_BYTES)
  #length = 0
  readonly #limit: number
  readonly #limits: OutputLimits
  readonly #inputBytes: number

  constructor(limits: OutputLimits, inputBytes: number) {
    this.#limits = limits
    this.#inputBytes = inputBytes
    this.#limit = Math.min(limits.maxOutput, Math.max(RATIO_FREE_BYTES, inputBytes * limits.maxRatio))
  }

  get length(): number {
    return this.#length
  }

  /**
   * Makes room for more bytes and returns the array to write them to, from `length` on; `advance` then keeps them.
   *
   * @throws LimitExceededError
   */
  reserve(count: number): Uint8Array {
    const needed = this.#length + count
    if (needed <= this.#bytes.length) return this.#bytes
    if (this.#length + count > this.#limit + INITIAL_BYTES) this.#exceeded()
    const grown = new Uint8Array(Math.max(needed, Math.min(this.#bytes.length * 2, this.#limit + INITIAL_BYTES)))
    grown.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = grown
    return grown
  }

  /** @throws LimitExceededError */
  advance(count: number): void {
    this.#length += count
    if (this.#length > this.#limit) this.#exceeded()
  }

  append(chunk: Uint8Array): void {
    this.reserve(chunk.length).set(chunk, this.#length)
    this.advance(chunk.length)
  }

  /** Repeats `count` bytes from `distance` back, which may overlap what they become. */
  copyBack(distance: number, count: number, offset: number): void {
    if (distance < 1 || distance > this.#length) {
      throw new MalformedFileError('The compressed data refer to what stands before their start', { offset })
    }
    const bytes = this.reserve(count)
    const end = this.#length + count
    for (let to = this.#length, from = to - distance; to < end; to++, from++) bytes[to] = bytes[from] as number
    this.advance(count)
  }

  /** The bytes from an offset on, as a view. */
  since(start: number): Uint8Array {
    return this.#bytes.subarray(start, this.#length)
  }

  #exceeded(): never {
    const { maxOutput, maxRatio } = this.#limits
    const byRatio = this.#limit < maxOutput
    throw new LimitExceededError(
      byRatio
        ? `The compressed data expand more than ${maxRatio}-fold`
        : `The compressed data expand to more than ${maxOutput} bytes`,
      {
        hint: 'No real model compresses like this: the file may be a decompression bomb.',
        context: { inputBytes: this.#inputBytes, limit: this.#limit },
      },
    )
  }
}
