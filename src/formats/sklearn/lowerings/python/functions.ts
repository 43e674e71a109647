import { UnsupportedError } from '../../../../core/errors.ts'
import { type PyExpression, parseExpression } from './parser.ts'

/** A function of a row's values: `def name(a, b):` with if, elif, else and return. */
export interface PyFunction {
  readonly name: string
  readonly parameters: readonly string[]
  /** What it returns, branches as conditionals. */
  readonly body: PyExpression
}

interface Line {
  readonly indent: number
  readonly text: string
}

const NONE: PyExpression = { kind: 'constant', value: null }

/** Parses the source of a function definition. Throws UnsupportedError for statements beyond if and return. */
export function parseFunction(source: string): PyFunction {
  const lines = source
    .split(/\r?\n/)
    .map((text): Line => ({ indent: text.search(/\S/), text: text.replace(/\s#.*$/, '').trim() }))
    .filter((line) => line.text !== '' && !line.text.startsWith('#'))
  const header = /^def\s+(\w+)\s*\(([^)]*)\)\s*(?:->[^:]+)?:$/.exec(lines[0]?.text ?? '')
  if (!header) throw new UnsupportedError(`The function ${lines[0]?.text ?? ''} can not be converted`)
  const parameters = (header[2] ?? '').split(',').map((parameter) => parameter.split(/[:=]/)[0]?.trim() ?? '')
  return { name: header[1] as string, parameters: parameters.filter((p) => p !== ''), body: block(lines.slice(1)) }
}

/** What a block returns; where it ends without a return, `after`. */
function block(lines: readonly Line[], after: PyExpression = NONE): PyExpression {
  const [first, ...rest] = lines
  if (!first) return after
  const returned = /^return\b\s*(.*)$/.exec(first.text)
  if (returned) return returned[1] ? parseExpression(returned[1]) : NONE
  const condition = /^(?:if|elif)\s*\(?(.*):$/.exec(first.text)
  if (!condition) {
    if (first.text === 'pass') return block(rest, after)
    throw new UnsupportedError(`The statement "${first.text}" can not be converted`)
  }
  const test = parseExpression(first.text.replace(/^(?:if|elif)\b/, '').replace(/:$/, ''))
  const end = bodyEnd(lines, first.indent)
  const body = lines.slice(1, end)
  const next = lines[end]
  const isElse = next?.indent === first.indent && /^else\s*:$/.test(next.text)
  const isElif = next?.indent === first.indent && /^elif\b/.test(next.text)
  if (isElse) {
    const elseEnd = end + bodyEnd(lines.slice(end), first.indent)
    const following = block(lines.slice(elseEnd), after)
    return {
      kind: 'conditional',
      test,
      whenTrue: block(body, following),
      whenFalse: block(lines.slice(end + 1, elseEnd), following),
    }
  }
  const following = block(lines.slice(end), after)
  if (isElif) return { kind: 'conditional', test, whenTrue: block(body, after), whenFalse: following }
  return { kind: 'conditional', test, whenTrue: block(body, following), whenFalse: following }
}

/** The first line after the body of the statement in line 0. */
function bodyEnd(lines: readonly Line[], indent: number): number {
  const end = lines.findIndex((line, i) => i > 0 && line.indent <= indent)
  return end < 0 ? lines.length : end
}
