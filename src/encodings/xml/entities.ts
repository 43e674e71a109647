import { MalformedFileError } from '../../core/errors.ts'

const PREDEFINED: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }

/** Replaces character references and the five predefined entities (XML 1.0, 4.1 and 4.6); there are no others. */
export function decodeEntities(text: string): string {
  if (!text.includes('&')) return text
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-fA-F]{1,6})|([^;&\s]{1,40}));|&/g, (reference, decimal, hex, name) => {
    const character = name === undefined ? characterOf(decimal, hex) : PREDEFINED[name]
    if (character !== undefined) return character
    throw new MalformedFileError(`XML: ${JSON.stringify(reference)} is no entity`, {
      hint: 'Write & as &amp; and special characters directly in UTF-8.',
    })
  })
}

function characterOf(decimal: string | undefined, hex: string | undefined): string | undefined {
  const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal)
  return code >= 1 && code <= 0x10ffff ? String.fromCodePoint(code) : undefined
}
