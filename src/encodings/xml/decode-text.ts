import { LimitExceededError, UnsupportedError } from '../../core/errors.ts'

/**
 * The text of an XML file: by byte order mark, else by the declaration's encoding, else UTF-8 (XML 1.0, appendix F).
 * Throws UnsupportedError for an encoding that the platform has not, LimitExceededError when it can not be one string.
 */
export function decodeXmlText(bytes: Uint8Array, maxLength: number): string {
  if (bytes.length > maxLength * 2) {
    throw new LimitExceededError(`The XML file has ${bytes.length} bytes`, { context: { limit: maxLength } })
  }
  const label = encodingOf(bytes)
  let decoder: TextDecoder
  try {
    decoder = new TextDecoder(label)
  } catch (error) {
    throw new UnsupportedError(`The XML file says that its encoding is ${JSON.stringify(label)}`, {
      hint: 'Save it as UTF-8.',
      cause: error,
    })
  }
  try {
    return decoder.decode(bytes)
  } catch (error) {
    throw new LimitExceededError(`The XML file of ${bytes.length} bytes does not fit in one string`, { cause: error })
  }
}

function encodingOf(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be'
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8'
  const start = String.fromCharCode(...bytes.subarray(0, 200))
  return /^<\?xml\s[^>]*?encoding\s*=\s*["']([\w.:-]+)["']/.exec(start)?.[1] ?? 'utf-8'
}
