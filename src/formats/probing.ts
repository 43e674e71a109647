import type { ByteSource } from '../core/bytes/byte-source.ts'
import type { Probe } from '../core/format.ts'

/** What formats ask of a file's first bytes. */

/** Whether bytes begin with these: a string is ASCII. */
export function startsWith(bytes: Uint8Array, magic: string | readonly number[], offset = 0): boolean {
  const expected = typeof magic === 'string' ? Array.from(magic, (c) => c.charCodeAt(0)) : magic
  return bytes.length >= offset + expected.length && expected.every((byte, i) => bytes[offset + i] === byte)
}

/** The bytes as text, one character per byte: for searching, not for showing. */
export function latin1(bytes: Uint8Array): string {
  return new TextDecoder('latin1').decode(bytes)
}

/** The text of a probe's content, without a byte order mark; null when it is binary. */
export function textOf(probe: Probe): string | null {
  const { content } = probe
  if (content.length === 0) return null
  if (startsWith(content, [0xff, 0xfe])) return new TextDecoder('utf-16le').decode(content.subarray(2))
  if (startsWith(content, [0xfe, 0xff])) return new TextDecoder('utf-16be').decode(content.subarray(2))
  for (const byte of content) {
    if (byte < 9 || (byte > 13 && byte < 32 && byte !== 27)) return null
  }
  return new TextDecoder('utf-8').decode(content).replace(/^\ufeff/, '')
}

/** Names of zip members below a common folder, by the name inside it: `model/data.pkl` → `data.pkl`. */
export function memberEndingWith(probe: Probe, suffix: string): string | undefined {
  return probe.entries?.find((name) => name === suffix || name.endsWith(`/${suffix}`))
}

/** One field of a protobuf message, not entered. */
export interface ProtobufField {
  readonly number: number
  readonly wireType: number
  /** Of a varint; of a length-delimited field its length. */
  readonly value: number
  /** Where the payload starts. */
  readonly offset: number
}

const MAX_FIELDS = 64
/** A tag and a length take at most twenty bytes. */
const LOOKAHEAD = 20

/**
 * The first top-level fields when the file may be a protobuf message; null when it can not be one. Payloads are
 * skipped, so a large file costs a few small reads.
 */
export async function protobufFields(source: ByteSource): Promise<ProtobufField[] | null> {
  const fields: ProtobufField[] = []
  let position = 0
  while (position < source.size && fields.length < MAX_FIELDS) {
    const bytes = await source.read(position, Math.min(LOOKAHEAD, source.size - position))
    const tag = varint(bytes, 0)
    if (!tag || tag.value < 8) return null
    const [number, wireType] = [Math.floor(tag.value / 8), tag.value % 8]
    if (number > 0x1fff_ffff) return null
    const value = wireType === 0 || wireType === 2 ? varint(bytes, tag.next) : { value: 0, next: tag.next }
    if (!value) return null
    const payload =
      wireType === 2 ? value.value : wireType === 1 ? 8 : wireType === 5 ? 4 : wireType === 0 ? 0 : Number.NaN
    const offset = position + value.next
    if (!(offset + payload <= source.size)) return null
    fields.push({ number, wireType, value: value.value, offset })
    position = offset + payload
  }
  return fields.length > 0 ? fields : null
}

function varint(bytes: Uint8Array, start: number): { value: number; next: number } | null {
  let value = 0
  for (let i = 0; i < 10; i++) {
    const byte = bytes[start + i]
    if (byte === undefined) return null
    value += (byte & 0x7f) * 2 ** (7 * i)
    if (byte < 0x80) return { value, next: start + i + 1 }
  }
  return null
}
