import { PortolanError, UnsupportedError } from '../../core/errors.ts'

/** Attribute values; undefined ones are left out. */
export type XmlAttributes = Readonly<Record<string, string | number | boolean | undefined>>

/** Characters gathered before they become a part. */
const PART_LENGTH = 1 << 16

/**
 * Writes XML 1.0 as a list of strings, element by element, indented by two spaces except around text.
 *
 * @example
 * const xml = new XmlWriter()
 * xml.open('PMML', { version: '4.4' })
 * xml.empty('Header', { copyright: 'a & b' })
 * xml.element('Extension', {}, 'text')
 * xml.close()
 * new Blob(xml.finish())
 */
export class XmlWriter {
  readonly #parts: string[] = []
  readonly #open: string[] = []
  #pending = '<?xml version="1.0" encoding="UTF-8"?>\n'
  #inline = false

  /** Begins an element. */
  open(name: string, attributes: XmlAttributes = {}): void {
    this.#indent()
    this.#write(`<${name}${formatAttributes(attributes)}>`)
    this.#open.push(name)
    this.#newline()
  }

  /** Ends the element begun last. */
  close(): void {
    const name = this.#open.pop()
    if (name === undefined) throw new PortolanError('internal', 'There is no open XML element to close')
    if (!this.#inline) this.#indent()
    this.#inline = false
    this.#write(`</${name}>`)
    this.#newline()
  }

  /** An element without content. */
  empty(name: string, attributes: XmlAttributes = {}): void {
    this.#indent()
    this.#write(`<${name}${formatAttributes(attributes)}/>`)
    this.#newline()
  }

  /** An element with text only. */
  element(name: string, attributes: XmlAttributes, text: string): void {
    this.#indent()
    this.#write(`<${name}${formatAttributes(attributes)}>${escapeText(text)}</${name}>`)
    this.#newline()
  }

  /** Text in the open element; what follows in it is not indented, since spaces would be part of the text. */
  text(text: string): void {
    if (!this.#inline && this.#pending.endsWith('>\n')) this.#pending = this.#pending.slice(0, -1)
    this.#inline = true
    this.#write(escapeText(text))
  }

  /** The parts of the document. Throws when an element is still open. */
  finish(): string[] {
    const open = this.#open.at(-1)
    if (open !== undefined) throw new PortolanError('internal', `The XML element ${open} is still open`)
    this.#flush()
    return this.#parts
  }

  #indent(): void {
    if (!this.#inline) this.#write('  '.repeat(this.#open.length))
  }

  #newline(): void {
    if (!this.#inline) this.#pending += '\n'
  }

  #write(text: string): void {
    // Only here, so that `text` can still take back the line break behind a start tag.
    if (this.#pending.length > PART_LENGTH) this.#flush()
    this.#pending += text
  }

  #flush(): void {
    if (this.#pending !== '') this.#parts.push(this.#pending)
    this.#pending = ''
  }
}

function formatAttributes(attributes: XmlAttributes): string {
  let text = ''
  for (const name in attributes) {
    const value = attributes[name]
    if (value !== undefined) text += ` ${name}="${escapeAttribute(String(value))}"`
  }
  return text
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

function checked(text: string): string {
  const forbidden = FORBIDDEN.exec(text)
  if (!forbidden) return text
  const code = (forbidden[0].codePointAt(0) as number).toString(16).toUpperCase().padStart(4, '0')
  throw new UnsupportedError(
    `XML can not hold the character U+${code}, which is in ${JSON.stringify(text.slice(0, 80))}`,
    {
      hint: 'Rename the field or category without control characters.',
    },
  )
}

/** Text between tags; `\r` would be read back as `\n` if it were not escaped. */
export function escapeText(text: string): string {
  return checked(text).replace(/[&<>\r]/g, (character) => ESCAPES[character] as string)
}

/** An attribute's value in double quotes; unescaped white space would be read back as spaces. */
export function escapeAttribute(text: string): string {
  return checked(text).replace(/[&<>"\t\n\r]/g, (character) => ESCAPES[character] as string)
}
