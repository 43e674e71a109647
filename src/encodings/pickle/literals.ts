import { LimitExceededError, MalformedFileError } from '../../core/errors.ts'
import { decodeLatin1 } from './cursor.ts'

/** An int as a number where that is exact, else as a bigint. */
export function normaliseInt(value: bigint): number | bigint {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value
}

function checkDigits(length: number, limit: number, offset: number): void {
  if (length > limit) {
    throw new LimitExceededError(`An integer of ${length} digits or bytes: at most ${limit} are read`, {
      context: { offset },
    })
  }
}

/** A two's complement little-endian integer of any length (LONG1, LONG4). */
export function parseBinaryInt(bytes: Uint8Array, maxBytes: number, offset: number): number | bigint {
  checkDigits(bytes.length, maxBytes, offset)
  if (bytes.length === 0) return 0
  let hex = '0x'
  for (let i = bytes.length - 1; i >= 0; i--) hex += (bytes[i] as number).toString(16).padStart(2, '0')
  return normaliseInt(BigInt.asIntN(bytes.length * 8, BigInt(hex)))
}

/** The argument of INT: `00` and `01` are booleans, everything else `int(text, 0)`. */
export function parseTextInt(line: Uint8Array, maxDigits: number, offset: number): boolean | number | bigint {
  const text = decodeLatin1(line)
  if (text === '00') return false
  if (text === '01') return true
  return parseInteger(text, maxDigits, offset)
}

/** The argument of LONG: a decimal integer with an optional `L`. */
export function parseTextLong(line: Uint8Array, maxDigits: number, offset: number): number | bigint {
  return parseInteger(decodeLatin1(line).replace(/L$/, ''), maxDigits, offset)
}

function parseInteger(text: string, maxDigits: number, offset: number): number | bigint {
  checkDigits(text.length, maxDigits, offset)
  if (/^(-[1-9]|\d)\d{0,14}$/.test(text)) return Number(text)
  const match = /^\s*([+-]?)(\d+|0x[0-9a-f]+|0o[0-7]+|0b[01]+)\s*$/i.exec(text)
  if (match === null) throw new MalformedFileError('An integer expected', { offset })
  const magnitude = BigInt(match[2] as string)
  return normaliseInt(match[1] === '-' ? -magnitude : magnitude)
}

/** The argument of FLOAT. */
export function parseTextFloat(line: Uint8Array, offset: number): number {
  const text = decodeLatin1(line).trim().toLowerCase()
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/.test(text)) return Number(text)
  const special = /^([+-]?)(inf(?:inity)?|nan)$/.exec(text)
  if (special === null) throw new MalformedFileError('A floating-point number expected', { offset })
  if (special[2] === 'nan') return Number.NaN
  return special[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
}

const SIMPLE_ESCAPES: Record<string, string> = {
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\n': '',
}

/** The argument of STRING: a quoted Python 2 string literal with escapes, as the characters of its bytes. */
export function parseQuotedString(line: Uint8Array, offset: number): string {
  const text = decodeLatin1(line).trim()
  const quote = text[0]
  if (text.length < 2 || (quote !== '"' && quote !== "'") || !text.endsWith(quote)) {
    throw new MalformedFileError('A quoted string expected', { offset })
  }
  return text
    .slice(1, -1)
    .replace(/\\(?:x([0-9a-fA-F]{2})|([0-7]{1,3})|([\s\S]))/g, (whole, hex?: string, octal?: string, other = '') => {
      if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16))
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8) & 0xff)
      return SIMPLE_ESCAPES[other] ?? whole
    })
}

/** The argument of UNICODE: Python's `raw-unicode-escape`, where only `\u` and `\U` are escapes. */
export function parseRawUnicode(line: Uint8Array, offset: number): string {
  return decodeLatin1(line).replace(/\\u([0-9a-fA-F]{4})|\\U([0-9a-fA-F]{8})/g, (_, short?: string, long?: string) => {
    const code = Number.parseInt(short ?? long ?? '', 16)
    if (code > 0x10ffff) throw new MalformedFileError('A character beyond Unicode', { offset })
    return String.fromCodePoint(code)
  })
}
