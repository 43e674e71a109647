import { ByteReader, corrupt } from './byte-reader.ts'
import type { OutputBuffer } from './output-buffer.ts'

/** Binary-coded decimals of π and of its square root mark a block and the end of a stream. */
const BLOCK_MAGIC = 0x314159265359
const END_MAGIC = 0x177245385090
const LEVEL_BYTES = 100_000
const MAX_CODE_BITS = 20
const MIN_TREES = 2
const MAX_TREES = 6
const SYMBOLS_PER_SELECTOR = 50
const RUN_A = 0
const RUN_B = 1
const RUN_LENGTH_TRIGGER = 4

const CRC_TABLE = new Uint32Array(256)
for (let byte = 0; byte < 256; byte++) {
  let crc = byte << 24
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x80000000 ? (crc << 1) ^ 0x04c11db7 : crc << 1
  CRC_TABLE[byte] = crc >>> 0
}

/** CRC-32 with the most significant bit first, as bzip2 has it. */
function crc32MsbFirst(bytes: Uint8Array): number {
  let crc = -1
  for (let i = 0; i < bytes.length; i++) {
    crc = (crc << 8) ^ (CRC_TABLE[((crc >>> 24) ^ (bytes[i] as number)) & 0xff] as number)
  }
  return ~crc >>> 0
}

/** Bits, the most significant first. */
class BitReader {
  readonly reader: ByteReader
  #buffer = 0
  #available = 0

  constructor(reader: ByteReader) {
    this.reader = reader
  }

  bit(): number {
    if (this.#available === 0) {
      this.#buffer = this.reader.u8()
      this.#available = 8
    }
    this.#available--
    return (this.#buffer >> this.#available) & 1
  }

  /** Up to 48 bits. */
  bits(count: number): number {
    let value = 0
    let missing = count
    while (missing > 0) {
      if (this.#available === 0) {
        this.#buffer = this.reader.u8()
        this.#available = 8
      }
      const taken = Math.min(missing, this.#available)
      this.#available -= taken
      value = value * 2 ** taken + ((this.#buffer >> this.#available) & ((1 << taken) - 1))
      missing -= taken
    }
    return value
  }

  /** Drops the rest of a byte. */
  align(): void {
    this.#available = 0
  }
}

/** A canonical Huffman code: the first code and the first symbol's position of each length. */
interface HuffmanTree {
  symbols: Uint16Array
  firstCode: Int32Array
  firstIndex: Int32Array
  counts: Int32Array
}

/**
 * Decompresses all streams of a .bz2 file, each block verified by its CRC. After bzip2 1.0.8 `decompress.c` and
 * "BZIP2: Format Specification" by Joe Tsai (2016).
 */
export function* decompressBzip2(input: Uint8Array, output: OutputBuffer): Generator<void, void> {
  const reader = new ByteReader(input)
  do {
    yield* decodeStream(reader, output)
  } while (reader.remaining > 0 && input[reader.offset] === 0x42)
}

function* decodeStream(reader: ByteReader, output: OutputBuffer): Generator<void, void> {
  const start = reader.offset
  const [b, z, h, level] = reader.take(4)
  if (b !== 0x42 || z !== 0x5a || h !== 0x68 || level === undefined || level < 0x31 || level > 0x39) {
    corrupt('not a bzip2 stream', start)
  }
  const bits = new BitReader(reader)
  const capacity = (level - 0x30) * LEVEL_BYTES
  for (;;) {
    const magic = bits.bits(48)
    const crc = bits.bits(32)
    if (magic === END_MAGIC) {
      bits.align()
      return
    }
    if (magic !== BLOCK_MAGIC) corrupt('a block does not start as one', reader.offset)
    const written = output.length
    decodeBlock(bits, capacity, output)
    if (crc32MsbFirst(output.since(written)) !== crc) corrupt('a block does not match its CRC', reader.offset)
    yield
  }
}

function decodeBlock(bits: BitReader, capacity: number, output: OutputBuffer): void {
  const { reader } = bits
  if (bits.bit() === 1) corrupt('a randomised block, which only bzip2 0.9.0 and older wrote', reader.offset)
  const origin = bits.bits(24)
  const alphabet = readAlphabet(bits)
  const trees = readTrees(bits, alphabet.length + 2)
  const block = readSymbols(bits, alphabet, trees, capacity)
  if (origin >= block.length && block.length > 0) corrupt('the origin of a block lies outside it', reader.offset)
  expandRuns(invertTransform(block, origin), output)
}

/** The byte values that occur in the block. */
function readAlphabet(bits: BitReader): Uint8Array {
  const rows = bits.bits(16)
  const used: number[] = []
  for (let row = 0; row < 16; row++) {
    if (((rows >> (15 - row)) & 1) === 0) continue
    const columns = bits.bits(16)
    for (let column = 0; column < 16; column++) {
      if ((columns >> (15 - column)) & 1) used.push(row * 16 + column)
    }
  }
  if (used.length === 0) corrupt('a block without bytes', bits.reader.offset)
  return Uint8Array.from(used)
}

interface Trees {
  trees: HuffmanTree[]
  /** The tree of every 50 symbols. */
  selectors: Uint8Array
}

function readTrees(bits: BitReader, symbols: number): Trees {
  const { reader } = bits
  const count = bits.bits(3)
  if (count < MIN_TREES || count > MAX_TREES) corrupt(`${count} Huffman trees`, reader.offset)
  const selectorCount = bits.bits(15)
  if (selectorCount === 0) corrupt('no selectors', reader.offset)
  const selectors = new Uint8Array(selectorCount)
  const order = Array.from({ length: count }, (_, i) => i)
  for (let i = 0; i < selectorCount; i++) {
    let position = 0
    while (bits.bit() === 1) if (++position >= count) corrupt('an impossible selector', reader.offset)
    const [tree] = order.splice(position, 1)
    order.unshift(tree as number)
    selectors[i] = tree as number
  }
  return { trees: Array.from({ length: count }, () => readTree(bits, symbols)), selectors }
}

function readTree(bits: BitReader, symbols: number): HuffmanTree {
  const lengths = new Uint8Array(symbols)
  let length = bits.bits(5)
  for (let symbol = 0; symbol < symbols; symbol++) {
    for (;;) {
      if (length < 1 || length > MAX_CODE_BITS) corrupt('an impossible code length', bits.reader.offset)
      if (bits.bit() === 0) break
      length += bits.bit() === 0 ? 1 : -1
    }
    lengths[symbol] = length
  }
  return canonicalTree(lengths)
}

function canonicalTree(lengths: Uint8Array): HuffmanTree {
  const counts = new Int32Array(MAX_CODE_BITS + 1)
  for (const length of lengths) counts[length] = (counts[length] as number) + 1
  const firstCode = new Int32Array(MAX_CODE_BITS + 1)
  const firstIndex = new Int32Array(MAX_CODE_BITS + 1)
  let code = 0
  let index = 0
  for (let length = 1; length <= MAX_CODE_BITS; length++) {
    code <<= 1
    firstCode[length] = code
    firstIndex[length] = index
    code += counts[length] as number
    index += counts[length] as number
  }
  const next = Int32Array.from(firstIndex)
  const symbols = new Uint16Array(lengths.length)
  lengths.forEach((length, symbol) => {
    const position = next[length] as number
    symbols[position] = symbol
    next[length] = position + 1
  })
  return { symbols, firstCode, firstIndex, counts }
}

function readSymbol(bits: BitReader, tree: HuffmanTree): number {
  let code = 0
  for (let length = 1; length <= MAX_CODE_BITS; length++) {
    code = (code << 1) | bits.bit()
    const rank = code - (tree.firstCode[length] as number)
    if (rank >= 0 && rank < (tree.counts[length] as number)) {
      return tree.symbols[(tree.firstIndex[length] as number) + rank] as number
    }
  }
  return corrupt('an impossible Huffman code', bits.reader.offset)
}

/** Undoes Huffman, zero-run and move-to-front coding: the block's Burrows–Wheeler transform. */
function readSymbols(bits: BitReader, alphabet: Uint8Array, { trees, selectors }: Trees, capacity: number): Uint8Array {
  const { reader } = bits
  const block = new Uint8Array(capacity)
  const recent = Uint8Array.from(alphabet)
  const endOfBlock = alphabet.length + 1
  let length = 0
  let run = 0
  let runWeight = 1
  for (let count = 0; ; count++) {
    const selector = selectors[Math.floor(count / SYMBOLS_PER_SELECTOR)]
    if (selector === undefined) corrupt('a block without an end', reader.offset)
    const symbol = readSymbol(bits, trees[selector] as HuffmanTree)
    if (symbol === RUN_A || symbol === RUN_B) {
      run += runWeight << symbol
      runWeight *= 2
      if (run > capacity) corrupt('a block longer than allowed', reader.offset)
      continue
    }
    if (length + run > capacity) corrupt('a block longer than allowed', reader.offset)
    block.fill(recent[0] as number, length, length + run)
    length += run
    run = 0
    runWeight = 1
    if (symbol === endOfBlock) return block.subarray(0, length)
    if (length >= capacity) corrupt('a block longer than allowed', reader.offset)
    const position = symbol - 1
    const byte = recent[position] as number
    recent.copyWithin(1, 0, position)
    recent[0] = byte
    block[length++] = byte
  }
}

/** Undoes the Burrows–Wheeler transform. */
function invertTransform(block: Uint8Array, origin: number): Uint8Array {
  const starts = new Uint32Array(257)
  for (const byte of block) starts[byte + 1] = (starts[byte + 1] as number) + 1
  for (let byte = 0; byte < 256; byte++) starts[byte + 1] = (starts[byte + 1] as number) + (starts[byte] as number)
  const next = new Uint32Array(block.length)
  for (let i = 0; i < block.length; i++) {
    const byte = block[i] as number
    const position = starts[byte] as number
    next[position] = i
    starts[byte] = position + 1
  }
  const text = new Uint8Array(block.length)
  let position = block.length === 0 ? 0 : (next[origin] as number)
  for (let i = 0; i < text.length; i++) {
    text[i] = block[position] as number
    position = next[position] as number
  }
  return text
}

/** Four equal bytes are followed by how many more of them there are. */
function expandRuns(text: Uint8Array, output: OutputBuffer): void {
  let start = 0
  let equal = 0
  for (let i = 0; i < text.length; i++) {
    equal = i > start && text[i] === text[i - 1] ? equal + 1 : 1
    if (equal < RUN_LENGTH_TRIGGER) continue
    output.append(text.subarray(start, i + 1))
    const more = text[i + 1] ?? 0
    const byte = text[i] as number
    const at = output.length
    output.reserve(more).fill(byte, at, at + more)
    output.advance(more)
    i++
    start = i + 1
    equal = 0
  }
  output.append(text.subarray(start))
}
