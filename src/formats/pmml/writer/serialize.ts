import type { Element } from './element.ts'

const PART_LENGTH = 1 << 20

/** The document as UTF-8 XML 1.0, in parts of about a megabyte. */
export function serialize(document: Element): Uint8Array[] {
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

function writeElement(element: Element, indent: string, write: (text: string) => void): void {
  let tag = `${indent}<${element.name}`
  for (const [name, value] of Object.entries(element.attributes)) {
    if (value !== undefined) tag += ` ${name}="${escapeXml(String(value))}"`
  }
  const { children } = element
  if (children.length === 0) {
    write(`${tag}/>\n`)
    return
  }
  const texts = children.filter((child) => typeof child === 'string')
  if (texts.length > 0) {
    write(`${tag}>${texts.map(escapeXml).join('')}</${element.name}>\n`)
    return
  }
  write(`${tag}>\n`)
  for (const child of children) writeElement(child as Element, `${indent}\t`, write)
  write(`${indent}</${element.name}>\n`)
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
  '\r': '&#13;',
  '\t': '&#9;',
}

/** Text for an attribute or an element; characters that XML 1.0 can not hold become U+FFFD. */
export function escapeXml(text: string): string {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: exactly those are what XML forbids
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
      .replace(/[&<>"\n\r\t]/g, (c) => ESCAPES[c] ?? c)
  )
}
