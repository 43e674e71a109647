import { describe, expect, it } from 'vitest'
import { apply, column, type Expression, number, text } from './expression.ts'
import { expressionText, negationText } from './expression-text.ts'

const columns = ['colour', 'size', 'income']
const [colour, size, income] = [column(0), column(1), column(2)]
const missing: Expression = { kind: 'constant', value: null, type: 'boolean' }
const isRed = apply('equal', colour, text('red'))
const fits = apply('isIn', size, text('S'), text('M'))

describe('expressionText', () => {
  it.each([
    ['colour = red and size ∈ {S, M}', apply('and', isRed, fits)],
    [
      '(colour = red or income > 1) and size = missing',
      apply('and', apply('or', isRed, apply('greaterThan', income, number(1))), apply('isMissing', size)),
    ],
    ['(colour = red) ≠ (size ∈ {S, M})', apply('notEqual', isRed, fits)],
    ['income − (income − 1)', apply('-', income, apply('-', income, number(1)))],
    ['2 · (income + 1) / 3', apply('/', apply('*', number(2), apply('+', income, number(1))), number(3))],
    ['ln(income + 1)', apply('ln', apply('+', income, number(1)))],
    ['lookup(size, {S: 1, M: 2})', { kind: 'lookup', arg: size, keys: ['S', 'M'], values: [1, 2], type: 'number' }],
  ] satisfies [string, Expression][])('%s', (expected, expression) => {
    expect(expressionText(expression, columns)).toBe(expected)
  })

  it('leaves out that a condition on a missing value is missing', () => {
    const guarded = apply('if', apply('isNotMissing', size), fits, missing)
    expect(expressionText(apply('and', guarded, isRed), columns)).toBe('size ∈ {S, M} and colour = red')
    expect(negationText(guarded, columns)).toBe('size ∉ {S, M}')
  })
})

describe('negationText', () => {
  it('turns a comparison round and puts anything else in parentheses', () => {
    expect(negationText(isRed, columns)).toBe('colour ≠ red')
    expect(negationText(apply('and', isRed, fits), columns)).toBe('not (colour = red and size ∈ {S, M})')
  })
})
