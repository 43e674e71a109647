import type { ByteSource } from '../../core/bytes/byte-source.ts'
import { LimitExceededError, UnsupportedError } from '../../core/errors.ts'
import type { FieldSpec, MessageSpec, RawMessage } from './message-spec.ts'
import { EMPTY_NUMERIC, type NumericArray, type NumericKind, NumericList } from './numeric-list.ts'
import { TextReader } from './text.ts'
import { END_GROUP, FIXED32, FIXED64, LENGTH_DELIMITED, START_GROUP, VARINT, WireReader } from './wire-reader.ts'

/** Messages nested deeper are refused; protobuf's own default limit. */
const MAX_DEPTH = 100
/** Messages and strings made from one file. Two bytes on the wire can be one object, so a file could fill the memory. */
const MAX_VALUES = 20_000_000
/** Payloads from this size on stay in the file; smaller ones are copied out of the read window. */
const LAZY_BYTES = 64 * 1024
/** Read windows begin small (the next field may be a payload to jump over) and double up to this. */
const FIRST_WINDOW = 4 * 1024
const MAX_WINDOW = 1024 * 1024
/** The most bytes that a tag and a length take. */
const MAX_HEADER = 20

/** The most bytes that a number takes. */
const MAX_ELEMENT = 10

const EMPTY_LIST: readonly unknown[] = Object.freeze([])

/**
 * Decodes a message from bytes in memory; payloads are views. Unknown fields are skipped.
 * Throws MalformedFileError with the offset, LimitExceededError for nesting and number of values.
 */
export function decodeMessage<T>(spec: MessageSpec<T>, bytes: Uint8Array, maxValues = MAX_VALUES): T {
  return new Decoder(undefined, maxValues).whole(new WireReader(bytes), spec, 0)
}

/**
 * Decodes a message from a source of any size through small windows; payloads of 64 KiB and more become slices of
 * the source and are not read. Throws as `decodeMessage` does.
 */
export async function readMessage<T>(spec: MessageSpec<T>, source: ByteSource): Promise<T> {
  return new Decoder(source, MAX_VALUES).range(spec, 0, source.size, 0)
}

/** Decodes a large packed field that stayed in the file. Throws MalformedFileError. */
export async function readPacked(kind: NumericKind, source: ByteSource): Promise<NumericArray> {
  const list = new NumericList(kind)
  decodePacked(new WireReader(await source.read(0, source.size)), list)
  return list.finish()
}

interface FieldTable {
  byNumber: (readonly [name: string, field: FieldSpec] | undefined)[]
  empty: RawMessage
  numeric: readonly string[]
}

const tables = new WeakMap<MessageSpec<unknown>, FieldTable>()

function tableOf(spec: MessageSpec<unknown>): FieldTable {
  const known = tables.get(spec)
  if (known) return known
  const table: FieldTable = { byNumber: [], empty: {}, numeric: [] }
  for (const entry of spec.fields) {
    const [name, field] = entry
    table.byNumber[field.number] = entry
    table.empty[name] = defaultOf(field)
  }
  table.numeric = spec.fields.filter(([, field]) => field.repeated && isNumeric(field.kind)).map(([name]) => name)
  tables.set(spec, table)
  return table
}

function isNumeric(kind: FieldSpec['kind']): kind is NumericKind {
  return kind in EMPTY_NUMERIC
}

function defaultOf(field: FieldSpec): unknown {
  if (field.repeated) return isNumeric(field.kind) ? EMPTY_NUMERIC[field.kind] : EMPTY_LIST
  if (field.explicit) return undefined
  if (field.kind === 'string') return ''
  if (field.kind === 'bool') return false
  return field.kind === 'int64' || field.kind === 'uint64' ? 0n : 0
}

class Decoder {
  readonly #source: ByteSource | undefined
  readonly #text = new TextReader()
  readonly #maxValues: number
  #values = 0

  constructor(source: ByteSource | undefined, maxValues: number) {
    this.#source = source
    this.#maxValues = maxValues
  }

  /** Decodes from the reader's cursor to its end. */
  whole<T>(reader: WireReader, spec: MessageSpec<T>, depth: number): T {
    const table = this.#enter(spec, depth)
    const raw = { ...table.empty }
    while (reader.pos < reader.end) this.#field(reader, raw, table, depth)
    return this.#finish(raw, spec, table)
  }

  /** Decodes the message that stands in [start, end) of the source. */
  async range<T>(spec: MessageSpec<T>, start: number, end: number, depth: number): Promise<T> {
    const source = this.#source as ByteSource
    const table = this.#enter(spec, depth)
    const raw = { ...table.empty }
    let pos = start
    let window = FIRST_WINDOW
    while (pos < end) {
      const length = Math.min(window, end - pos)
      const reader = new WireReader(await source.read(pos, length), pos)
      const isLast = pos + length === end
      while (reader.pos < reader.end && (isLast || fieldFits(reader))) this.#field(reader, raw, table, depth)
      const progress = reader.offset - pos
      pos = reader.offset
      const cut = isLast ? undefined : cutField(reader)
      if (cut === undefined) {
        if (progress === 0 && window >= MAX_WINDOW) throw reader.malformed('a field has no end')
        window = Math.min(window * 2, MAX_WINDOW)
        continue
      }
      if (cut.length > end - cut.start) {
        throw reader.malformed(`a field of ${cut.length} bytes does not fit in the ${end - cut.start} that are left`)
      }
      if (cut.length < LAZY_BYTES) window = Math.max(Math.min(window * 2, MAX_WINDOW), cut.length + MAX_HEADER)
      else {
        await this.#largeField(raw, table, cut, depth)
        pos = cut.start + cut.length
        window = FIRST_WINDOW
      }
    }
    return this.#finish(raw, spec, table)
  }

  async #largeField(raw: RawMessage, table: FieldTable, cut: CutField, depth: number): Promise<void> {
    const source = this.#source as ByteSource
    const entry = table.byNumber[cut.number]
    if (!entry) return
    const [name, field] = entry
    if (field.message) {
      this.#put(raw, name, field, await this.range(field.message(), cut.start, cut.start + cut.length, depth + 1))
    } else if (isLazy(field, raw[name])) {
      raw[name] = source.slice(cut.start, cut.length)
    } else {
      const reader = new WireReader(await source.read(cut.start, cut.length), cut.start)
      this.#delimited(reader, raw, name, field, cut.length, depth)
    }
  }

  #enter(spec: MessageSpec<unknown>, depth: number): FieldTable {
    if (depth > MAX_DEPTH) {
      throw new LimitExceededError(`Protobuf messages are nested more than ${MAX_DEPTH} deep`, {
        hint: 'No real model nests like this: the file is damaged or hostile.',
        context: { limit: MAX_DEPTH },
      })
    }
    this.#count()
    return tableOf(spec)
  }

  #count(): void {
    if (++this.#values > this.#maxValues) {
      throw new LimitExceededError(`The file has more than ${this.#maxValues} protobuf messages and strings`, {
        hint: 'No real model has so many: the file is damaged or hostile.',
        context: { limit: this.#maxValues },
      })
    }
  }

  #finish<T>(raw: RawMessage, spec: MessageSpec<T>, table: FieldTable): T {
    for (const name of table.numeric) {
      const value = raw[name]
      if (value instanceof NumericList) raw[name] = value.finish()
    }
    return spec.fromWire(raw)
  }

  #field(reader: WireReader, raw: RawMessage, table: FieldTable, depth: number): void {
    const tagStart = reader.pos
    const tag = reader.tag()
    const wireType = tag & 7
    const entry = table.byNumber[tag >>> 3]
    if (!entry) {
      reader.skip(wireType)
      return
    }
    const [name, field] = entry
    if (wireType === LENGTH_DELIMITED) {
      this.#delimited(reader, raw, name, field, reader.length(), depth)
    } else if (wireType !== wireTypeOf(field)) {
      if (wireType === START_GROUP || wireType === END_GROUP || wireType > FIXED32) {
        throw reader.malformed(`wire type ${wireType} does not belong to the field ${name}`, tagStart)
      }
      reader.skip(wireType) // as protobuf does: a known number of another type is an unknown field
    } else if (field.repeated && isNumeric(field.kind)) {
      this.#run(reader, this.#list(raw, name, field.kind), tag, reader.pos - tagStart)
    } else if (field.repeated) {
      this.#put(raw, name, field, scalar(reader, field))
    } else raw[name] = scalar(reader, field)
  }

  #delimited(reader: WireReader, raw: RawMessage, name: string, field: FieldSpec, length: number, depth: number): void {
    const start = reader.pos
    const stop = start + length
    if (field.message) {
      const end = reader.end
      reader.end = stop
      this.#put(raw, name, field, this.whole(reader, field.message(), depth + 1))
      reader.end = end
    } else if (field.kind === 'string') {
      this.#count()
      this.#put(raw, name, field, this.#text.read(reader.bytes, start, stop))
    } else if (this.#source && length >= LAZY_BYTES && isLazy(field, raw[name])) {
      raw[name] = this.#source.slice(reader.offset, length)
    } else if (field.kind === 'payload') {
      const view = reader.bytes.subarray(start, stop)
      raw[name] = this.#source ? view.slice() : view
    } else if (field.repeated) {
      this.#packed(reader, raw, name, field, stop)
    }
    reader.pos = stop
  }

  #packed(reader: WireReader, raw: RawMessage, name: string, field: FieldSpec, stop: number): void {
    const end = reader.end
    reader.end = stop
    if (!isNumeric(field.kind)) {
      while (reader.pos < stop) this.#put(raw, name, field, scalar(reader, field))
    } else {
      const list = this.#list(raw, name, field.kind)
      decodePacked(reader, list)
    }
    reader.end = end
  }

  /** Consecutive unpacked elements, which is how proto2 writes repeated numbers: a tree ensemble has millions. */
  #run(reader: WireReader, list: NumericList, tag: number, tagBytes: number): void {
    pushElement(reader, list)
    if (tagBytes > 1) return
    const { bytes } = reader
    const lastStart = reader.end - 1 - MAX_ELEMENT // an element that starts later may be cut off: left to #field
    while (reader.pos <= lastStart && bytes[reader.pos] === tag) {
      reader.pos++
      pushElement(reader, list)
    }
  }

  #list(raw: RawMessage, name: string, kind: NumericKind): NumericList {
    const current = raw[name]
    if (current instanceof NumericList) return current
    if (current !== EMPTY_NUMERIC[kind])
      throw new UnsupportedError(`The large protobuf field ${name} is split in pieces`)
    const list = new NumericList(kind)
    raw[name] = list
    return list
  }

  #put(raw: RawMessage, name: string, field: FieldSpec, value: unknown): void {
    if (!field.repeated) raw[name] = value
    else if (raw[name] === EMPTY_LIST) raw[name] = [value]
    else (raw[name] as unknown[]).push(value)
  }
}

/** Whether a large field can stay in the file: a payload, or packed numbers of which none has been read yet. */
function isLazy(field: FieldSpec, current: unknown): boolean {
  return field.kind === 'payload' || (field.packed && isNumeric(field.kind) && current === EMPTY_NUMERIC[field.kind])
}

function wireTypeOf(field: FieldSpec): number {
  if (field.kind === 'float') return FIXED32
  if (field.kind === 'double') return FIXED64
  return field.kind === 'string' || field.kind === 'payload' || field.kind === 'message' ? LENGTH_DELIMITED : VARINT
}

function scalar(reader: WireReader, field: FieldSpec): unknown {
  switch (field.kind) {
    case 'int':
      return reader.int()
    case 'int32':
      return reader.int32()
    case 'int64':
      return reader.int64()
    case 'uint64':
      return reader.uint64()
    case 'bool':
      reader.varint()
      return reader.lo !== 0 || reader.hi !== 0
    case 'float':
      return reader.float()
    default:
      return reader.double()
  }
}

function pushElement(reader: WireReader, list: NumericList): void {
  if (list.kind === 'float') list.push32(reader.word())
  else if (list.kind === 'double') list.push64(reader.word(), reader.word())
  else {
    reader.varint()
    if (list.kind === 'int32') list.push32(reader.lo)
    else list.push64(reader.lo, reader.hi)
  }
}

/** Decodes a packed field from the reader's cursor to its end. */
function decodePacked(reader: WireReader, list: NumericList): void {
  if (list.kind !== 'float' && list.kind !== 'double') {
    while (reader.pos < reader.end) pushElement(reader, list)
    return
  }
  const size = list.kind === 'float' ? 4 : 8
  if ((reader.end - reader.pos) % size !== 0) throw reader.malformed(`packed ${list.kind}s end inside an element`)
  list.pushBytes(reader.take(reader.end - reader.pos))
}

/** A length-delimited field that the read window cuts off: field number, where its content starts, its length. */
interface CutField {
  number: number
  start: number
  length: number
}

/** Whether the field at the cursor lies wholly in the window. Moves nothing. */
function fieldFits(reader: WireReader): boolean {
  if (reader.end - reader.pos >= MAX_HEADER) {
    const wireType = (reader.bytes[reader.pos] as number) & 7
    if (wireType !== LENGTH_DELIMITED && wireType !== START_GROUP) return true
    if (wireType === START_GROUP) return false
    const cut = peekHeader(reader)
    return cut.start + cut.length <= reader.offset + reader.end - reader.pos
  }
  return false
}

/** The length-delimited field at the cursor, when its header is in the window. */
function cutField(reader: WireReader): CutField | undefined {
  if (reader.end - reader.pos < MAX_HEADER) return undefined
  if (((reader.bytes[reader.pos] as number) & 7) !== LENGTH_DELIMITED) return undefined
  return peekHeader(reader)
}

function peekHeader(reader: WireReader): CutField {
  const at = reader.pos
  const number = reader.tag() >>> 3
  reader.varint()
  const cut = { number, start: reader.offset, length: reader.hi * 2 ** 32 + reader.lo }
  reader.pos = at
  return cut
}
