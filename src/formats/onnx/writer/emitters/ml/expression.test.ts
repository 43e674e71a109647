import { describe, expect, it } from 'vitest'
import {
  apply,
  column,
  type Expression,
  type ExpressionFunction,
  type ExpressionType,
  number,
  text,
} from '../../../../../core/ops/ml/expression.ts'
import { differences, evaluated, numbers, random, run, texts, written } from './testing/emitted.ts'

const next = random(37)
const special = [0, 1, -1, 0.5, 1.5, 2.5, -0.5, -2.5, 0.49999999999999994, 10, 1000, 1e-9, 0.25, 3, Number.NaN]
const rows = [
  ...special.flatMap((x) => special.map((y) => [x, y, next() * 4 - 2])),
  ...Array.from({ length: 30 }, () => [next() * 2 - 1, next() * 6 - 3, Number.NaN]),
]
const wordList = ['a', 'b', '', 'é', 'Ab c', '12']
const words = rows.map((_, i) => [wordList[i % 6] as string, wordList[(i * 5 + (i >> 3)) % 6] as string])
/** Columns 0–2 are numbers, 3 and 4 text. */
const table = [numbers(rows), texts(words)]
const [x, y, z, a, b] = [column(0), column(1), column(2), column(3), column(4)]

const check = (expressions: readonly Expression[], type: ExpressionType = 'number', tolerance = 1e-13) =>
  differences(
    { op: 'ml.expression', attributes: { expressions, type }, table },
    { double: tolerance, float: Math.max(tolerance, 1e-6) },
  )

const UNARY: readonly ExpressionFunction[] = [
  ...(['log10', 'ln', 'ln1p', 'expm1', 'sqrt', 'abs', 'exp', 'floor', 'ceil', 'round', 'rint', 'sin', 'asin'] as const),
  ...(['sinh', 'cos', 'acos', 'cosh', 'tan', 'atan', 'tanh', 'erf', 'stdNormalCDF', 'stdNormalPDF'] as const),
  ...(['stdNormalIDF', 'dateSecondsSinceMidnight', 'x-float', 'not', 'isMissing', 'isNotMissing'] as const),
  ...(['isValid', 'isNotValid'] as const),
]
const BINARY: readonly ExpressionFunction[] = [
  ...(['+', '-', '*', '/', 'pow', 'threshold', 'modulo', 'hypot', 'equal', 'notEqual', 'lessThan'] as const),
  ...(['lessOrEqual', 'greaterThan', 'greaterOrEqual', 'and', 'or'] as const),
]
const AGGREGATES = ['min', 'max', 'sum', 'avg', 'median', 'product'] as const
/** With arguments that ONNX has no counterpart of. */
const BLOCKED = {
  substring: [a, x],
  replace: [a, text('(a)'), text('$1')],
  matches: [a, text('\\ba')],
  formatNumber: [x, text('%g')],
  formatDatetime: [x, text('%Z')],
} as const satisfies Partial<Record<ExpressionFunction, readonly Expression[]>>

describe('ml.expression as ONNX', () => {
  for (const fn of UNARY) {
    it(`computes ${fn}`, async () => {
      expect(await check([apply(fn, x), apply(fn, z)])).toEqual([])
    })
  }

  for (const fn of BINARY) {
    it(`computes ${fn}`, async () => {
      expect(await check([apply(fn, x, y), apply(fn, z, number(0.5)), apply(fn, number(2), y)])).toEqual([])
    })
  }

  for (const fn of AGGREGATES) {
    it(`aggregates by ${fn}, passing over missing values`, async () => {
      expect(await check([apply(fn, x, y, z), apply(fn, x), apply(fn, x, number(2), y, z)])).toEqual([])
    })
  }

  it('follows mapMissingTo and defaultValue', async () => {
    const sum: Expression = { kind: 'apply', function: '+', args: [x, y], mapMissingTo: -7 }
    const root: Expression = { kind: 'apply', function: 'sqrt', args: [x], defaultValue: 99 }
    const both: Expression = { kind: 'apply', function: 'ln', args: [x], mapMissingTo: 5, defaultValue: 6 }
    const mean: Expression = { kind: 'apply', function: 'avg', args: [x, y], mapMissingTo: 5 }
    const test: Expression = { kind: 'apply', function: 'lessThan', args: [x, y], mapMissingTo: 1 }
    expect(await check([sum, root, both, mean, test])).toEqual([])
  })

  it('takes the branch that a condition says', async () => {
    const positive = apply('greaterThan', x, number(0))
    const nothing: Expression = { kind: 'constant', value: null, type: 'number' }
    const mapped: Expression = { kind: 'apply', function: 'if', args: [positive, y, z], mapMissingTo: 3 }
    expect(
      await check([
        apply('if', positive, y, z),
        apply('if', positive, number(1), number(2)),
        apply('if', positive, y),
        apply('if', apply('isMissing', x), nothing, x),
        apply('if', x, y, z),
        apply('if', positive, apply('equal', y, z), apply('isMissing', y)),
        mapped,
      ]),
    ).toEqual([])
    expect(await check([apply('if', positive, a, text('no')), apply('if', positive, text('yes'))], 'string')).toEqual(
      [],
    )
  })

  it('nests logic with missing values', async () => {
    const [p, q] = [apply('lessThan', x, y), apply('greaterThan', y, z)]
    expect(
      await check([apply('and', p, apply('not', q)), apply('or', apply('and', p, q), apply('isMissing', z))]),
    ).toEqual([])
  })

  it('compares and finds text', async () => {
    expect(
      await check([
        apply('equal', a, b),
        apply('notEqual', a, text('é')),
        apply('isIn', a, text('a'), text('é')),
        apply('isNotIn', a, text('a'), text('')),
        apply('isIn', x, number(1), number(0.1), number(2.5)),
        apply('isMissing', a),
      ]),
    ).toEqual([])
    expect(await check([apply('matches', a, text('[0-9]+')), apply('matches', a, text('\\w \\w'))])).toEqual([])
  })

  it('changes and joins text', async () => {
    expect(
      await check(
        [apply('uppercase', a), apply('lowercase', a), apply('concat', a, text('-'), b), apply('concat', a, number(2))],
        'string',
      ),
    ).toEqual([])
  })

  it('takes texts to pieces', async () => {
    const list = [
      'apple pie',
      '  Fig ',
      '',
      'a',
      '\t\n',
      'bb😀',
      'naïve\u00a0',
      'PSfoo',
      'fooPS',
      'x.y|z',
      'aab\n',
      'éé!  ',
    ]
    const s = column(0)
    const asked = [
      apply('trimBlanks', s),
      ...[[1], [2, 3], [1, 2], [4, 0], [5, 100]].map(([from, length]) =>
        apply('substring', s, number(from as number), ...(length === undefined ? [] : [number(length)])),
      ),
      ...['[aeiou]', 'p+', '\\W', 'a?b', '\\.', '[^a]', '😀'].map((pattern) =>
        apply('replace', s, text(pattern), text('_\\$')),
      ),
      apply('replace', s, text('p'), text('')),
    ]
    const strings = texts(list.map((each) => [each]))
    for (const table of [[strings], [texts([[''], ['']])]])
      expect(
        await differences({ op: 'ml.expression', attributes: { expressions: asked, type: 'string' }, table }),
      ).toEqual([])
    const numeric = [
      apply('stringLength', s),
      ...['^PS', 'PS$', '^a.*b$', '^a|z$', '\\|', 'a$'].map((pattern) => apply('matches', s, text(pattern))),
    ]
    expect(
      await differences({
        op: 'ml.expression',
        attributes: { expressions: numeric, type: 'number' },
        table: [strings],
      }),
    ).toEqual([])
  })

  it('changes the case of every letter but a Σ at the end of a word', async () => {
    const cased: string[][] = []
    for (let code = 3; code < 0x1f000; code++) {
      const c = String.fromCodePoint(code)
      if (!/\p{Surrogate}/u.test(c) && c.toUpperCase() + c.toLowerCase() !== c + c) cased.push([`a${c}ß`])
    }
    const s = column(0)
    const attributes = { expressions: [apply('uppercase', s), apply('lowercase', s)], type: 'string' } as const
    expect(await differences({ op: 'ml.expression', attributes, table: [texts(cased)] })).toEqual([])
  })

  it('writes numbers as decimals, rounded by their exact value', async () => {
    const edges = [
      0, 1, -1, 0.5, -0.5, 1.5, 2.5, 0.125, 2.675, 1.005, -1.005, 8.345, 0.045, 0.999, 0.9996, 9.9995, 99.5,
      1234567.891, 7, -42,
    ]
    const some = [
      ...edges,
      ...Array.from({ length: 60 }, () => (next() - 0.5) * 10 ** Math.floor(next() * 12)),
      Number.NaN,
    ]
    const formats = [
      '%d',
      '%05d',
      '%-6d|',
      '%+d',
      '% 4d',
      '%i',
      '%f',
      '%.0f',
      '%.1f',
      '%.2f',
      '%8.3f',
      '%08.2f',
      '%+.2f%%',
      '%.15f',
      'a %.3f b',
    ]
    const attributes = {
      expressions: formats.map((each) => apply('formatNumber', column(0), text(each))),
      type: 'string',
    } as const
    const { outputs } = await run({ op: 'ml.expression', attributes, table: [numbers(some.map((x) => [x]))] }, 'double')
    const expected = evaluated({ op: 'ml.expression', attributes }, [numbers(some.map((x) => [x]))])
    expect(outputs[0]?.data).toEqual([...(expected[0]?.data ?? [])])
  })

  it('writes dates and times', async () => {
    const days = [
      0, 1, 58, 59, 60, 364, 365, 789, 11_016, 11_017, 11_382, 20_000, 24_855, 47_540, -1, -365, -25_509, -141_427,
    ]
    const moments = [
      ...days.flatMap((day) => [day * 86_400, day * 86_400 + 86_399, day * 86_400 + 43_205.75]),
      Number.NaN,
    ]
    for (let i = 0; i < 60; i++) moments.push(Math.floor((next() - 0.4) * 1e10))
    const formats = ['%Y-%m-%d', '%F %T', '%d. %B %y, %A', '%a %b %e %j', '%I:%M %p', '%u%w%%', '%D %R', '%H:%M:%S']
    const attributes = {
      expressions: formats.map((each) => apply('formatDatetime', column(0), text(each))),
      type: 'string',
    } as const
    const table = [numbers(moments.map((moment) => [moment]))]
    const { outputs } = await run({ op: 'ml.expression', attributes, table }, 'double')
    expect(outputs[0]?.data).toEqual([...(evaluated({ op: 'ml.expression', attributes }, table)[0]?.data ?? [])])
  })

  it('looks values up, numbers and text both ways', async () => {
    const lookup = (arg: Expression, keys: (string | number)[], values: (string | number)[], type: ExpressionType) =>
      ({ kind: 'lookup', arg, keys, values, type }) as const
    expect(
      await check([
        lookup(a, ['a', 'é', 'a'], [1, 2, 3], 'number'),
        { ...lookup(a, ['a', 'é'], [1, 2], 'number'), defaultValue: -1, mapMissingTo: -2 },
        { ...lookup(x, [0.5, 10], [1, 2], 'number'), defaultValue: -1 },
        lookup(apply('lessThan', x, y), [0, 1], [5, 6], 'number'),
      ]),
    ).toEqual([])
    expect(
      await check(
        [
          { ...lookup(x, [1, -1], ['one', 'minus one'], 'string'), mapMissingTo: 'none' },
          { ...lookup(a, ['a', 'Ab c'], ['A', 'é'], 'string'), defaultValue: '?' },
        ],
        'string',
      ),
    ).toEqual([])
  })

  it('discretizes: the first bin that holds', async () => {
    const bin = (low: number, high: number, closedLow: boolean, closedHigh: boolean, value: string | number) => ({
      low,
      high,
      closedLow,
      closedHigh,
      value,
    })
    const bins = [bin(-Infinity, 0, false, false, 1), bin(0, 1, true, true, 2), bin(1, 2.5, true, false, 3)]
    const texts = bins.map((each) => ({ ...each, value: `bin ${each.value}` }))
    expect(
      await check([
        { kind: 'discretize', arg: x, bins, type: 'number' },
        { kind: 'discretize', arg: x, bins, type: 'number', defaultValue: 9, mapMissingTo: 8 },
      ]),
    ).toEqual([])
    expect(
      await check([{ kind: 'discretize', arg: x, bins: texts, type: 'string', mapMissingTo: 'none' }], 'string'),
    ).toEqual([])
  })

  it('interpolates inside and outside', async () => {
    const points = { kind: 'interpolate', arg: x, x: [-1, 0, 0.5, 2.5], y: [3, 1, 2, -4] } as const
    const two = { kind: 'interpolate', arg: x, x: [-1, 2], y: [3, 1] } as const
    expect(
      await check([
        { ...points, outliers: 'extrapolate' },
        { ...points, outliers: 'clamp', mapMissingTo: 7 },
        { ...points, outliers: 'missing' },
        { ...two, outliers: 'extrapolate' },
        { ...two, outliers: 'clamp' },
      ]),
    ).toEqual([])
  })

  it('gives constants for every row, and dates relative to a year', async () => {
    expect(
      await check([
        number(2.5),
        apply('+', number(1), number(2)),
        apply('dateDaysSinceYear', x, number(1960)),
        apply('dateSecondsSinceYear', x, number(1970)),
      ]),
    ).toEqual([])
    expect(await check([text('always')], 'string')).toEqual([])
  })

  for (const [fn, args] of Object.entries(BLOCKED)) {
    it(`refuses ${fn} where it can not be written, with a hint`, async () => {
      const expressions = [apply(fn as keyof typeof BLOCKED, ...args)]
      const type = fn === 'matches' ? ('number' as const) : ('string' as const)
      const { bytes, diagnostics } = await written(
        { op: 'ml.expression', attributes: { expressions, type }, table },
        'float',
      )
      expect(bytes).toBeUndefined()
      expect(diagnostics.filter(({ severity }) => severity === 'blocked')).toEqual([
        expect.objectContaining({ severity: 'blocked', operator: 'ml.expression', hint: expect.any(String) }),
      ])
    })
  }
})
