import type { ValueName } from '../../../../../core/ir/builder.ts'
import type { MlAttributes } from '../../../../../core/ops/ml/attributes.ts'
import type { EmitContext } from '../../emitter.ts'
import { row } from './constants.ts'
import { lookup } from './lookup.ts'
import { matches, onlyMatch, PADDING, pieces } from './text-characters.ts'
import { type TokenSearch, tokenSearch, WORD_RUN } from './token-search.ts'

type TokenCounts = MlAttributes['ml.tokenCounts']

/** The words of each text [N] one after the other, [N, longest]; rows are filled up with PADDING. */
export function wordTokens(ctx: EmitContext, attributes: TokenCounts, text: ValueName): ValueName {
  const { pattern, patternMatches, trimPunctuation, ngramRange, stopWords = [] } = attributes
  const search = tokenSearch(pattern, patternMatches)
  if (search === undefined) {
    return ctx.block(
      `the token pattern ${pattern} has parts that RE2, which ONNX Runtime uses, does not know`,
      'Tokenize before the model, or convert to PMML.',
    )
  }
  if (search.kind !== 'runs' && search.pattern.includes('|')) {
    ctx.note(
      'approximate',
      'longest-match',
      `of the alternatives of ${pattern} ONNX Runtime takes the longest that matches, not the first`,
    )
  }
  let tokens = found(ctx, text, search)
  if (trimPunctuation) tokens = onlyMatch(ctx, tokens, TRIMMED)
  if (ngramRange[1] === 1) return tokens
  // In n-grams words that are left out make room for those after them; single ones the vocabulary leaves out.
  const hasGaps = search.kind === 'runs' || trimPunctuation === true || stopWords.length > 0
  return hasGaps ? closedUp(ctx, without(ctx, tokens, stopWords)) : tokens
}

function found(ctx: EmitContext, text: ValueName, search: TokenSearch): ValueName {
  if (search.kind === 'tokens') return matches(ctx, text, search.pattern)
  if (search.kind === 'separators') return pieces(ctx, text, search.pattern)
  const g = ctx.graph
  const words = matches(ctx, text, WORD_RUN)
  const fits = g.op('RegexFullMatch', [words], { pattern: search.matching })
  const filler = row(g, [PADDING], 'string')
  return g.op('Where', search.kept ? [fits, words, filler] : [fits, filler, words])
}

/** From the first to the last character that is no punctuation. */
const TRIMMED = '[^\\p{P}](?:(?s:.*)[^\\p{P}])?'

/** The tokens with PADDING in place of stop words. */
function without(ctx: EmitContext, tokens: ValueName, stopWords: readonly string[]): ValueName {
  if (stopWords.length === 0) return tokens
  const isStop = lookup(ctx, tokens, {
    keys: stopWords,
    values: stopWords.map(() => 1),
    otherwise: 0,
    missing: 0,
    type: 'int64',
  })
  return ctx.graph.op('Where', [ctx.cast(isStop, 'bool'), row(ctx.graph, [PADDING], 'string'), tokens])
}

/** More tokens than a text has. */
const BEYOND_ANY_TEXT = 2 ** 40

/** The tokens of each row side by side: sorted by position, PADDING last. */
function closedUp(ctx: EmitContext, tokens: ValueName): ValueName {
  const g = ctx.graph
  const isGap = g.op('Cast', [g.op('Equal', [tokens, row(g, [PADDING], 'string')])], { to: 'int64' })
  const longest = g.op('Shape', [tokens], { start: 1 })
  const ones = g.op('Add', [g.op('Mul', [isGap, g.int64([0])]), g.int64([1])])
  const positions = g.op('CumSum', [ones, g.int64([1], [])])
  const keys = g.op('Add', [positions, g.op('Mul', [isGap, g.int64([BEYOND_ANY_TEXT])])])
  const [, order] = g.ops('TopK', [keys, longest], { axis: 1, largest: 0, sorted: 1 }, { outputs: 2 })
  return g.op('GatherElements', [tokens, order as ValueName], { axis: 1 })
}
