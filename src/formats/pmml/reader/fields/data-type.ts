import type { Category, Feature } from '../../../../core/ir/model.ts'
import { parseNumber } from '../elements.ts'

/** How PMML types a field, as far as the hub tells types apart. */
export type DataType = Feature['dataType']

const DAY = 86_400_000

/** PMML's dataType: those that count days or seconds are numbers already. */
export function dataTypeOf(text: string | undefined, fallback: DataType = 'double'): DataType {
  if (text === undefined) return fallback
  if (text === 'string' || text === 'boolean' || text === 'integer' || text === 'float' || text === 'date') return text
  if (text === 'dateTime') return text
  if (text === 'double' || text === 'time' || /Since\[?/.test(text)) return 'double'
  return fallback
}

export const isText = (dataType: DataType): boolean => dataType === 'string'

/** A value as the hub has it: booleans 0/1, dates in days, dateTimes in seconds, floats rounded. Throws for no number. */
export function parseValue(text: string, dataType: DataType): Category {
  switch (dataType) {
    case 'string':
      return text
    case 'boolean':
      return booleanValue(text)
    case 'date':
      return Math.floor(parseDate(text) / DAY)
    case 'dateTime':
      return parseDate(text) / 1000
    case 'float':
      return Math.fround(parseNumber(text, 'a value'))
    default:
      return parseNumber(/^(true|false)$/i.test(text) ? String(booleanValue(text)) : text, 'a value')
  }
}

function booleanValue(text: string): number {
  if (/^true$/i.test(text)) return 1
  return /^false$/i.test(text) ? 0 : parseNumber(text, 'a boolean')
}

function parseDate(text: string): number {
  const value = Date.parse(text.includes('T') && !/[zZ]|[+-]\d\d:?\d\d$/.test(text) ? `${text}Z` : text)
  return Number.isNaN(value) ? parseNumber(text, 'a date') : value
}
