import type { GraphBuilder, ValueName } from '../../../../../../core/ir/builder.ts'
import type { EmitContext } from '../../../emitter.ts'
import { row, scalar } from '../constants.ts'
import { add, mul, sub, where } from '../math/elementary.ts'
import { asNumber, type ScalarValue, textValue } from './scalar-value.ts'

/** One conversion between texts: of printf's, those that write decimal digits. */
const PATTERN = /^((?:[^%]|%%)*)%([-+ 0]*)(\d+)?(?:\.(\d+))?([dif])((?:[^%]|%%)*)$/s

/** Digits that a float64 can carry behind the point of a number below 1. */
const MAX_DIGITS = 15

interface Format {
  readonly before: string
  readonly flags: string
  readonly width: number
  /** Digits behind the point; %d has none and cuts off. */
  readonly digits: number
  readonly isRounded: boolean
  readonly after: string
}

function parse(pattern: string): Format | undefined {
  const [whole, before = '', flags = '', width, precision, conversion, after = ''] = PATTERN.exec(pattern) ?? []
  const digits = conversion === 'f' ? Number(precision ?? 6) : 0
  if (whole === undefined || digits > MAX_DIGITS) return undefined
  const literal = (text: string) => text.replaceAll('%%', '%')
  return {
    before: literal(before),
    flags,
    width: Number(width ?? 0),
    digits,
    isRounded: conversion === 'f',
    after: literal(after),
  }
}

/** printf's %d, %i and %f (PMML's formatNumber), in the arithmetic of float64; numbers below 2⁶³. */
export function formatNumber(ctx: EmitContext, [arg, pattern]: readonly ScalarValue[]): ScalarValue {
  const format = typeof pattern?.constant === 'string' ? parse(pattern.constant) : undefined
  if (!format) {
    return ctx.block(
      `the number format ${pattern?.constant ?? 'that is not constant'} has no counterpart in ONNX`,
      'Use %d or %f, or convert to PMML.',
    )
  }
  const g = ctx.graph
  const x = asNumber(ctx, arg as ScalarValue)
  const size = g.op('Abs', [x])
  const whole = g.op('Floor', [size])
  const { digits, isFull } = fraction(g, sub(g, size, whole), format)
  const units = isFull ? add(g, whole, g.op('Cast', [isFull], { to: 'float64' })) : whole
  const isNegative = g.op('Less', [x, scalar(g, 0)])
  const positive = format.flags.includes('+') ? '+' : format.flags.includes(' ') ? ' ' : ''
  const sign = g.op('Where', [isNegative, text(g, '-'), text(g, positive)])
  const unsigned = digits === undefined ? integer(g, units) : joined(g, integer(g, units), text(g, '.'), digits)
  const behind = format.digits === 0 ? 0 : format.digits + 1
  const signWidth = positive === '' ? g.op('Cast', [isNegative], { to: 'float64' }) : scalar(g, 1)
  const length = add(g, add(g, signWidth, digitCount(g, units, format.width)), scalar(g, behind))
  const [before, after] = [text(g, format.before), text(g, format.after)]
  if (format.flags.includes('-')) {
    return textValue(joined(g, before, sign, unsigned, padding(g, length, format.width, ' '), after))
  }
  if (format.flags.includes('0')) {
    return textValue(joined(g, before, sign, padding(g, length, format.width, '0'), unsigned, after))
  }
  return textValue(joined(g, before, padding(g, length, format.width, ' '), sign, unsigned, after))
}

const text = (g: GraphBuilder, value: string): ValueName => row(g, [value], 'string')

const joined = (g: GraphBuilder, ...parts: readonly ValueName[]): ValueName =>
  parts.reduce((a, b) => g.op('StringConcat', [a, b]))

/** A whole number without a sign. */
const integer = (g: GraphBuilder, x: ValueName): ValueName =>
  g.op('Cast', [g.op('Cast', [x], { to: 'int64' })], { to: 'string' })

interface Fraction {
  /** The digits behind the point. */
  readonly digits?: ValueName
  /** Where it is rounded up to the next whole number. */
  readonly isFull?: ValueName
}

/** What becomes of the part of a number behind the point. */
function fraction(g: GraphBuilder, x: ValueName, { digits, isRounded }: Format): Fraction {
  if (!isRounded) return {}
  if (digits === 0) return { isFull: g.op('GreaterOrEqual', [x, scalar(g, 0.5)]) }
  const scale = scalar(g, 10 ** digits)
  const scaled = roundedProduct(g, x, 10 ** digits)
  const isFull = g.op('Equal', [scaled, scale])
  const below = where(g, isFull, scalar(g, 0), scaled)
  return { digits: padded(g, below, digits, '0'), isFull }
}

/** A whole number, 0 or more, filled up to a width. */
export const padded = (g: GraphBuilder, x: ValueName, width: number, filler: '0' | ' '): ValueName =>
  joined(g, padding(g, digitCount(g, x, width), width, filler), integer(g, x))

/** How many digits a whole number has, up to `most`. */
function digitCount(g: GraphBuilder, x: ValueName, most: number): ValueName {
  let count = mul(g, x, scalar(g, 0))
  for (let n = 0; n < Math.min(Math.max(most, 1), 19); n++) {
    const isLonger = n === 0 ? g.op('Equal', [count, count]) : g.op('GreaterOrEqual', [x, scalar(g, 10 ** n)])
    count = add(g, count, g.op('Cast', [isLonger], { to: 'float64' }))
  }
  return count
}

/** What fills a text of this length up to a width. */
function padding(g: GraphBuilder, length: ValueName, width: number, filler: string): ValueName {
  let pad = g.op('Where', [g.op('Less', [length, scalar(g, width)]), text(g, filler), text(g, '')])
  for (let n = 1; n < width; n++) {
    const isShort = g.op('Less', [length, scalar(g, width - n)])
    pad = g.op('StringConcat', [pad, g.op('Where', [isShort, text(g, filler), text(g, '')])])
  }
  return pad
}

/** 2²⁷ + 1: splits a float64 into two halves whose products are exact (Dekker 1971, Veltkamp's splitting). */
const SPLITTER = 134_217_729

/** x · scale rounded to a whole number, halves up, decided by the exact product of x < 1. */
function roundedProduct(g: GraphBuilder, x: ValueName, scale: number): ValueName {
  const product = mul(g, x, scalar(g, scale))
  const wide = mul(g, x, scalar(g, SPLITTER))
  const high = sub(g, wide, sub(g, wide, x))
  const low = sub(g, x, high)
  const wideScale = scale * SPLITTER
  const scaleHigh = wideScale - (wideScale - scale)
  const scaleLow = scale - scaleHigh
  const times = (a: ValueName, b: number) => mul(g, a, scalar(g, b))
  const rest = sub(g, sub(g, sub(g, product, times(high, scaleHigh)), times(low, scaleHigh)), times(high, scaleLow))
  const error = sub(g, times(low, scaleLow), rest)
  const floor = g.op('Floor', [product])
  // Both differences are exact, and so is their sum next to one half.
  const gap = add(g, sub(g, sub(g, product, floor), scalar(g, 0.5)), error)
  return add(g, floor, g.op('Cast', [g.op('GreaterOrEqual', [gap, scalar(g, 0)])], { to: 'float64' }))
}
