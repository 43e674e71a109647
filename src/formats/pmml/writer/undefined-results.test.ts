import { describe, expect, it } from 'vitest'
import { el } from './element.ts'
import { type Column, type Field, number } from './field.ts'
import { canBeUndefined } from './undefined-results.ts'

const facts = { dataType: 'double', opType: 'continuous', stage: 0 } as const
const data: Field = { name: 'x', ...facts }
const x: Column = { kind: 'field', field: data }
const reference = el('FieldRef', { field: 'x' })
const constant = (value: string) => el('Constant', { dataType: 'double' }, value)

/** A DerivedField of a function of `x` and what else is given. */
function derived(fn: string, ...others: readonly ReturnType<typeof el>[]): Column {
  const expression = el('Apply', { function: fn }, reference, others)
  return { kind: 'field', field: { name: fn, ...facts, definition: { expression, inputs: [data] } } }
}

describe('a function of numbers', () => {
  it.each(['ln', 'sqrt', 'asin'])('%s can be undefined', (fn) => {
    expect(canBeUndefined(fn, [x])).toBe(true)
  })

  it('can be undefined as a quotient or power of columns, not by a fixed divisor or whole exponent', () => {
    expect(canBeUndefined('/', [x, x])).toBe(true)
    expect(canBeUndefined('/', [x, number(0)])).toBe(true)
    expect(canBeUndefined('/', [x, number(3)])).toBe(false)
    expect(canBeUndefined('pow', [x, number(0.5)])).toBe(true)
    expect(canBeUndefined('pow', [x, number(2)])).toBe(false)
  })

  it('is defined for sums and products of finite numbers, and for choices', () => {
    expect(canBeUndefined('*', [x, derived('+', constant('1'))])).toBe(false)
    expect(canBeUndefined('-', [derived('/', constant('2')), derived('pow', constant('2'))])).toBe(false)
    expect(canBeUndefined('if', [x, derived('exp'), x])).toBe(false)
  })

  it('can be undefined for sums and products of what may be infinite', () => {
    expect(canBeUndefined('*', [x, derived('ln')])).toBe(true)
    expect(canBeUndefined('-', [derived('exp'), derived('exp')])).toBe(true)
    expect(canBeUndefined('*', [x, number(Number.POSITIVE_INFINITY)])).toBe(true)
    expect(canBeUndefined('+', [derived('exp'), number(1)])).toBe(false)
  })
})
