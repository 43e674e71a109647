import { UnsupportedError } from '../../errors.ts'

const NUMBER_PATTERN = /%([-+ 0,(#]*)(\d+)?(?:\.(\d+))?([a-zA-Z%])/g

/** A printf pattern applied to one number (PMML 4.4, formatNumber): conversions d, i, f, e, E, g, s and %%. */
export function formatNumber(value: number, pattern: string): string {
  return pattern.replace(
    NUMBER_PATTERN,
    (match, flags: string, width?: string, precision?: string, conversion?: string) => {
      if (conversion === '%') return '%'
      const digits = precision === undefined ? undefined : Number(precision)
      let body = digitsOf(Math.abs(value), conversion as string, digits, match)
      if (flags.includes(',')) body = body.replace(/^\d+/, (whole) => whole.replace(/\B(?=(\d{3})+$)/g, ','))
      const sign = value < 0 ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : ''
      const room = Number(width ?? 0)
      if (flags.includes('-')) return (sign + body).padEnd(room)
      return flags.includes('0') ? sign + body.padStart(room - sign.length, '0') : (sign + body).padStart(room)
    },
  )
}

function digitsOf(value: number, conversion: string, precision: number | undefined, pattern: string): string {
  switch (conversion) {
    case 'd':
    case 'i':
      return Math.trunc(value).toFixed(0)
    case 'f':
      return value.toFixed(precision ?? 6)
    case 'e':
    case 'E': {
      const text = value.toExponential(precision ?? 6).replace(/e([+-])(\d)$/, 'e$10$2')
      return conversion === 'E' ? text.toUpperCase() : text
    }
    case 'g':
      return value.toPrecision(precision === undefined ? 6 : Math.max(1, precision))
    case 's':
      return String(value)
    default:
      throw new UnsupportedError(`formatNumber: the conversion ${pattern} is not supported`, {
        hint: 'Use %d, %f, %e, %g or %s.',
      })
  }
}

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]

const two = (value: number): string => String(value).padStart(2, '0')
const hour12 = (date: Date): number => date.getUTCHours() % 12 || 12
const dayOfYear = (date: Date): number =>
  Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / 86_400_000) + 1

/** Conversions of POSIX strftime in the C locale. */
const DATE_PARTS: Readonly<Record<string, (date: Date) => string>> = {
  a: (date) => (DAYS[date.getUTCDay()] as string).slice(0, 3),
  A: (date) => DAYS[date.getUTCDay()] as string,
  b: (date) => (MONTHS[date.getUTCMonth()] as string).slice(0, 3),
  B: (date) => MONTHS[date.getUTCMonth()] as string,
  d: (date) => two(date.getUTCDate()),
  D: (date) => formatDate(date, '%m/%d/%y'),
  e: (date) => String(date.getUTCDate()).padStart(2),
  F: (date) => formatDate(date, '%Y-%m-%d'),
  H: (date) => two(date.getUTCHours()),
  I: (date) => two(hour12(date)),
  j: (date) => String(dayOfYear(date)).padStart(3, '0'),
  m: (date) => two(date.getUTCMonth() + 1),
  M: (date) => two(date.getUTCMinutes()),
  p: (date) => (date.getUTCHours() < 12 ? 'AM' : 'PM'),
  R: (date) => formatDate(date, '%H:%M'),
  S: (date) => two(date.getUTCSeconds()),
  T: (date) => formatDate(date, '%H:%M:%S'),
  u: (date) => String(date.getUTCDay() || 7),
  w: (date) => String(date.getUTCDay()),
  y: (date) => two(date.getUTCFullYear() % 100),
  Y: (date) => String(date.getUTCFullYear()).padStart(4, '0'),
  '%': () => '%',
}

function formatDate(date: Date, pattern: string): string {
  return pattern.replace(/%(.)/g, (match, part: string) => {
    const format = DATE_PARTS[part]
    if (!format) throw new UnsupportedError(`formatDatetime: the conversion ${match} is not supported`)
    return format(date)
  })
}

/** A strftime pattern applied to seconds since 1970-01-01 (PMML 4.4, formatDatetime); '' beyond the calendar's range. */
export function formatDatetime(seconds: number, pattern: string): string {
  const date = new Date(seconds * 1000)
  return Number.isNaN(date.getTime()) ? '' : formatDate(date, pattern)
}
