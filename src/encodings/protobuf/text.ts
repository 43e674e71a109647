const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const encoder = new TextEncoder()
const LONE_SURROGATE = /\p{Cs}/u

/** Longest text decoded in JavaScript; beyond it TextDecoder is faster. */
const SHORT = 48
const CACHE_SIZE = 512

/**
 * Decodes UTF-8 so that encoding gives back the same bytes: a byte that is not UTF-8 becomes a lone surrogate
 * U+DC80–U+DCFF (Python's `surrogateescape`, PEP 383). Files repeat their strings (a million `BRANCH_LEQ`): short ones
 * are looked up in a small cache first.
 */
export class TextReader {
  readonly #cache: (string | undefined)[] = new Array(CACHE_SIZE).fill(undefined)

  read(bytes: Uint8Array, start: number, end: number): string {
    const length = end - start
    if (length > SHORT) return decodeLossless(bytes.subarray(start, end))
    let hash = length
    for (let i = start; i < end; i++) {
      const byte = bytes[i] as number
      if (byte >= 0x80) return decodeLossless(bytes.subarray(start, end))
      hash = (Math.imul(hash, 31) + byte) | 0
    }
    const slot = hash & (CACHE_SIZE - 1)
    const cached = this.#cache[slot]
    if (cached !== undefined && cached.length === length && sameAscii(cached, bytes, start)) return cached
    const text = String.fromCharCode(...bytes.subarray(start, end))
    this.#cache[slot] = text
    return text
  }
}

function sameAscii(text: string, bytes: Uint8Array, start: number): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) !== bytes[start + i]) return false
  return true
}

function decodeLossless(bytes: Uint8Array): string {
  try {
    return strict.decode(bytes)
  } catch {
    return decodeEscaping(bytes)
  }
}

/** Decodes the longest valid runs and escapes what is between them. */
function decodeEscaping(bytes: Uint8Array): string {
  let text = ''
  let at = 0
  while (at < bytes.length) {
    const length = sequenceLength(bytes, at)
    if (length === 0) {
      text += String.fromCharCode(0xdc00 + (bytes[at] as number))
      at++
    } else {
      text += strict.decode(bytes.subarray(at, at + length))
      at += length
    }
  }
  return text
}

/** Bytes of the valid UTF-8 sequence at `at`, 0 if there is none (RFC 3629, table in section 4). */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const lead = bytes[at] as number
  if (lead < 0x80) return 1
  const length = lead >= 0xc2 && lead < 0xe0 ? 2 : lead >= 0xe0 && lead < 0xf0 ? 3 : lead >= 0xf0 && lead < 0xf5 ? 4 : 0
  for (let i = 1; i < length; i++) {
    const byte = bytes[at + i] ?? 0
    let low = 0x80
    let high = 0xbf
    if (i === 1) {
      if (lead === 0xe0) low = 0xa0
      else if (lead === 0xed) high = 0x9f
      else if (lead === 0xf0) low = 0x90
      else if (lead === 0xf4) high = 0x8f
    }
    if (byte < low || byte > high) return 0
  }
  return length
}

/** The inverse of TextReader: UTF-8, with U+DC80–U+DCFF on their own as the bytes 0x80–0xFF. */
export function encodeText(text: string): Uint8Array {
  if (!LONE_SURROGATE.test(text)) return encoder.encode(text)
  const bytes: number[] = []
  for (const character of text) {
    const code = character.codePointAt(0) as number
    if (code >= 0xdc80 && code <= 0xdcff) bytes.push(code - 0xdc00)
    else bytes.push(...encoder.encode(character))
  }
  return Uint8Array.from(bytes)
}
