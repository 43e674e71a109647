import { type BytePart, partSize } from '../../core/bytes/parts.ts'
import { PortolanError } from '../../core/errors.ts'
import type { FieldSpec, MessageSpec } from './message-spec.ts'
import { ReverseWriter } from './reverse-writer.ts'
import { FIXED32, FIXED64, LENGTH_DELIMITED, VARINT } from './wire-reader.ts'

/**
 * Encodes a message as parts; large payloads and sources stand among them uncopied. Fields are written in ascending
 * order of their numbers, zero values of fields without presence are left out.
 */
export function encodeMessage<T>(spec: MessageSpec<T>, message: T): BytePart[] {
  const writer = new ReverseWriter()
  writeFields(writer, spec, message)
  return writer.finish()
}

const descending = new WeakMap<MessageSpec<unknown>, readonly (readonly [string, FieldSpec])[]>()

function fieldsDescending(spec: MessageSpec<unknown>): readonly (readonly [string, FieldSpec])[] {
  const known = descending.get(spec)
  if (known) return known
  const sorted = [...spec.fields].sort(([, a], [, b]) => b.number - a.number)
  descending.set(spec, sorted)
  return sorted
}

function writeFields<T>(writer: ReverseWriter, spec: MessageSpec<T>, message: T): void {
  const raw = spec.toWire(message)
  for (const [name, field] of fieldsDescending(spec as MessageSpec<unknown>)) {
    const value = raw[name]
    if (value === undefined) continue
    if (!field.repeated) {
      if (field.explicit || !isZero(value)) writeField(writer, name, field, value)
    } else if (isPart(value) && field.packed) {
      writeDelimited(writer, field, value)
    } else if (field.packed) {
      if ((value as ArrayLike<unknown>).length > 0) writePacked(writer, name, field, value as ArrayLike<unknown>)
    } else {
      const list = value as ArrayLike<unknown>
      if (list instanceof Float32Array) writeFloats(writer, field, list)
      else if (list instanceof BigInt64Array) writeInt64s(writer, field, list)
      else for (let i = list.length - 1; i >= 0; i--) writeField(writer, name, field, list[i])
    }
  }
}

function isZero(value: unknown): boolean {
  return value === '' || value === false || value === 0n || Object.is(value, 0)
}

/** A packed field that was never decoded: its wire bytes, in the file. */
function isPart(value: unknown): value is BytePart {
  return typeof value === 'object' && value !== null && 'slice' in value && 'read' in value
}

function writeTag(writer: ReverseWriter, field: FieldSpec, wireType: number): void {
  writer.int(field.number * 8 + wireType)
}

function writeDelimited(writer: ReverseWriter, field: FieldSpec, part: BytePart): void {
  writer.part(part)
  writer.int(partSize(part))
  writeTag(writer, field, LENGTH_DELIMITED)
}

function writeField(writer: ReverseWriter, name: string, field: FieldSpec, value: unknown): void {
  switch (field.kind) {
    case 'message': {
      const before = writer.size
      writeFields(writer, (field.message as () => MessageSpec<unknown>)(), value)
      writer.int(writer.size - before)
      writeTag(writer, field, LENGTH_DELIMITED)
      return
    }
    case 'string': {
      const before = writer.size
      writer.text(value as string)
      writer.int(writer.size - before)
      writeTag(writer, field, LENGTH_DELIMITED)
      return
    }
    case 'payload':
      writeDelimited(writer, field, value as BytePart)
      return
    case 'float':
      writer.float(value as number)
      writeTag(writer, field, FIXED32)
      return
    case 'double':
      writer.double(value as number)
      writeTag(writer, field, FIXED64)
      return
    default:
      writeVarint(writer, name, value)
      writeTag(writer, field, VARINT)
  }
}

function writeVarint(writer: ReverseWriter, name: string, value: unknown): void {
  if (typeof value === 'bigint') writer.bigint(value)
  else if (typeof value === 'boolean') writer.int(value ? 1 : 0)
  else if (Number.isSafeInteger(value)) writer.int(value as number)
  else throw new PortolanError('internal', `The protobuf field ${name} needs an integer, not ${value}`)
}

function writeFloats(writer: ReverseWriter, field: FieldSpec, values: Float32Array): void {
  const bits = new Int32Array(values.buffer, values.byteOffset, values.length) // keeps the payload of NaNs
  for (let i = bits.length - 1; i >= 0; i--) {
    writer.word(bits[i] as number)
    writeTag(writer, field, FIXED32)
  }
}

function writeInt64s(writer: ReverseWriter, field: FieldSpec, values: BigInt64Array): void {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length * 2)
  for (let i = words.length - 2; i >= 0; i -= 2) {
    writer.words(words[i] as number, words[i + 1] as number)
    writeTag(writer, field, VARINT)
  }
}

function writePacked(writer: ReverseWriter, name: string, field: FieldSpec, values: ArrayLike<unknown>): void {
  const before = writer.size
  if (values instanceof Float32Array || values instanceof Float64Array) {
    writer.part(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
  } else {
    for (let i = values.length - 1; i >= 0; i--) writeVarint(writer, name, values[i])
  }
  writer.int(writer.size - before)
  writeTag(writer, field, LENGTH_DELIMITED)
}
