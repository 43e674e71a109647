import { describe, expect, it } from 'vitest'
import type { Category } from '../../ir/model.ts'
import { compileExpression } from './evaluate-expression.ts'
import { apply, type Expression, type ExpressionFunction, number, text } from './expression.ts'

const missing: Expression = { kind: 'constant', value: null, type: 'number' }
const of = (value: Category | null): Expression =>
  value === null ? missing : typeof value === 'string' ? text(value) : number(value)
const call = (fn: ExpressionFunction, ...args: readonly (Category | null)[]) =>
  compileExpression(apply(fn, ...args.map(of)), [])(0)

describe('functions of an expression (PMML 4.4)', () => {
  it.each<[ExpressionFunction, (Category | null)[], Category]>([
    ['round', [2.5], 3],
    ['round', [-2.5], -2],
    ['rint', [2.5], 2],
    ['rint', [3.5], 4],
    ['modulo', [11, 4], 3],
    ['modulo', [-8, 3], 1],
    ['modulo', [8, -3], -1],
    ['log10', [1000], 3],
    ['threshold', [1, 1], 0],
    ['median', [3, 1, 2, 10], 2.5],
    ['avg', [1, null, 3], 2],
    ['product', [2, null], 2],
    ['equal', ['a', 'a'], 1],
    ['lessThan', ['a', 'b'], 1],
    ['isIn', [2, 1, 2], 1],
    ['isIn', [null, 1, 2], 0],
    ['isNotIn', [null, 1], 1],
    ['and', [0, null], 0],
    ['or', [1, null], 1],
    ['substring', ['aBc9x', 2, 3], 'Bc9'],
    ['trimBlanks', [' aBc9x '], 'aBc9x'],
    ['uppercase', ['aBc9'], 'ABC9'],
    ['concat', [2, '-', 2000], '2-2000'],
    ['concat', ['a', null, 'b'], 'ab'],
    ['replace', ['BBBB', 'B+', 'c'], 'c'],
    ['replace', ['ab', '(a)(b)', '$2\\$$1'], 'b$a'],
    ['matches', ['aBc9x', 'c9'], 1],
    ['formatNumber', [2, '%3d'], '  2'],
    ['formatNumber', [-1234.567, '%,.2f'], '-1,234.57'],
    ['formatNumber', [5, '%05d'], '00005'],
    ['formatDatetime', [1092919522, '%m/%d/%y'], '08/19/04'],
    ['formatDatetime', [1092919522, '%A %j %H:%M:%S'], 'Thursday 232 12:45:22'],
    ['dateDaysSinceYear', [12144, 2003], 91],
    ['dateSecondsSinceYear', [12144 * 86400 + 14523, 2003], 7876923],
    ['dateSecondsSinceMidnight', [-1], 86399],
    ['isNotValid', [null], 1],
    ['x-float', [0.1], Math.fround(0.1)],
  ])('%s %j is %j', (fn, args, expected) => {
    expect(call(fn, ...args)).toBe(expected)
  })

  it.each<[ExpressionFunction, (Category | null)[]]>([
    ['+', [1, null]],
    ['pow', [null, 0]],
    ['lessThan', [null, 1]],
    ['and', [1, null]],
    ['or', [0, null]],
    ['not', [null]],
    ['min', [null, null]],
    ['if', [null, 1, 2]],
    ['if', [0, 1]],
    ['ln', [-1]],
  ])('%s %j is missing', (fn, args) => {
    expect(call(fn, ...args)).toBeNaN()
  })

  it('replaces missing arguments and missing results', () => {
    const sum: Expression = {
      kind: 'apply',
      function: '+',
      args: [number(1), missing],
      mapMissingTo: 7,
      defaultValue: 8,
    }
    expect(compileExpression(sum, [])(0)).toBe(7)
    const log: Expression = { kind: 'apply', function: 'ln', args: [number(-1)], mapMissingTo: 7, defaultValue: 8 }
    expect(compileExpression(log, [])(0)).toBe(8)
  })
})
