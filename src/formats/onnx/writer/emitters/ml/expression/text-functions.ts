import type { ValueName } from '../../../../../../core/ir/builder.ts'
import type { ExpressionFunction } from '../../../../../../core/ops/ml/expression.ts'
import { translatePattern } from '../../../../../../core/ops/ml/regular-expression.ts'
import type { EmitContext } from '../../../emitter.ts'
import { row, scalar } from '../constants.ts'
import { alternatives, LAZY, re2Pattern } from '../re2-pattern.ts'
import { changeCase } from '../text-case.ts'
import { ANY_CHARACTER, matches as found, joined, onlyMatch, PADDING } from '../text-characters.ts'
import { formatDatetime } from './format-datetime.ts'
import { formatNumber } from './format-number.ts'
import { asText, numberValue, type ScalarValue, textValue, truthValue } from './scalar-value.ts'

type Emit = (ctx: EmitContext, args: readonly ScalarValue[]) => ScalarValue

/** The text [N, 1] as a vector [N]. */
const flat = (ctx: EmitContext, arg: ScalarValue | undefined): ValueName =>
  ctx.graph.op('Reshape', [asText(ctx, arg as ScalarValue), ctx.graph.int64([-1])])

/** The vector [N] of texts as a column [N, 1]. */
const column = (ctx: EmitContext, texts: ValueName): ScalarValue =>
  textValue(ctx.graph.op('Reshape', [texts, ctx.graph.int64([-1, 1])]))

const casing =
  (action: 'UPPER' | 'LOWER'): Emit =>
  (ctx, [arg]) =>
    column(ctx, changeCase(ctx, flat(ctx, arg), action))

/** A missing part ('') adds nothing, so it is passed over as it should be. */
const concat: Emit = (ctx, args) =>
  textValue(args.map((arg) => asText(ctx, arg)).reduce((a, b) => ctx.graph.op('StringConcat', [a, b])))

const UNKNOWN_PATTERN = 'Compute this column before the model, or convert to PMML.'

/** Whether the pattern occurs anywhere in the text. */
const matches: Emit = (ctx, [arg, pattern]) => {
  if (typeof pattern?.constant !== 'string')
    return ctx.block('the pattern of matches is not a constant', UNKNOWN_PATTERN)
  const wholes = alternatives(pattern.constant.replace(/^\(\?u\)/, '')).map(anywhere)
  if (wholes.includes(undefined)) {
    return ctx.block(
      `the regular expression ${pattern.constant} has parts that RE2, which ONNX uses, does not know`,
      UNKNOWN_PATTERN,
    )
  }
  return truthValue(ctx.graph.op('RegexFullMatch', [asText(ctx, arg as ScalarValue)], { pattern: wholes.join('|') }))
}

/** RE2's pattern of the texts in which one alternative occurs: `^` and `$` say where it must. */
function anywhere(alternative: string): string | undefined {
  const [, start, middle = '', end] = /^(\^?)((?:\\.|[^\\])*?)(\$?)$/su.exec(alternative) ?? []
  const translated = re2Pattern(middle)
  if (translated === undefined) return undefined
  return `${start ? '' : '(?s:.*)'}(?:${translated})${end ? '\\n?' : '(?s:.*)'}`
}

/** A note that only ONNX Runtime can take texts to pieces. */
function noteTokenizer(ctx: EmitContext): void {
  ctx.note(
    'info',
    'runtime-specific',
    'texts are taken to pieces by com.microsoft.Tokenizer, which only ONNX Runtime has',
  )
}

const BLANKS_OFF = '[^\\x00-\\x20](?:(?s:.*)[^\\x00-\\x20])?'

const trimBlanks: Emit = (ctx, [arg]) => {
  noteTokenizer(ctx)
  const trimmed = onlyMatch(ctx, asText(ctx, arg as ScalarValue), BLANKS_OFF)
  return textValue(withoutFillers(ctx, trimmed))
}

function withoutFillers(ctx: EmitContext, texts: ValueName): ValueName {
  const g = ctx.graph
  const isFiller = g.op('Equal', [texts, row(g, [PADDING], 'string')])
  return g.op('Where', [isFiller, row(g, [''], 'string'), texts])
}

interface Characters {
  /** [N, longest], rows filled up with PADDING. */
  readonly characters: ValueName
  /** How many code units each takes, as Java counts them: 0 for a filler. */
  readonly widths: ValueName
}

function charactersOf(ctx: EmitContext, arg: ScalarValue | undefined): Characters {
  noteTokenizer(ctx)
  const g = ctx.graph
  const characters = found(ctx, flat(ctx, arg), ANY_CHARACTER)
  const count = (truth: ValueName) => g.op('Cast', [truth], { to: 'float64' })
  const isThere = g.op('Not', [g.op('Equal', [characters, row(g, [PADDING], 'string')])])
  const isPair = g.op('RegexFullMatch', [characters], { pattern: '[\\x{10000}-\\x{10ffff}]' })
  return { characters, widths: g.op('Add', [count(isThere), count(isPair)]) }
}

const stringLength: Emit = (ctx, [arg]) => {
  const { widths } = charactersOf(ctx, arg)
  return numberValue(ctx.graph.op('ReduceSum', [widths, ctx.graph.int64([1])], { keepdims: 1 }))
}

const substring: Emit = (ctx, [arg, start, length]) => {
  const [from, count] = [start?.constant, length === undefined ? Infinity : length.constant]
  if (typeof from !== 'number' || typeof count !== 'number' || !(from >= 1 && count >= 0)) {
    return ctx.block('the part that substring takes is not constant', UNKNOWN_PATTERN)
  }
  const g = ctx.graph
  const { characters, widths } = charactersOf(ctx, arg)
  const begins = g.op('CumSum', [widths, g.int64([1], [])], { exclusive: 1 })
  const ends = g.op('Add', [begins, widths])
  const isBehind = g.op('GreaterOrEqual', [begins, scalar(g, from - 1)])
  const isTaken =
    count === Infinity ? isBehind : g.op('And', [isBehind, g.op('LessOrEqual', [ends, scalar(g, from - 1 + count)])])
  const kept = g.op('Where', [isTaken, characters, row(g, [''], 'string')])
  const few = count === Infinity ? kept : g.op('Slice', [kept, g.int64([0]), g.int64([from - 1 + count]), g.int64([1])])
  return column(ctx, joined(ctx, withoutFillers(ctx, few), flat(ctx, arg)))
}

/** At each place the pattern's longest match becomes the replacement, any other character stays. */
const replace: Emit = (ctx, [arg, pattern, replacement]) => {
  if (typeof pattern?.constant !== 'string' || typeof replacement?.constant !== 'string') {
    return ctx.block('what replace looks for, or puts in its place, is not a constant', UNKNOWN_PATTERN)
  }
  const translated = replaceable(pattern.constant)
  if (translated === undefined || /(?<!\\)(?:\\\\)*\$\d/.test(replacement.constant)) {
    return ctx.block(
      `the regular expression ${pattern.constant} can not be replaced by ${JSON.stringify(replacement.constant)} with RE2`,
      UNKNOWN_PATTERN,
    )
  }
  if (/[|(]/.test(pattern.constant.replace(/\\.|\[(?:\\.|[^\]])*\]/gs, ''))) {
    ctx.note(
      'approximate',
      'longest-match',
      `of the ways to match ${pattern.constant} ONNX Runtime takes the longest, not the first`,
    )
  }
  noteTokenizer(ctx)
  const g = ctx.graph
  const text = flat(ctx, arg)
  const parts = found(ctx, text, `${translated}|${ANY_CHARACTER}`)
  const isHit = g.op('RegexFullMatch', [parts], { pattern: translated })
  const isFiller = g.op('Equal', [parts, row(g, [PADDING], 'string')])
  const literal = replacement.constant.replace(/\\(.)/gsu, '$1')
  const replaced = g.op('Where', [isHit, row(g, [literal], 'string'), parts])
  return column(ctx, joined(ctx, g.op('Where', [isFiller, row(g, [''], 'string'), replaced]), text))
}

/** The pattern for RE2, where a match depends on nothing but itself and is never empty. */
function replaceable(pattern: string): string | undefined {
  const translated = re2Pattern(pattern)
  const isCapturing = /(?<!\\)\((?!\?)/.test(pattern)
  if (translated === undefined || isCapturing || LAZY.test(pattern)) return undefined
  return translatePattern(`^(?:${pattern})$`, 'u').test('') ? undefined : translated
}

export const TEXT_FUNCTIONS: Readonly<Partial<Record<ExpressionFunction, Emit>>> = {
  uppercase: casing('UPPER'),
  lowercase: casing('LOWER'),
  concat,
  matches,
  trimBlanks,
  stringLength,
  substring,
  replace,
  formatNumber,
  formatDatetime,
}
