import { wordClassAt } from '../../../../../core/ops/ml/regular-expression.ts'

/** What Python's str.isspace says. */
const SPACE =
  '\\t-\\r\\x{1c}-\\x{20}\\x{85}\\x{a0}\\x{1680}\\x{2000}-\\x{200a}\\x{2028}\\x{2029}\\x{202f}\\x{205f}\\x{3000}'

/** Escapes of Python's re in RE2's words, outside and inside a class: RE2's own \w, \d and \s know ASCII only. */
const ESCAPES: Readonly<Record<string, { outside: string; inside?: string }>> = {
  w: { outside: '[\\p{L}\\p{N}_]', inside: '\\p{L}\\p{N}_' },
  W: { outside: '[^\\p{L}\\p{N}_]' },
  d: { outside: '\\p{Nd}', inside: '\\p{Nd}' },
  D: { outside: '\\P{Nd}', inside: '\\P{Nd}' },
  s: { outside: `[${SPACE}]`, inside: SPACE },
  S: { outside: `[^${SPACE}]` },
}

/** Lazy quantifiers: ONNX Runtime has RE2 look for the longest match. */
export const LAZY = /(?:[*+?]|\})\?/

/** The pattern's alternatives, those of groups left together. */
export function alternatives(pattern: string): string[] {
  const parts = ['']
  let depth = 0
  for (const [part] of pattern.matchAll(/\\.|\[\^?\]?(?:\\.|[^\]])*\]|[\s\S]/gu)) {
    if (part === '(') depth++
    if (part === ')') depth--
    if (part === '|' && depth === 0) parts.push('')
    else parts[parts.length - 1] += part
  }
  return parts
}

const CONTROL = new Set([...'tnrfv'])

/** Look-around, named groups and their kin: RE2 has none, or spells them differently. */
const UNKNOWN_GROUP = /^\(\?(?!:)/

/**
 * A pattern of Python's re in the syntax of RE2, with the same matches; undefined when it uses what RE2 does not have
 * (look-around, back references, Unicode word boundaries).
 */
export function re2Pattern(pattern: string): string | undefined {
  const source = pattern.replace(/^\(\?u\)/, '')
  let out = ''
  let inside = false
  for (let i = 0; i < source.length; i++) {
    const c = source[i] as string
    if (c === '\\') {
      const translated = escapeOf(source[++i] ?? '', inside)
      if (translated === undefined) return undefined
      out += translated
    } else if (inside) {
      if (c === ']') inside = false
      out += c === '[' ? '\\[' : c
    } else if (c === '[') {
      const word = wordClassAt(source, i)
      if (word) {
        out += word.replacement
        i += word.length - 1
        continue
      }
      inside = true
      const head = /^\[\^?\]?/.exec(source.slice(i))?.[0] as string
      out += head.replace(']', '\\]')
      i += head.length - 1
    } else if (UNKNOWN_GROUP.test(source.slice(i)) || c === '^' || c === '$') return undefined
    else out += c
  }
  return out
}

function escapeOf(c: string, inside: boolean): string | undefined {
  const known = ESCAPES[c]
  if (known) return inside ? known.inside : known.outside
  if (CONTROL.has(c) || /[^\p{L}\p{N}]/u.test(c)) return `\\${c}`
  return undefined
}
