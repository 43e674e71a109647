import { UnsupportedError } from '../../core/errors.ts'

/** An element to be written: attributes that are undefined are left out, children are read once. */
export interface XmlContent {
  readonly name: string
  readonly attributes: Readonly<Record<string, string | number | boolean | undefined>>
  /** Elements, or texts only. */
  readonly children: readonly (XmlContent | string)[]
}

/** Deeper elements stand below each other: the indentation of deep trees would be most of the file. */
const MAX_INDENT = 10

/** Characters gathered before they become a part. */
const PART_LENGTH = 1 << 20

/**
 * Writes a document as UTF-8 XML 1.0, indented with tabs except around text, in parts of about a megabyte.
 *
 * Throws UnsupportedError for a character that XML can not hold.
 */
export function writeXml(document: XmlContent): Uint8Array[] {
  const encoder = new TextEncoder()
  const parts: Uint8Array[] = []
  let text = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
  const write = (piece: string) => {
    text += piece
    if (text.length < PART_LENGTH) return
    parts.push(encoder.encode(text))
    text = ''
  }
  writeElement(document, '', write)
  parts.push(encoder.encode(text))
  return parts
}

function writeElement({ name, attributes, children }: XmlContent, indent: string, write: (text: string) => void): void {
  let tag = `${indent}<${name}`
  for (const [attribute, value] of Object.entries(attributes)) {
    if (value !== undefined) tag += ` ${attribute}="${escapeXml(String(value))}"`
  }
  if (children.length === 0) {
    write(`${tag}/>\n`)
    return
  }
  if (children.every((child) => typeof child === 'string')) {
    write(`${tag}>${children.map(escapeXml).join('')}</${name}>\n`)
    return
  }
  write(`${tag}>\n`)
  const deeper = indent.length < MAX_INDENT ? `${indent}\t` : indent
  for (const child of children) writeElement(child as XmlContent, deeper, write)
  write(`${indent}</${name}>\n`)
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
}

/** Everything that XML 1.0 can not hold in any form (production 2, Char): most control characters, lone surrogates. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const FORBIDDEN = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF\p{Cs}]/u

/** The first character of a text that XML can not hold, as `U+0000`. */
export function forbiddenCharacter(text: string): string | undefined {
  const [character] = FORBIDDEN.exec(text) ?? []
  const code = character?.codePointAt(0)
  return code === undefined ? undefined : `U+${code.toString(16).toUpperCase().padStart(4, '0')}`
}

/** A text for an attribute in double quotes or between tags: white space would be read back as spaces or as `\n`. */
function escapeXml(text: string): string {
  const forbidden = forbiddenCharacter(text)
  if (forbidden) {
    throw new UnsupportedError(
      `XML can not hold the character ${forbidden}, which is in ${JSON.stringify(text.slice(0, 80))}`,
      { hint: 'Rename the column or category without control characters.' },
    )
  }
  return text.replace(/[&<>"\t\n\r]/g, (character) => ESCAPES[character] as string)
}
