import { UnsupportedError } from '../../../../core/errors.ts'
import {
  apply,
  column,
  type Expression,
  type ExpressionFunction,
  number,
  text,
} from '../../../../core/ops/ml/expression.ts'
import { expressionType } from '../../../../core/ops/ml/expression-type.ts'
import { NUMPY_FUNCTIONS } from '../element-wise.ts'
import type { PyFunction } from './functions.ts'
import type { PyExpression } from './parser.ts'

/** The row that an expression is about: `X[0]`, `X[-1]`, `X["name"]`. */
export interface RowScope {
  /** The position of a column by its name or number; undefined when there is none. */
  readonly positionOf: (key: string | number) => number | undefined
  readonly isText: (column: number) => boolean
  readonly functions: readonly PyFunction[]
  /** Arguments of the function that is being translated. */
  readonly locals?: ReadonlyMap<string, Expression>
}

const COMPARISONS: Readonly<Record<string, ExpressionFunction>> = {
  '<': 'lessThan',
  '<=': 'lessOrEqual',
  '>': 'greaterThan',
  '>=': 'greaterOrEqual',
  '==': 'equal',
  '!=': 'notEqual',
  '<>': 'notEqual',
}

const ARITHMETIC: Readonly<Record<string, ExpressionFunction>> = {
  '+': '+',
  '-': '-',
  '*': '*',
  '/': '/',
  '%': 'modulo',
  '**': 'pow',
  '&': 'and',
  '|': 'or',
}

const MISSING: Expression = { kind: 'constant', value: null, type: 'number' }

/** Functions of several arguments, or of modules besides numpy's element-wise ones. */
const FUNCTIONS: Readonly<Record<string, (...args: Expression[]) => Expression>> = {
  abs: (x) => apply('abs', x as Expression),
  round: (x) => apply('rint', x as Expression),
  len: (x) => apply('stringLength', x as Expression),
  str: (x) => apply('concat', x as Expression),
  float: (x) => x as Expression,
  bool: (x) => apply('notEqual', x as Expression, number(0)),
  int: (x) =>
    apply(
      'if',
      apply('lessThan', x as Expression, number(0)),
      apply('ceil', x as Expression),
      apply('floor', x as Expression),
    ),
  min: (...args) => apply('min', ...args),
  max: (...args) => apply('max', ...args),
  pow: (...args) => apply('pow', ...args),
  'math.log': (x, base) => {
    const log = apply('ln', x as Expression)
    return base === undefined ? log : apply('/', log, apply('ln', base))
  },
  'numpy.clip': (x, low, high) => apply('min', apply('max', x as Expression, low as Expression), high as Expression),
  'math.pow': (...args) => apply('pow', ...args),
  'math.hypot': (...args) => apply('hypot', ...args),
  'math.erf': (...args) => apply('erf', ...args),
  'math.isnan': (...args) => apply('isMissing', ...args),
  'math.fmod': (x, y) =>
    apply(
      '-',
      x as Expression,
      apply(
        '*',
        y as Expression,
        (FUNCTIONS['int'] as (x: Expression) => Expression)(apply('/', x as Expression, y as Expression)),
      ),
    ),
  'pandas.isnull': (...args) => apply('isMissing', ...args),
  'pandas.isna': (...args) => apply('isMissing', ...args),
  'pandas.notnull': (...args) => apply('isNotMissing', ...args),
  'pandas.notna': (...args) => apply('isNotMissing', ...args),
  'numpy.power': (...args) => apply('pow', ...args),
  'numpy.hypot': (...args) => apply('hypot', ...args),
  'numpy.add': (...args) => apply('+', ...args),
  'numpy.subtract': (...args) => apply('-', ...args),
  'numpy.multiply': (...args) => apply('*', ...args),
  'numpy.divide': (...args) => apply('/', ...args),
  'numpy.mod': (...args) => apply('modulo', ...args),
  'numpy.maximum': (...args) => apply('max', ...args),
  'numpy.minimum': (...args) => apply('min', ...args),
  'numpy.where': (...args) => apply('if', ...args),
  'numpy.logical_and': (...args) => apply('and', ...args),
  'numpy.logical_or': (...args) => apply('or', ...args),
  'scipy.special.expit': (x) =>
    apply('/', number(1), apply('+', number(1), apply('exp', apply('-', number(0), x as Expression)))),
  'scipy.stats.norm.cdf': (...args) => apply('stdNormalCDF', ...args),
  'scipy.stats.norm.pdf': (...args) => apply('stdNormalPDF', ...args),
  'scipy.stats.norm.ppf': (...args) => apply('stdNormalIDF', ...args),
}

/** Methods of strings. */
const METHODS: Readonly<Record<string, (object: Expression, ...args: Expression[]) => Expression>> = {
  lower: (s) => apply('lowercase', s),
  upper: (s) => apply('uppercase', s),
  strip: (s) => apply('trimBlanks', s),
  replace: (s, from, to) =>
    apply(
      'replace',
      s,
      pattern(from, (p) => p),
      to as Expression,
    ),
  startswith: (s, prefix) =>
    apply(
      'matches',
      s,
      pattern(prefix, (p) => `^${p}`),
    ),
  endswith: (s, suffix) =>
    apply(
      'matches',
      s,
      pattern(suffix, (p) => `${p}$`),
    ),
}

function pattern(literal: Expression | undefined, around: (escaped: string) => string): Expression {
  if (literal?.kind !== 'constant' || typeof literal.value !== 'string') {
    throw new UnsupportedError('replace, startswith and endswith can be converted with a literal only')
  }
  return text(around(literal.value.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')))
}

/** `math.log` of a dotted name; undefined for other expressions. */
function dottedName(expression: PyExpression): string | undefined {
  if (expression.kind === 'name') return expression.name
  if (expression.kind !== 'attribute') return undefined
  const object = dottedName(expression.object)
  return object === undefined
    ? undefined
    : `${object.replace(/^np$/, 'numpy').replace(/^pd$/, 'pandas')}.${expression.name}`
}

const CONSTANTS: Readonly<Record<string, number>> = {
  'math.pi': Math.PI,
  'numpy.pi': Math.PI,
  'math.e': Math.E,
  'numpy.e': Math.E,
}

const unsupported = (what: string): never => {
  throw new UnsupportedError(`${what} in an expression can not be converted`)
}

/** A Python expression about a row as an expression over the table's columns. Throws UnsupportedError. */
export function translate(expression: PyExpression, scope: RowScope): Expression {
  const go = (each: PyExpression): Expression => translate(each, scope)
  switch (expression.kind) {
    case 'constant': {
      const { value } = expression
      if (value === null) return MISSING
      if (typeof value === 'boolean') return { kind: 'constant', value: Number(value), type: 'boolean' }
      return typeof value === 'string' ? text(value) : number(value)
    }
    case 'name':
      return scope.locals?.get(expression.name) ?? soleColumn(expression.name, scope)
    case 'attribute': {
      const name = dottedName(expression) ?? ''
      if (/^(numpy|math)\.(nan|NaN|NAN)$/.test(name) || name === 'pandas.NA') return MISSING
      const constant = CONSTANTS[name]
      return constant === undefined ? unsupported(name || `.${expression.name}`) : number(constant)
    }
    case 'subscript':
      return subscript(expression, scope)
    case 'call':
      return call(expression, scope)
    case 'unary': {
      const operand = go(expression.operand)
      if (expression.operator === 'not' || expression.operator === '~') return apply('not', operand)
      if (expression.operator === '+') return operand
      if (expression.operator !== '-') return unsupported(expression.operator)
      const isNumber = operand.kind === 'constant' && typeof operand.value === 'number'
      return isNumber ? number(-(operand.value as number)) : apply('-', number(0), operand)
    }
    case 'binary':
      return binary(expression.operator, expression.left, expression.right, scope)
    case 'conditional':
      return apply('if', go(expression.test), go(expression.whenTrue), go(expression.whenFalse))
    default:
      return unsupported('A list')
  }
}

/** `X` itself, of a table with one column. */
function soleColumn(name: string, scope: RowScope): Expression {
  if (name === 'X' && scope.positionOf(1) === undefined) return column(0)
  return unsupported(name)
}

function binary(operator: string, left: PyExpression, right: PyExpression, scope: RowScope): Expression {
  if (operator === 'in' || operator === 'not in') {
    if (right.kind !== 'list') return contains(operator, translate(left, scope), translate(right, scope))
    const items = right.items.map((item) => translate(item, scope))
    return apply(operator === 'in' ? 'isIn' : 'isNotIn', translate(left, scope), ...items)
  }
  const isNone = right.kind === 'constant' && right.value === null
  if (operator === 'is' || operator === 'is not') {
    if (isNone) return apply(operator === 'is' ? 'isMissing' : 'isNotMissing', translate(left, scope))
    return apply(operator === 'is' ? 'equal' : 'notEqual', translate(left, scope), translate(right, scope))
  }
  const [a, b] = [translate(left, scope), translate(right, scope)]
  if (operator === 'and' || operator === 'or') return apply(operator, a, b)
  const comparison = COMPARISONS[operator]
  if (comparison) return apply(comparison, a, b)
  if (operator === '//') return apply('floor', apply('/', a, b))
  if (operator === '+' && [a, b].some((each) => expressionType(each, scope.isText) === 'string'))
    return apply('concat', a, b)
  const fn = ARITHMETIC[operator]
  return fn ? apply(fn, a, b) : unsupported(operator)
}

/** Whether a text holds another one, which is a literal. */
function contains(operator: string, part: Expression, whole: Expression): Expression {
  if (part.kind !== 'constant' || typeof part.value !== 'string') return unsupported('in')
  const found = apply(
    'matches',
    whole,
    pattern(part, (p) => p),
  )
  return operator === 'in' ? found : apply('not', found)
}

function subscript({ object, index }: Extract<PyExpression, { kind: 'subscript' }>, scope: RowScope): Expression {
  const key =
    index.kind === 'unary' && index.operator === '-' && index.operand.kind === 'constant'
      ? -Number(index.operand.value)
      : index.kind === 'constant'
        ? index.value
        : undefined
  if (object.kind === 'name' && object.name === 'X' && (typeof key === 'string' || typeof key === 'number')) {
    const position = scope.positionOf(key)
    return position === undefined ? unsupported(`The column X[${JSON.stringify(key)}]`) : column(position)
  }
  const string = translate(object, scope)
  if (index.kind === 'slice') return slice(string, index)
  if (typeof key === 'number' && key >= 0) return apply('substring', string, number(key + 1), number(1))
  return unsupported('A subscript')
}

/** PMML counts characters from 1. */
function slice(string: Expression, { start, stop }: Extract<PyExpression, { kind: 'slice' }>): Expression {
  const bound = (each: PyExpression | undefined, absent: number): number => {
    if (each === undefined) return absent
    const value = each.kind === 'constant' ? Number(each.value) : Number.NaN
    return value >= 0 ? value : unsupported('A slice that counts from the end')
  }
  const from = bound(start, 0)
  const length = stop === undefined ? MAX_LENGTH : bound(stop, 0) - from
  return apply('substring', string, number(from + 1), number(length))
}

/** No text of a table is longer. */
const MAX_LENGTH = 2 ** 31 - 1

function call({ function: callee, args }: Extract<PyExpression, { kind: 'call' }>, scope: RowScope): Expression {
  const name = dottedName(callee)
  const values = () => args.map((arg) => translate(arg, scope))
  const own = scope.functions.find((each) => each.name === name)
  if (own) {
    const given = values()
    const locals = new Map(own.parameters.map((parameter, i) => [parameter, given[i] ?? MISSING]))
    return translate(own.body, { ...scope, locals, functions: scope.functions.filter((each) => each !== own) })
  }
  const known = name === undefined || !Object.hasOwn(FUNCTIONS, name) ? undefined : FUNCTIONS[name]
  if (known) return known(...(known.length === 1 ? sole(name as string, values()) : values()))
  const elementWise = name === undefined ? undefined : elementWiseFunction(name)
  if (elementWise) return elementWise(...sole(name as string, values()))
  if (name === 're.search' || name === 're.match') return regularExpression(values(), name === 're.match')
  if (name === 're.sub') {
    const [regex, replacement, string] = values()
    return apply('replace', string as Expression, regex as Expression, replacement as Expression)
  }
  const method = callee.kind === 'attribute' && Object.hasOwn(METHODS, callee.name) ? METHODS[callee.name] : undefined
  if (method && callee.kind === 'attribute') return method(translate(callee.object, scope), ...values())
  return unsupported(`${name ?? 'A call'}()`)
}

/** The only argument: a second one, such as the digits of `round`, would change the result. */
function sole(name: string, [first, ...more]: readonly Expression[]): [Expression] {
  return first === undefined || more.length > 0 ? unsupported(`${name}() with ${more.length + 1} arguments`) : [first]
}

/** `re.match` looks at the beginning of a text only. */
function regularExpression([regex, string]: Expression[], isAnchored: boolean): Expression {
  const isLiteral = regex?.kind === 'constant' && typeof regex.value === 'string'
  if (isAnchored && !isLiteral) return unsupported('re.match with a pattern that is computed')
  const matched = isAnchored && isLiteral ? text(`^(?:${regex.value})`) : (regex as Expression)
  return apply('matches', string as Expression, matched)
}

/** numpy's functions of one argument, and math's of the same names. */
function elementWiseFunction(name: string): ((x: Expression) => Expression) | undefined {
  const [module, fn, ...more] = name.split('.')
  if ((module !== 'numpy' && module !== 'math') || fn === undefined || more.length > 0) return undefined
  const renamed = { asin: 'arcsin', acos: 'arccos', atan: 'arctan', fabs: 'abs' }[fn] ?? fn
  return Object.hasOwn(NUMPY_FUNCTIONS, renamed) ? NUMPY_FUNCTIONS[renamed] : undefined
}
