import type { Category } from '../../ir/model.ts'
import type { ExpressionFunction } from './expression.ts'
import { formatDatetime, formatNumber } from './expression-format.ts'
import { erf, normalCdf, normalPdf, normalQuantile } from './normal-distribution.ts'
import { translatePattern } from './regular-expression.ts'
import { isMissing } from './table.ts'

type Scalar = (values: readonly Category[]) => Category

const unary =
  (fn: (x: number) => number): Scalar =>
  ([x]) =>
    fn(Number(x))

const binary =
  (fn: (x: number, y: number) => number): Scalar =>
  ([x, y]) =>
    fn(Number(x), Number(y))

const numbers =
  (fn: (values: number[]) => number): Scalar =>
  (values) =>
    fn(values.map(Number))

const textual =
  (fn: (text: string) => string): Scalar =>
  ([text]) =>
    fn(String(text))

const truth = (value: boolean): number => (value ? 1 : 0)

/** Texts are ordered by code units, numbers as numbers; a number meets a text as text. */
function compare(a: Category | undefined, b: Category | undefined): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  const [x, y] = [String(a), String(b)]
  return x < y ? -1 : x > y ? 1 : 0
}

const comparison =
  (holds: (order: number) => boolean): Scalar =>
  ([a, b]) =>
    truth(holds(a === b ? 0 : compare(a, b)))

const same = (a: Category | undefined, b: Category): boolean =>
  a === b || (isMissing(a as Category) ? isMissing(b) : typeof a !== typeof b && String(a) === String(b))

const isIn: Scalar = ([value, ...set]) => truth(set.some((member) => same(value, member)))

/** Halves go up: −0.5 → 0, 0.5 → 1 (XPath's round; Math.round adds no error of its own). */
const roundHalfUp = (x: number): number => Math.round(x)

/** Halves go to the even neighbour. */
function roundHalfEven(x: number): number {
  const floor = Math.floor(x)
  const gap = x - floor
  if (gap !== 0.5) return gap < 0.5 ? floor : floor + 1
  return floor % 2 === 0 ? floor : floor + 1
}

const DAY = 86_400

const daysBefore = (year: number): number => Date.UTC(2000, 0, 1) / 864e5 + yearsToDays(year)

/** Days from 2000-01-01 to January 1st of a year; safe for years below 100, which Date.UTC would move to 1900. */
function yearsToDays(year: number): number {
  const date = new Date(Date.UTC(2000, 0, 1))
  date.setUTCFullYear(year)
  return (date.getTime() - Date.UTC(2000, 0, 1)) / 864e5
}

/** Three-valued logic: a decisive argument wins over a missing one. */
function logic(values: readonly Category[], decisive: number): number {
  if (values.some((value) => !isMissing(value) && truth(Number(value) !== 0) === decisive)) return decisive
  return values.some(isMissing) ? Number.NaN : 1 - decisive
}

/** Functions of missing values that are not missing themselves. */
export const MISSING_TOLERANT: ReadonlySet<ExpressionFunction> = new Set([
  'isMissing',
  'isNotMissing',
  'isValid',
  'isNotValid',
  'isIn',
  'isNotIn',
  'and',
  'or',
  'if',
])

/** Functions that leave missing arguments out; without any argument left the result is missing. */
export const AGGREGATES: ReadonlySet<ExpressionFunction> = new Set([
  'min',
  'max',
  'sum',
  'avg',
  'median',
  'product',
  'concat',
])

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] as number
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] as number) + upper) / 2
}

/** XPath replacement strings have Java's meaning: `$1` a group, `\` quotes the next character. */
function replaceAll(text: string, pattern: string, replacement: string): string {
  return text.replace(translatePattern(pattern, 'gu'), (...match) => {
    const groups = match.slice(
      0,
      match.findIndex((part) => typeof part === 'number'),
    ) as (string | undefined)[]
    return replacement.replace(/\\(.)|\$(\d)/gsu, (_, quoted, group) => quoted ?? groups[Number(group)] ?? '')
  })
}

/** Every function of an expression but `if`, on arguments that are present (see MISSING_TOLERANT and AGGREGATES). */
export const FUNCTIONS: Readonly<Record<Exclude<ExpressionFunction, 'if'>, Scalar>> = {
  '+': binary((x, y) => x + y),
  '-': binary((x, y) => x - y),
  '*': binary((x, y) => x * y),
  '/': binary((x, y) => x / y),
  min: numbers((values) => Math.min(...values)),
  max: numbers((values) => Math.max(...values)),
  sum: numbers((values) => values.reduce((a, b) => a + b, 0)),
  avg: numbers((values) => values.reduce((a, b) => a + b, 0) / values.length),
  median: numbers(median),
  product: numbers((values) => values.reduce((a, b) => a * b, 1)),
  log10: unary(Math.log10),
  ln: unary(Math.log),
  ln1p: unary(Math.log1p),
  expm1: unary(Math.expm1),
  sqrt: unary(Math.sqrt),
  abs: unary(Math.abs),
  exp: unary(Math.exp),
  pow: binary((x, y) => x ** y),
  threshold: binary((x, y) => truth(x > y)),
  floor: unary(Math.floor),
  ceil: unary(Math.ceil),
  round: unary(roundHalfUp),
  rint: unary(roundHalfEven),
  modulo: binary((x, y) => x - Math.floor(x / y) * y),
  sin: unary(Math.sin),
  asin: unary(Math.asin),
  sinh: unary(Math.sinh),
  cos: unary(Math.cos),
  acos: unary(Math.acos),
  cosh: unary(Math.cosh),
  tan: unary(Math.tan),
  atan: unary(Math.atan),
  tanh: unary(Math.tanh),
  hypot: binary(Math.hypot),
  erf: unary(erf),
  stdNormalCDF: unary(normalCdf),
  stdNormalPDF: unary(normalPdf),
  stdNormalIDF: unary(normalQuantile),
  isMissing: ([value]) => truth(isMissing(value as Category)),
  isNotMissing: ([value]) => truth(!isMissing(value as Category)),
  isValid: ([value]) => truth(!isMissing(value as Category)),
  isNotValid: ([value]) => truth(isMissing(value as Category)),
  equal: comparison((order) => order === 0),
  notEqual: comparison((order) => order !== 0),
  lessThan: comparison((order) => order < 0),
  lessOrEqual: comparison((order) => order <= 0),
  greaterThan: comparison((order) => order > 0),
  greaterOrEqual: comparison((order) => order >= 0),
  isIn,
  isNotIn: (values) => 1 - Number(isIn(values)),
  and: (values) => logic(values, 0),
  or: (values) => logic(values, 1),
  not: unary((x) => truth(x === 0)),
  uppercase: textual((text) => text.toUpperCase()),
  lowercase: textual((text) => text.toLowerCase()),
  trimBlanks: textual((text) => text.replace(/^[\0- ]+|[\0- ]+$/g, '')),
  concat: (values) => values.map(String).join(''),
  substring: ([text, start, length]) => {
    const from = Number(start) - 1
    return String(text).slice(from, length === undefined ? undefined : from + Number(length))
  },
  stringLength: ([text]) => String(text).length,
  replace: ([text, pattern, replacement]) => replaceAll(String(text), String(pattern), String(replacement)),
  matches: ([text, pattern]) => truth(translatePattern(String(pattern), 'u').test(String(text))),
  formatNumber: ([x, pattern]) => formatNumber(Number(x), String(pattern)),
  formatDatetime: ([seconds, pattern]) => formatDatetime(Number(seconds), String(pattern)),
  dateDaysSinceYear: binary((days, year) => days - daysBefore(year)),
  dateSecondsSinceYear: binary((seconds, year) => seconds - daysBefore(year) * DAY),
  dateSecondsSinceMidnight: unary((seconds) => seconds - Math.floor(seconds / DAY) * DAY),
  'x-float': unary(Math.fround),
}
