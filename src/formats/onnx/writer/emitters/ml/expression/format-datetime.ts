import type { GraphBuilder, ValueName } from '../../../../../../core/ir/builder.ts'
import { formatDatetime as reference } from '../../../../../../core/ops/ml/expression-format.ts'
import type { EmitContext } from '../../../emitter.ts'
import { row, scalar } from '../constants.ts'
import { lookup } from '../lookup.ts'
import { add, div, mul, sub } from '../math/elementary.ts'
import { padded } from './format-number.ts'
import { asNumber, type ScalarValue, textValue } from './scalar-value.ts'

/** Conversions that stand for several others. */
const SHORT: Readonly<Record<string, string>> = { D: '%m/%d/%y', F: '%Y-%m-%d', R: '%H:%M', T: '%H:%M:%S' }

const DAY = 86_400

/** strftime's conversions in the C locale (PMML's formatDatetime), of seconds since 1970; years from 0 on. */
export function formatDatetime(ctx: EmitContext, [arg, pattern]: readonly ScalarValue[]): ScalarValue {
  const format = typeof pattern?.constant === 'string' ? pattern.constant : undefined
  const long = format?.replace(/%([DFRT])/g, (_, part: string) => SHORT[part] as string)
  const parts = long?.match(/%.|[^%]+/gs) ?? []
  const date = new CalendarDate(ctx, asNumber(ctx, arg as ScalarValue))
  const texts = parts.map((part) => {
    const conversion = part.startsWith('%') ? CONVERSIONS[part.slice(1)] : undefined
    if (conversion) return conversion(ctx, date)
    if (part.startsWith('%') && part !== '%%') return undefined
    return row(ctx.graph, [part === '%%' ? '%' : part], 'string')
  })
  if (texts.length === 0 || texts.includes(undefined)) {
    return ctx.block(
      `the date format ${format ?? 'that is not constant'} has no counterpart in ONNX`,
      'Use the conversions of strftime for days, months, years and times, or convert to PMML.',
    )
  }
  return textValue((texts as ValueName[]).reduce((a, b) => ctx.graph.op('StringConcat', [a, b])))
}

/** The parts of a date in the proleptic Gregorian calendar, in whole numbers of float64. */
class CalendarDate {
  readonly days: ValueName
  readonly hour: ValueName
  readonly minute: ValueName
  readonly second: ValueName
  readonly year: ValueName
  readonly month: ValueName
  readonly day: ValueName

  constructor(ctx: EmitContext, seconds: ValueName) {
    const g = ctx.graph
    this.days = quotient(g, seconds, DAY)
    const time = g.op('Floor', [sub(g, seconds, times(g, this.days, DAY))])
    this.hour = quotient(g, time, 3600)
    this.minute = quotient(g, remainder(g, time, 3600), 60)
    this.second = remainder(g, time, 60)
    // Howard Hinnant, chrono-Compatible Low-Level Date Algorithms: civil_from_days. Years begin in March there.
    const z = plus(g, this.days, 719_468)
    const era = quotient(g, z, 146_097)
    const dayOfEra = remainder(g, z, 146_097)
    const leapFree = sub(
      g,
      add(g, sub(g, dayOfEra, quotient(g, dayOfEra, 1460)), quotient(g, dayOfEra, 36_524)),
      quotient(g, dayOfEra, 146_096),
    )
    const yearOfEra = quotient(g, leapFree, 365)
    const dayOfYear = sub(g, dayOfEra, daysOfYears(g, yearOfEra))
    const fromMarch = quotient(g, plus(g, times(g, dayOfYear, 5), 2), 153)
    this.day = plus(g, sub(g, dayOfYear, quotient(g, plus(g, times(g, fromMarch, 153), 2), 5)), 1)
    const isNextYear = g.op('Cast', [g.op('GreaterOrEqual', [fromMarch, scalar(g, 10)])], { to: 'float64' })
    this.month = sub(g, plus(g, fromMarch, 3), times(g, isNextYear, 12))
    this.year = add(g, add(g, yearOfEra, times(g, era, 400)), isNextYear)
  }

  /** 0 is Sunday. */
  weekday(g: GraphBuilder): ValueName {
    return remainder(g, plus(g, this.days, 4), 7)
  }

  /** 1 is January 1st. */
  dayOfYear(g: GraphBuilder): ValueName {
    const before = plus(g, this.year, -1)
    const january = plus(g, add(g, daysOfYears(g, before), quotient(g, before, 400)), -719_163)
    return sub(g, this.days, january)
  }
}

const times = (g: GraphBuilder, x: ValueName, factor: number) => mul(g, x, scalar(g, factor))
const plus = (g: GraphBuilder, x: ValueName, term: number) => add(g, x, scalar(g, term))
const quotient = (g: GraphBuilder, x: ValueName, by: number) => g.op('Floor', [div(g, x, scalar(g, by))])
const remainder = (g: GraphBuilder, x: ValueName, by: number) => sub(g, x, times(g, quotient(g, x, by), by))

/** Days of so many years, the leap days of every 400 aside. */
const daysOfYears = (g: GraphBuilder, years: ValueName) =>
  sub(g, add(g, times(g, years, 365), quotient(g, years, 4)), quotient(g, years, 100))

type Conversion = (ctx: EmitContext, date: CalendarDate) => ValueName

const digits =
  (part: (date: CalendarDate, g: GraphBuilder) => ValueName, width: number, filler: '0' | ' ' = '0'): Conversion =>
  (ctx, date) =>
    padded(ctx.graph, part(date, ctx.graph), width, filler)

/** A name for each of the numbers from `first` on: what the reference writes for as many dates. */
const named =
  (
    part: (date: CalendarDate, g: GraphBuilder) => ValueName,
    conversion: string,
    first: number,
    seconds: readonly number[],
  ): Conversion =>
  (ctx, date) =>
    lookup(ctx, part(date, ctx.graph), {
      keys: seconds.map((_, i) => first + i),
      values: seconds.map((each) => reference(each, `%${conversion}`)),
      otherwise: '',
      missing: '',
      type: 'string',
    })

/** A Sunday and the days after it. */
const WEEK = Array.from({ length: 7 }, (_, i) => (3 + i) * DAY)
const YEAR = Array.from({ length: 12 }, (_, i) => Date.UTC(1970, i, 1) / 1000)
const HOURS = Array.from({ length: 24 }, (_, i) => i * 3600)

const CONVERSIONS: Readonly<Record<string, Conversion>> = {
  a: named((date, g) => date.weekday(g), 'a', 0, WEEK),
  A: named((date, g) => date.weekday(g), 'A', 0, WEEK),
  b: named((date) => date.month, 'b', 1, YEAR),
  B: named((date) => date.month, 'B', 1, YEAR),
  d: digits((date) => date.day, 2),
  e: digits((date) => date.day, 2, ' '),
  H: digits((date) => date.hour, 2),
  I: named((date) => date.hour, 'I', 0, HOURS),
  j: digits((date, g) => date.dayOfYear(g), 3),
  m: digits((date) => date.month, 2),
  M: digits((date) => date.minute, 2),
  p: named((date) => date.hour, 'p', 0, HOURS),
  S: digits((date) => date.second, 2),
  u: named((date, g) => date.weekday(g), 'u', 0, WEEK),
  w: named((date, g) => date.weekday(g), 'w', 0, WEEK),
  y: digits((date, g) => remainder(g, date.year, 100), 2),
  Y: digits((date) => date.year, 4),
}
