import { type ByteReader, corrupt } from './byte-reader.ts'
import type { OutputBuffer } from './output-buffer.ts'

const PROBABILITY_BITS = 11
const PROBABILITY_INITIAL = 1 << (PROBABILITY_BITS - 1)
const MOVE_BITS = 5
const RANGE_TOP = 2 ** 24

const STATES = 12
const MAX_POSITION_STATES = 16
const LITERAL_STATES = 7
const LITERAL_CODERS = 0x300
const MIN_MATCH = 2
const LENGTH_STATES = 4
const SLOT_BITS = 6
const ALIGN_BITS = 4
const FIRST_MODEL_SLOT = 4
const FIRST_DIRECT_SLOT = 14
const FULL_DISTANCES = 128
const END_MARKER = 0xffffffff
/** Output between two yields. */
const SLICE_BYTES = 1 << 20

/** Literal context bits, literal position bits and position bits. */
export interface LzmaProperties {
  lc: number
  lp: number
  pb: number
}

/** The byte `(pb * 5 + lp) * 9 + lc`. */
export function parseLzmaProperties(byte: number, offset: number): LzmaProperties {
  if (byte >= 9 * 5 * 5) corrupt('impossible LZMA properties', offset)
  return { lc: byte % 9, lp: Math.floor(byte / 9) % 5, pb: Math.floor(byte / 45) }
}

function probabilities(count: number): Uint16Array {
  return new Uint16Array(count).fill(PROBABILITY_INITIAL)
}

/** Models of match lengths. */
class LengthModel {
  readonly choice = probabilities(2)
  readonly low = probabilities(MAX_POSITION_STATES << 3)
  readonly middle = probabilities(MAX_POSITION_STATES << 3)
  readonly high = probabilities(256)
}

/**
 * The LZMA decoder, after the "LZMA specification" (LZMA SDK 23, `lzma-specification.txt`). One instance decodes a .lzma
 * file or the chunks of an LZMA2 stream, which keep its state.
 */
export class LzmaDecoder {
  readonly #reader: ByteReader
  readonly #output: OutputBuffer
  #properties: LzmaProperties = { lc: 0, lp: 0, pb: 0 }
  /** Length of the output where the dictionary was reset last: nothing before it may be referred to. */
  #dictionaryStart: number

  #range = 0
  #code = 0
  #state = 0
  #reps: [number, number, number, number] = [0, 0, 0, 0]
  #literals = probabilities(LITERAL_CODERS)
  #isMatch = probabilities(0)
  #isRep = probabilities(0)
  #isRepG0 = probabilities(0)
  #isRepG1 = probabilities(0)
  #isRepG2 = probabilities(0)
  #isRep0Long = probabilities(0)
  #slots: Uint16Array[] = []
  #special = probabilities(0)
  #align = probabilities(0)
  #matchLength = new LengthModel()
  #repLength = new LengthModel()

  constructor(reader: ByteReader, output: OutputBuffer) {
    this.#reader = reader
    this.#output = output
    this.#dictionaryStart = output.length
  }

  resetDictionary(): void {
    this.#dictionaryStart = this.#output.length
  }

  /** Starts with fresh probabilities; without properties, with the last ones. */
  resetState(properties: LzmaProperties = this.#properties): void {
    this.#properties = properties
    this.#state = 0
    this.#reps = [0, 0, 0, 0]
    this.#literals = probabilities(LITERAL_CODERS << (properties.lc + properties.lp))
    this.#isMatch = probabilities(STATES * MAX_POSITION_STATES)
    this.#isRep = probabilities(STATES)
    this.#isRepG0 = probabilities(STATES)
    this.#isRepG1 = probabilities(STATES)
    this.#isRepG2 = probabilities(STATES)
    this.#isRep0Long = probabilities(STATES * MAX_POSITION_STATES)
    this.#slots = Array.from({ length: LENGTH_STATES }, () => probabilities(1 << SLOT_BITS))
    this.#special = probabilities(1 + FULL_DISTANCES - FIRST_DIRECT_SLOT)
    this.#align = probabilities(1 << ALIGN_BITS)
    this.#matchLength = new LengthModel()
    this.#repLength = new LengthModel()
  }

  /** Reads the five bytes that a range-coded stretch begins with. */
  startRange(): void {
    const { offset } = this.#reader
    if (this.#reader.u8() !== 0) corrupt('the range coder does not start with 0', offset)
    this.#range = 0xffffffff
    this.#code = 0
    for (let i = 0; i < 4; i++) this.#code = ((this.#code << 8) | this.#reader.u8()) >>> 0
  }

  /**
   * Decodes `size` bytes, or up to the end marker when `size` is undefined. Returns whether the marker was met.
   */
  *decode(size: number | undefined): Generator<void, boolean> {
    const output = this.#output
    const end = size === undefined ? Number.POSITIVE_INFINITY : output.length + size
    let nextYield = output.length + SLICE_BYTES
    while (output.length < end) {
      if (this.#decodeOne(end)) return true
      if (output.length >= nextYield) {
        nextYield = output.length + SLICE_BYTES
        yield
      }
    }
    return false
  }

  /** One literal or match; true for the end marker. */
  #decodeOne(end: number): boolean {
    const output = this.#output
    const position = (output.length - this.#dictionaryStart) & ((1 << this.#properties.pb) - 1)
    const state = this.#state
    const slot = state * MAX_POSITION_STATES + position
    if (this.#bit(this.#isMatch, slot) === 0) {
      this.#literal()
      return false
    }
    let length: number
    if (this.#bit(this.#isRep, state) === 0) {
      length = this.#length(this.#matchLength, position)
      const distance = this.#distance(length)
      if (distance === END_MARKER) return true
      this.#reps = [distance, this.#reps[0], this.#reps[1], this.#reps[2]]
      this.#state = state < LITERAL_STATES ? 7 : 10
    } else if (this.#chooseRep(state, slot)) {
      length = 1
      this.#state = state < LITERAL_STATES ? 9 : 11
    } else {
      length = this.#length(this.#repLength, position)
      this.#state = state < LITERAL_STATES ? 8 : 11
    }
    const distance = this.#reps[0] + 1
    const { offset } = this.#reader
    if (distance > output.length - this.#dictionaryStart) corrupt('a match before the start of the dictionary', offset)
    if (output.length + length > end) corrupt('a match past the end', offset)
    output.copyBack(distance, length, offset)
    return false
  }

  /** Brings one of the last four distances to the front; true for a match of one byte. */
  #chooseRep(state: number, slot: number): boolean {
    if (this.#bit(this.#isRepG0, state) === 0) return this.#bit(this.#isRep0Long, slot) === 0
    const [rep0, rep1, rep2, rep3] = this.#reps
    if (this.#bit(this.#isRepG1, state) === 0) this.#reps = [rep1, rep0, rep2, rep3]
    else if (this.#bit(this.#isRepG2, state) === 0) this.#reps = [rep2, rep0, rep1, rep3]
    else this.#reps = [rep3, rep0, rep1, rep2]
    return false
  }

  #literal(): void {
    const { lc, lp } = this.#properties
    const output = this.#output
    const bytes = output.reserve(1)
    const at = output.length
    const written = at - this.#dictionaryStart
    const previous = written > 0 ? (bytes[at - 1] as number) : 0
    const context = ((written & ((1 << lp) - 1)) << lc) + (previous >> (8 - lc))
    const base = LITERAL_CODERS * context
    let symbol = 1
    if (this.#state >= LITERAL_STATES) {
      const distance = this.#reps[0] + 1
      if (distance > written) corrupt('a match before the start of the dictionary', this.#reader.offset)
      let matched = bytes[at - distance] as number
      do {
        const matchBit = (matched >> 7) & 1
        matched <<= 1
        const bit = this.#bit(this.#literals, base + ((1 + matchBit) << 8) + symbol)
        symbol = (symbol << 1) | bit
        if (matchBit !== bit) break
      } while (symbol < 0x100)
    }
    while (symbol < 0x100) symbol = (symbol << 1) | this.#bit(this.#literals, base + symbol)
    bytes[at] = symbol
    output.advance(1)
    this.#state = this.#state < 4 ? 0 : this.#state < 10 ? this.#state - 3 : this.#state - 6
  }

  #length(model: LengthModel, position: number): number {
    if (this.#bit(model.choice, 0) === 0) return MIN_MATCH + this.#tree(model.low, 3, position << 3)
    if (this.#bit(model.choice, 1) === 0) return MIN_MATCH + 8 + this.#tree(model.middle, 3, position << 3)
    return MIN_MATCH + 16 + this.#tree(model.high, 8, 0)
  }

  #distance(length: number): number {
    const lengthState = Math.min(length - MIN_MATCH, LENGTH_STATES - 1)
    const slot = this.#tree(this.#slots[lengthState] as Uint16Array, SLOT_BITS, 0)
    if (slot < FIRST_MODEL_SLOT) return slot
    const directBits = (slot >> 1) - 1
    const base = ((2 | (slot & 1)) << directBits) >>> 0
    if (slot < FIRST_DIRECT_SLOT) return base + this.#reverseTree(this.#special, directBits, base - slot)
    const high = this.#direct(directBits - ALIGN_BITS) * (1 << ALIGN_BITS)
    return base + high + this.#reverseTree(this.#align, ALIGN_BITS, 0)
  }

  #bit(models: Uint16Array, index: number): number {
    const probability = models[index] as number
    const bound = (this.#range >>> PROBABILITY_BITS) * probability
    let bit: number
    if (this.#code < bound) {
      this.#range = bound
      models[index] = probability + (((1 << PROBABILITY_BITS) - probability) >> MOVE_BITS)
      bit = 0
    } else {
      this.#range -= bound
      this.#code -= bound
      models[index] = probability - (probability >> MOVE_BITS)
      bit = 1
    }
    if (this.#range < RANGE_TOP) this.#normalise()
    return bit
  }

  #normalise(): void {
    this.#range = (this.#range << 8) >>> 0
    this.#code = ((this.#code << 8) | this.#reader.u8()) >>> 0
  }

  #direct(count: number): number {
    let result = 0
    for (let i = 0; i < count; i++) {
      this.#range >>>= 1
      const bit = this.#code >= this.#range ? 1 : 0
      if (bit === 1) this.#code -= this.#range
      if (this.#range < RANGE_TOP) this.#normalise()
      result = result * 2 + bit
    }
    return result
  }

  #tree(models: Uint16Array, bits: number, base: number): number {
    let symbol = 1
    for (let i = 0; i < bits; i++) symbol = (symbol << 1) | this.#bit(models, base + symbol)
    return symbol - (1 << bits)
  }

  #reverseTree(models: Uint16Array, bits: number, base: number): number {
    let model = 1
    let symbol = 0
    for (let i = 0; i < bits; i++) {
      const bit = this.#bit(models, base + model)
      model = (model << 1) | bit
      symbol |= bit << i
    }
    return symbol
  }
}
