import type { NumericKind } from './numeric-list.ts'

/**
 * How a field's value is held:
 * - `int`: any integer or enum as a number, beyond 2^53 an error; repeated as number[]
 * - `int32 int64 uint64 float double`: number or bigint; repeated as the typed array of that type
 * - `bool`, `string` (UTF-8, lossless): boolean, string; repeated as arrays
 * - `payload`: bytes that may be large, as a BytePart: small ones in memory, large ones a slice of the file
 */
export type FieldKind = NumericKind | 'int' | 'bool' | 'string' | 'payload' | 'message'

export interface FieldSpec {
  readonly number: number
  readonly kind: FieldKind
  readonly repeated: boolean
  /** Repeated numbers are written packed (both ways are read). A large packed field stays a ByteSource of its wire bytes. */
  readonly packed: boolean
  /** Presence counts: undefined when absent, written even when zero. */
  readonly explicit: boolean
  readonly message: (() => MessageSpec<unknown>) | undefined
}

/** Values by field name, as they stand on the wire. */
export type RawMessage = Record<string, unknown>

/** A message type: a table of fields, and how the wire's view becomes the program's (for unions). */
export interface MessageSpec<T> {
  readonly name: string
  readonly fields: readonly (readonly [name: string, field: FieldSpec])[]
  fromWire(raw: RawMessage): T
  toWire(message: T): RawMessage
}

type Conversion<T> = Pick<MessageSpec<T>, 'fromWire' | 'toWire'>

/** Declares a message type. Without a conversion the raw fields are the message. */
export function defineMessage<T>(
  name: string,
  fields: Readonly<Record<string, FieldSpec>>,
  conversion: Conversion<T> = { fromWire: (raw) => raw as T, toWire: (message) => message as RawMessage },
): MessageSpec<T> {
  const numbers = Object.values(fields).map((field) => field.number)
  const duplicate = numbers.find((number, i) => numbers.indexOf(number) !== i)
  if (duplicate !== undefined) throw new Error(`${name} declares field ${duplicate} twice`)
  return { name, fields: Object.entries(fields), ...conversion }
}

const base = { repeated: false, packed: false, explicit: false, message: undefined }

/** A field whose absence means its type's zero. */
export function optional(number: number, kind: Exclude<FieldKind, 'message'>): FieldSpec {
  return { ...base, number, kind, explicit: kind === 'payload' }
}

/** A field whose absence is undefined and means something else than zero (members of a oneof). */
export function explicit(number: number, kind: Exclude<FieldKind, 'message'>): FieldSpec {
  return { ...base, number, kind, explicit: true }
}

export function repeated(number: number, kind: Exclude<FieldKind, 'message'>): FieldSpec {
  return { ...base, number, kind, repeated: true }
}

/** Repeated numbers, `[packed = true]`. */
export function packed(number: number, kind: NumericKind): FieldSpec {
  return { ...base, number, kind, repeated: true, packed: true }
}

/** A message field; the type is given as a function because types may contain themselves. */
export function message(number: number, type: () => MessageSpec<unknown>): FieldSpec {
  return { ...base, number, kind: 'message', explicit: true, message: type }
}

export function messages(number: number, type: () => MessageSpec<unknown>): FieldSpec {
  return { ...base, number, kind: 'message', repeated: true, message: type }
}
