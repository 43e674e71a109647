import type { Expression, ExpressionFunction } from '../../../../core/ops/ml/expression.ts'
import { apply, number } from '../../../../core/ops/ml/expression.ts'

/** Number of arguments: at least, at most. */
type Arity = readonly [number, number]

const MANY = Number.POSITIVE_INFINITY
const ONE: Arity = [1, 1]
const TWO: Arity = [2, 2]
const SOME: Arity = [1, MANY]

/** PMML's built-in functions that are the hub's own (PMML 4.4, Built-in functions). */
export const BUILT_IN: Readonly<Partial<Record<ExpressionFunction, Arity>>> = {
  '+': TWO,
  '-': TWO,
  '*': TWO,
  '/': TWO,
  min: SOME,
  max: SOME,
  sum: SOME,
  avg: SOME,
  median: SOME,
  product: SOME,
  log10: ONE,
  ln: ONE,
  ln1p: ONE,
  expm1: ONE,
  sqrt: ONE,
  abs: ONE,
  exp: ONE,
  pow: TWO,
  threshold: TWO,
  floor: ONE,
  ceil: ONE,
  round: ONE,
  rint: ONE,
  modulo: TWO,
  sin: ONE,
  asin: ONE,
  sinh: ONE,
  cos: ONE,
  acos: ONE,
  cosh: ONE,
  tan: ONE,
  atan: ONE,
  tanh: ONE,
  hypot: TWO,
  erf: ONE,
  stdNormalCDF: ONE,
  stdNormalPDF: ONE,
  stdNormalIDF: ONE,
  isMissing: ONE,
  isNotMissing: ONE,
  isValid: ONE,
  isNotValid: ONE,
  equal: TWO,
  notEqual: TWO,
  lessThan: TWO,
  lessOrEqual: TWO,
  greaterThan: TWO,
  greaterOrEqual: TWO,
  isIn: SOME,
  isNotIn: SOME,
  and: SOME,
  or: SOME,
  not: ONE,
  if: [2, 3],
  uppercase: ONE,
  lowercase: ONE,
  trimBlanks: ONE,
  concat: SOME,
  substring: [3, 3],
  stringLength: ONE,
  replace: [3, 3],
  matches: TWO,
  formatNumber: TWO,
  formatDatetime: TWO,
  dateDaysSinceYear: TWO,
  dateSecondsSinceYear: TWO,
  dateSecondsSinceMidnight: ONE,
}

type Composition = (x: Expression, mean: Expression, deviation: Expression) => Expression

const standardized: Composition = (x, mean, deviation) => apply('/', apply('-', x, mean), deviation)

/** Functions of three arguments that are made of others: value or probability, mean, standard deviation. */
export const NORMAL_DISTRIBUTION: Readonly<Record<string, Composition>> = {
  normalCDF: (x, mean, deviation) => apply('stdNormalCDF', standardized(x, mean, deviation)),
  normalPDF: (x, mean, deviation) => apply('/', apply('stdNormalPDF', standardized(x, mean, deviation)), deviation),
  normalIDF: (p, mean, deviation) => apply('+', apply('*', apply('stdNormalIDF', p), deviation), mean),
}

/** Functions that compare or combine values of one type: an untyped constant takes the type of the others. */
export const OF_ONE_TYPE: ReadonlySet<string> = new Set([
  'equal',
  'notEqual',
  'lessThan',
  'lessOrEqual',
  'greaterThan',
  'greaterOrEqual',
  'isIn',
  'isNotIn',
])

/** Functions whose arguments are texts. */
export const OF_TEXT: ReadonlySet<string> = new Set([
  'uppercase',
  'lowercase',
  'trimBlanks',
  'concat',
  'stringLength',
  'replace',
  'matches',
])

export const isBuiltIn = (name: string): name is ExpressionFunction => name in BUILT_IN

export const zero = number(0)
