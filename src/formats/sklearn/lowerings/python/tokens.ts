import { UnsupportedError } from '../../../../core/errors.ts'

/** A token of Python source. */
export type Token =
  | { readonly kind: 'number'; readonly value: number; readonly isInteger: boolean }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'name'; readonly value: string }
  | { readonly kind: 'operator'; readonly value: string }
  | { readonly kind: 'end' }

const PATTERN =
  /\s*(?:((?:\d[\d_]*\.?[\d_]*|\.\d+)(?:[eE][+-]?\d+)?)|([rRbBuU]?)("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|([A-Za-z_]\w*)|(\*\*|\/\/|<=|>=|==|!=|<>|[-+*/%<>()[\]{},.:&|^~=]))/y

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '0': '\0',
}

function unquoted(literal: string, isRaw: boolean): string {
  const body = literal.slice(1, -1)
  return isRaw ? body : body.replace(/\\(.)/g, (whole, c: string) => ESCAPES[c] ?? whole)
}

/** Splits an expression into tokens. Throws UnsupportedError at a character that no expression has. */
export function tokenize(source: string): Token[] {
  const tokens: Token[] = []
  const end = source.trimEnd().length
  PATTERN.lastIndex = 0
  while (PATTERN.lastIndex < end) {
    const at = PATTERN.lastIndex
    const match = PATTERN.exec(source)
    if (!match) throw new UnsupportedError(`The expression ${source} can not be read at "${source.slice(at, at + 10)}"`)
    const [, number, prefix, string, name, operator] = match
    if (number !== undefined) {
      tokens.push({ kind: 'number', value: Number(number.replaceAll('_', '')), isInteger: /^[\d_]+$/.test(number) })
    } else if (string !== undefined) tokens.push({ kind: 'string', value: unquoted(string, /r/i.test(prefix ?? '')) })
    else if (name !== undefined) tokens.push({ kind: 'name', value: name })
    else tokens.push({ kind: 'operator', value: operator as string })
  }
  tokens.push({ kind: 'end' })
  return tokens
}
