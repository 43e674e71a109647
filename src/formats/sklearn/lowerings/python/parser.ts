import { UnsupportedError } from '../../../../core/errors.ts'
import { type Token, tokenize } from './tokens.ts'

/** The syntax tree of a Python expression, as far as a row's computation needs it. */
export type PyExpression =
  | { readonly kind: 'constant'; readonly value: number | string | boolean | null }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'attribute'; readonly object: PyExpression; readonly name: string }
  | { readonly kind: 'subscript'; readonly object: PyExpression; readonly index: PyExpression }
  | { readonly kind: 'slice'; readonly start: PyExpression | undefined; readonly stop: PyExpression | undefined }
  | { readonly kind: 'call'; readonly function: PyExpression; readonly args: readonly PyExpression[] }
  | { readonly kind: 'unary'; readonly operator: string; readonly operand: PyExpression }
  | { readonly kind: 'binary'; readonly operator: string; readonly left: PyExpression; readonly right: PyExpression }
  | {
      readonly kind: 'conditional'
      readonly test: PyExpression
      readonly whenTrue: PyExpression
      readonly whenFalse: PyExpression
    }
  | { readonly kind: 'list'; readonly items: readonly PyExpression[] }

/** Parentheses inside parentheses: nobody writes more, and a hostile file must not exhaust the stack. */
const MAX_DEPTH = 200

const CONSTANTS: Readonly<Record<string, boolean | null>> = { True: true, False: false, None: null }

/** Binary operators from weak to strong (Python 3 language reference, 6.17). */
const LEVELS: readonly (readonly string[])[] = [['|'], ['^'], ['&'], ['+', '-'], ['*', '/', '//', '%']]

const COMPARISONS: ReadonlySet<string> = new Set(['<', '<=', '>', '>=', '==', '!=', '<>'])

/** Parses a Python expression. Throws UnsupportedError for what is no expression, or one of a kind that rows do not need. */
export function parseExpression(source: string): PyExpression {
  const parser = new Parser(source)
  const expression = parser.conditional()
  parser.expectEnd()
  return expression
}

class Parser {
  readonly #source: string
  readonly #tokens: readonly Token[]
  #at = 0
  #depth = 0

  constructor(source: string) {
    this.#source = source
    this.#tokens = tokenize(source)
  }

  get #token(): Token {
    return this.#tokens[this.#at] as Token
  }

  #fail(): never {
    throw new UnsupportedError(`The expression ${this.#source.trim()} can not be converted`)
  }

  #is(value: string): boolean {
    const token = this.#token
    return (token.kind === 'operator' || token.kind === 'name') && token.value === value
  }

  #take(value: string): boolean {
    const found = this.#is(value)
    if (found) this.#at++
    return found
  }

  #expect(value: string): void {
    if (!this.#take(value)) this.#fail()
  }

  expectEnd(): void {
    if (this.#token.kind !== 'end') this.#fail()
  }

  /** a if test else b. */
  conditional(): PyExpression {
    if (++this.#depth > MAX_DEPTH) this.#fail()
    const whenTrue = this.#or()
    let result = whenTrue
    if (this.#take('if')) {
      const test = this.#or()
      this.#expect('else')
      result = { kind: 'conditional', test, whenTrue, whenFalse: this.conditional() }
    }
    this.#depth--
    return result
  }

  #or(): PyExpression {
    let left = this.#and()
    while (this.#take('or')) left = { kind: 'binary', operator: 'or', left, right: this.#and() }
    return left
  }

  #and(): PyExpression {
    let left = this.#not()
    while (this.#take('and')) left = { kind: 'binary', operator: 'and', left, right: this.#not() }
    return left
  }

  #not(): PyExpression {
    if (!this.#take('not')) return this.#comparison()
    if (++this.#depth > MAX_DEPTH) this.#fail()
    const operand = this.#not()
    this.#depth--
    return { kind: 'unary', operator: 'not', operand }
  }

  /** a < b < c is a < b and b < c. */
  #comparison(): PyExpression {
    let left = this.#binary(0)
    let result: PyExpression | undefined
    for (let operator = this.#comparator(); operator !== undefined; operator = this.#comparator()) {
      const right = this.#binary(0)
      const one: PyExpression = { kind: 'binary', operator, left, right }
      result = result ? { kind: 'binary', operator: 'and', left: result, right: one } : one
      left = right
    }
    return result ?? left
  }

  #comparator(): string | undefined {
    if (this.#take('in')) return 'in'
    if (this.#take('is')) return this.#take('not') ? 'is not' : 'is'
    if (this.#is('not')) {
      this.#at++
      this.#expect('in')
      return 'not in'
    }
    const token = this.#token
    if (token.kind !== 'operator' || !COMPARISONS.has(token.value)) return undefined
    this.#at++
    return token.value
  }

  #binary(level: number): PyExpression {
    const operators = LEVELS[level]
    if (!operators) return this.#unary()
    let left = this.#binary(level + 1)
    for (;;) {
      const operator = operators.find((each) => this.#is(each))
      if (operator === undefined) return left
      this.#at++
      left = { kind: 'binary', operator, left, right: this.#binary(level + 1) }
    }
  }

  #unary(): PyExpression {
    const operator = ['-', '+', '~'].find((each) => this.#is(each))
    if (operator === undefined) return this.#power()
    if (++this.#depth > MAX_DEPTH) this.#fail()
    this.#at++
    const operand = this.#unary()
    this.#depth--
    return { kind: 'unary', operator, operand }
  }

  #power(): PyExpression {
    const left = this.#postfix()
    return this.#take('**') ? { kind: 'binary', operator: '**', left, right: this.#unary() } : left
  }

  #postfix(): PyExpression {
    let value = this.#atom()
    for (;;) {
      if (this.#take('.')) {
        const token = this.#token
        if (token.kind !== 'name') this.#fail()
        this.#at++
        value = { kind: 'attribute', object: value, name: token.value }
      } else if (this.#take('(')) value = { kind: 'call', function: value, args: this.#items(')') }
      else if (this.#take('[')) {
        value = { kind: 'subscript', object: value, index: this.#index() }
        this.#expect(']')
      } else return value
    }
  }

  /** An index or a slice; `X[:, i]` is column i of all rows. */
  #index(): PyExpression {
    const first = this.#bounds()
    if (!this.#take(',')) return first
    const isAllRows = first.kind === 'slice' && first.start === undefined && first.stop === undefined
    return isAllRows ? this.#bounds() : this.#fail()
  }

  #bounds(): PyExpression {
    const start = this.#is(':') ? undefined : this.conditional()
    if (!this.#take(':')) return start as PyExpression
    const stop = this.#is(']') || this.#is(',') ? undefined : this.conditional()
    return { kind: 'slice', start, stop }
  }

  #items(close: string): PyExpression[] {
    const items: PyExpression[] = []
    while (!this.#take(close)) {
      items.push(this.conditional())
      if (!this.#is(close)) this.#expect(',')
    }
    return items
  }

  #atom(): PyExpression {
    const token = this.#token
    this.#at++
    if (token.kind === 'number') return { kind: 'constant', value: token.value }
    if (token.kind === 'string') return this.#strings(token.value)
    if (token.kind === 'name') {
      const constant = CONSTANTS[token.value]
      return constant === undefined ? { kind: 'name', name: token.value } : { kind: 'constant', value: constant }
    }
    if (token.kind !== 'operator') this.#fail()
    if (token.value === '[') return { kind: 'list', items: this.#items(']') }
    if (token.value === '{') return { kind: 'list', items: this.#items('}') }
    if (token.value !== '(') this.#fail()
    const first = this.conditional()
    if (this.#take(')')) return first
    this.#expect(',')
    return { kind: 'list', items: [first, ...this.#items(')')] }
  }

  /** Neighbouring strings are one. */
  #strings(first: string): PyExpression {
    let value = first
    for (let token = this.#token; token.kind === 'string'; token = this.#token) {
      value += token.value
      this.#at++
    }
    return { kind: 'constant', value }
  }
}
