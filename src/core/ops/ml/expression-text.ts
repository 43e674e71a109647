import type { Category } from '../../ir/model.ts'
import type { Expression, ExpressionFunction, Interval } from './expression.ts'

/** How tightly a part of a formula holds together: below what stands around it, it goes in parentheses. */
const BINDS = { or: 1, and: 2, comparison: 3, sum: 4, product: 5, power: 6, whole: 7 } as const

interface Piece {
  readonly text: string
  readonly binds: number
}

const INFIX: Partial<Record<ExpressionFunction, { readonly sign: string; readonly binds: number }>> = {
  or: { sign: 'or', binds: BINDS.or },
  and: { sign: 'and', binds: BINDS.and },
  equal: { sign: '=', binds: BINDS.comparison },
  notEqual: { sign: '≠', binds: BINDS.comparison },
  lessThan: { sign: '<', binds: BINDS.comparison },
  lessOrEqual: { sign: '≤', binds: BINDS.comparison },
  greaterThan: { sign: '>', binds: BINDS.comparison },
  greaterOrEqual: { sign: '≥', binds: BINDS.comparison },
  '+': { sign: '+', binds: BINDS.sum },
  sum: { sign: '+', binds: BINDS.sum },
  '-': { sign: '−', binds: BINDS.sum },
  '*': { sign: '·', binds: BINDS.product },
  product: { sign: '·', binds: BINDS.product },
  '/': { sign: '/', binds: BINDS.product },
  pow: { sign: '^', binds: BINDS.power },
}

/** Functions for which `a f b f c` needs no parentheses wherever it was bracketed. */
const ASSOCIATIVE: ReadonlySet<ExpressionFunction> = new Set(['or', 'and', '+', 'sum', '*', 'product'])

const NEGATED: Partial<Record<ExpressionFunction, ExpressionFunction>> = {
  equal: 'notEqual',
  notEqual: 'equal',
  lessThan: 'greaterOrEqual',
  lessOrEqual: 'greaterThan',
  greaterThan: 'lessOrEqual',
  greaterOrEqual: 'lessThan',
  isIn: 'isNotIn',
  isNotIn: 'isIn',
  isMissing: 'isNotMissing',
  isNotMissing: 'isMissing',
}

/**
 * An expression as a person would write it: `colour = red and size ∈ {S, M}`, `ln(income + 1)`.
 * `columns` are the names of the columns that it reads. What becomes of missing values is left out.
 */
export function expressionText(expression: Expression, columns: readonly string[]): string {
  return piece(expression, columns).text
}

/** The text of the opposite of a condition, for values that are known: `size ≠ S`, `not (a > 1 or b > 1)`. */
export function negationText(expression: Expression, columns: readonly string[]): string {
  const condition = stripped(expression)
  const opposite = condition.kind === 'apply' ? NEGATED[condition.function] : undefined
  if (condition.kind === 'apply' && opposite) return expressionText({ ...condition, function: opposite }, columns)
  return negated(piece(condition, columns)).text
}

const whole = (text: string): Piece => ({ text, binds: BINDS.whole })
const negated = ({ text }: Piece): Piece => whole(`not (${text})`)

/** In parentheses, where it holds together less tightly than its surroundings ask for. */
const within = ({ text, binds }: Piece, least: number): string => (binds < least ? `(${text})` : text)

/** A condition without the guard that makes its result missing for a missing value: `if(isNotMissing(x), p, missing)`. */
function stripped(expression: Expression): Expression {
  if (expression.kind !== 'apply' || expression.function !== 'if') return expression
  const [test, then, otherwise] = expression.args
  const isGuard = test?.kind === 'apply' && test.function === 'isNotMissing'
  const isMissing = otherwise === undefined || (otherwise.kind === 'constant' && otherwise.value === null)
  return isGuard && then && isMissing ? stripped(then) : expression
}

function piece(expression: Expression, columns: readonly string[]): Piece {
  const plain = stripped(expression)
  switch (plain.kind) {
    case 'column':
      return whole(columns[plain.index] ?? `[${plain.index}]`)
    case 'constant':
      return whole(constantText(plain.value))
    case 'apply':
      return application(
        plain.function,
        plain.args.map((arg) => piece(arg, columns)),
      )
    case 'lookup': {
      const pairs = plain.keys.map((key, i) => `${constantText(key)}: ${constantText(plain.values[i] ?? null)}`)
      return whole(`lookup(${expressionText(plain.arg, columns)}, {${pairs.join(', ')}})`)
    }
    case 'discretize':
      return whole(`bin(${expressionText(plain.arg, columns)}, {${plain.bins.map(binText).join(', ')}})`)
    case 'interpolate':
      return whole(`interpolate(${expressionText(plain.arg, columns)})`)
  }
}

function application(name: ExpressionFunction, args: readonly Piece[]): Piece {
  const [first = whole(''), ...others] = args
  const infix = INFIX[name]
  if (infix && others.length > 0) {
    const after = ASSOCIATIVE.has(name) ? infix.binds : infix.binds + 1
    const before = infix.binds === BINDS.comparison || name === 'pow' ? after : infix.binds
    const parts = [within(first, before), ...others.map((arg) => within(arg, after))]
    return { text: parts.join(` ${infix.sign} `), binds: infix.binds }
  }
  const about = within(first, BINDS.comparison + 1)
  switch (name) {
    case 'isIn':
    case 'isNotIn': {
      const sign = name === 'isIn' ? '∈' : '∉'
      return { text: `${about} ${sign} {${others.map(({ text }) => text).join(', ')}}`, binds: BINDS.comparison }
    }
    case 'isMissing':
    case 'isNotMissing':
      return { text: `${about} ${name === 'isMissing' ? '=' : '≠'} missing`, binds: BINDS.comparison }
    case 'not':
      return negated(first)
    default:
      return whole(`${name}(${args.map(({ text }) => text).join(', ')})`)
  }
}

/** Five digits of a fraction say enough to a reader. */
function constantText(value: Category | null): string {
  if (value === null) return 'missing'
  return typeof value === 'number' && !Number.isInteger(value) ? String(Number(value.toPrecision(5))) : String(value)
}

const binText = ({ low, high, closedLow, closedHigh, value }: Interval): string =>
  `${closedLow ? '[' : '('}${low}, ${high}${closedHigh ? ']' : ')'}: ${constantText(value)}`
