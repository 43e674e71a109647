import { UnsupportedError } from '../../../../core/errors.ts'
import { apply, column, type Expression, number, text } from '../../../../core/ops/ml/expression.ts'
import type { PyView } from '../../../../encodings/pickle/view.ts'
import { type Column, type Columns, textMatrix } from '../columns.ts'
import type { EstimatorLowering, LoweringContext } from '../context.ts'
import { derived } from '../derived-columns.ts'
import { flag, text as setting } from '../estimator.ts'
import { asText } from './casts.ts'
import { expressionRow } from './expression-row.ts'
import { finiteValues, tabulated } from './finite-columns.ts'

/** Each column of text by an expression of it; a table where all its values are known. */
const mapText =
  (type: 'string' | 'boolean' | 'number', map: (transformer: PyView, x: Expression) => Expression) =>
  (ctx: LoweringContext, transformer: PyView, columns: Columns): Columns => {
    const expression = map(transformer, column(0))
    return columns.map((each): Column => {
      const named = each.name === undefined ? {} : { name: each.name }
      const input = asText(ctx, each)
      const finite = finiteValues(ctx, expression, [input])
      if (finite) return { ...tabulated(ctx, finite), ...named }
      return { ...(derived(ctx, [textMatrix(ctx, [input])], [expression], type)[0] as Column), ...named }
    })
  }

/** The texts of a row, joined. */
function concat(ctx: LoweringContext, transformer: PyView, columns: Columns): Columns {
  const separator = setting(transformer, 'separator', '')
  const parts = columns.flatMap((_, i) => (i === 0 || separator === '' ? [column(i)] : [text(separator), column(i)]))
  const table = [
    textMatrix(
      ctx,
      columns.map((each) => asText(ctx, each)),
    ),
  ]
  return derived(ctx, table, [apply('concat', ...parts)], 'string')
}

function normalized(transformer: PyView, x: Expression): Expression {
  const name = setting(transformer, 'function', '')
  const cased = name.startsWith('lower') ? apply('lowercase', x) : name.startsWith('upper') ? apply('uppercase', x) : x
  return flag(transformer, 'trim_blanks', true) ? apply('trimBlanks', cased) : cased
}

function pattern(transformer: PyView): Expression {
  const flavour = setting(transformer, 're_flavour', 're')
  if (!['re', 'pcre', 'pcre2'].includes(flavour)) throw new UnsupportedError(`re_flavour=${flavour} is not known`)
  return text(transformer.attr('pattern').string())
}

/** Python's \1 and \g<1> are $1 in PMML. */
const replacement = (transformer: PyView): Expression =>
  text(
    transformer
      .attr('replacement')
      .string()
      .replace(/\\g<(\w+)>/g, '$$$1')
      .replace(/\\(\d)/g, '$$$1'),
  )

/** Each word becomes one character, what stands between words disappears, and the rest is counted. */
function wordCount(transformer: PyView, x: Expression): Expression {
  const words = apply('replace', x, text(`(${transformer.attr('word_pattern').string()})`), text('1'))
  const rest = apply('replace', words, text(`(${transformer.attr('non_word_pattern').string()})`), text(''))
  return apply('stringLength', rest)
}

export const strings: readonly EstimatorLowering[] = [
  expressionRow('ConcatTransformer', concat),
  expressionRow('StringNormalizer', mapText('string', normalized)),
  expressionRow(
    'SubstringTransformer',
    mapText('string', (t, x) => {
      const begin = t.attr('begin').integer()
      return apply('substring', x, number(begin + 1), number(t.attr('end').integer() - begin))
    }),
  ),
  expressionRow(
    'StringLengthTransformer',
    mapText('number', (_t, x) => apply('stringLength', x)),
  ),
  expressionRow(
    'MatchesTransformer',
    mapText('boolean', (t, x) => apply('matches', x, pattern(t))),
  ),
  expressionRow(
    'ReplaceTransformer',
    mapText('string', (t, x) => apply('replace', x, pattern(t), replacement(t))),
  ),
  expressionRow('WordCountTransformer', mapText('number', wordCount)),
]
