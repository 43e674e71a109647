import type { ValueName } from '../../../../../core/ir/builder.ts'
import type { MlAttributes } from '../../../../../core/ops/ml/attributes.ts'
import { type EmitContext, mlEmitter } from '../../emitter.ts'
import { row, scalar } from './constants.ts'
import { groupBy } from './group-by.ts'
import { lookup } from './lookup.ts'
import { re2Pattern } from './re2-pattern.ts'
import { changeCase } from './text-case.ts'
import { boundedCharacterTokens, characterTokens, NEVER, PADDING, withoutAccents } from './text-characters.ts'

type TokenCounts = MlAttributes['ml.tokenCounts']

/** Patterns between word boundaries that RE2 can do without: a run of word characters ends where they end. */
const BOUNDED_WORDS: Readonly<Record<string, string>> = {
  '\\b\\w\\w+\\b': '\\w{2,}',
  '\\b\\w+\\b': '\\w+',
  '\\w\\w+': '\\w{2,}',
}

/**
 * StringNormalizer → Tokenizer → TfIdfVectorizer. The standard operators can not find tokens in a text; Tokenizer is ONNX Runtime's
 * own (com.microsoft), in every build of it, with RE2's regular expressions.
 */
export const tokenCounts = mlEmitter('ml.tokenCounts', (node, attributes, ctx) => {
  const g = ctx.graph
  const flat = g.op('Reshape', [ctx.value(node.inputs[0] as string), g.int64([-1])])
  const text = attributes.lowercase ? changeCase(ctx, flat, 'LOWER') : flat
  const counts = ctx.cast(countNgrams(ctx, attributes, tokenize(ctx, attributes, text)), 'float64')
  ctx.result(node, attributes.binary ? g.op('Min', [counts, scalar(g, 1)]) : counts)
})

/** The tokens of each text, [N, longest]: words or characters. */
function tokenize(ctx: EmitContext, attributes: TokenCounts, raw: ValueName): ValueName {
  ctx.note('info', 'runtime-specific', 'the tokens are found by com.microsoft.Tokenizer, which only ONNX Runtime has')
  const text = attributes.stripAccents ? withoutAccents(ctx, raw, attributes) : raw
  switch (attributes.analyzer) {
    case 'char':
      return characterTokens(ctx, text)
    case 'char_wb':
      return boundedCharacterTokens(ctx, text)
    case 'word':
      return words(ctx, attributes, text)
  }
}

function words(ctx: EmitContext, attributes: TokenCounts, text: ValueName): ValueName {
  const { pattern, patternMatches, ngramRange, stopWords = [] } = attributes
  const plain = pattern.replace(/^\(\?u\)/, '')
  const translated = re2Pattern(BOUNDED_WORDS[plain] ?? plain)
  if (translated === undefined || /\((?!\?)/.test(translated)) {
    return ctx.block(
      `the token pattern ${pattern} has parts that RE2, which ONNX Runtime uses, does not know`,
      'Tokenize before the model, or convert to PMML.',
    )
  }
  const g = ctx.graph
  const tokens = g.op('com.microsoft.Tokenizer', [text], {
    mark: 0,
    mincharnum: 1,
    pad_value: PADDING,
    ...(patternMatches === 'tokens' ? { tokenexp: translated } : { separators: [translated] }),
  })
  // Where n-grams are single tokens, the vocabulary itself leaves stop words out.
  return stopWords.length > 0 && ngramRange[1] > 1 ? withoutStopWords(ctx, tokens, stopWords) : tokens
}

/** More tokens than a text has. */
const BEYOND_ANY_TEXT = 2 ** 40

/** Stop words make room for the tokens after them: sorting by position, stop words last. */
function withoutStopWords(ctx: EmitContext, found: ValueName, stopWords: readonly string[]): ValueName {
  const g = ctx.graph
  // States the type, which ONNX's shape inference cannot tell after a Tokenizer.
  const tokens = g.op('Cast', [found], { to: 'string' })
  const isStop = lookup(ctx, tokens, {
    keys: stopWords,
    values: stopWords.map(() => 1),
    otherwise: 0,
    missing: 0,
    type: 'int64',
  })
  const longest = g.op('Shape', [tokens], { start: 1 })
  const ones = g.op('Add', [g.op('Mul', [isStop, g.int64([0])]), g.int64([1])])
  const positions = g.op('CumSum', [ones, g.int64([1], [])])
  const keys = g.op('Add', [positions, g.op('Mul', [isStop, g.int64([BEYOND_ANY_TEXT])])])
  const [, order] = g.ops('TopK', [keys, longest], { axis: 1, largest: 0, sorted: 1 }, { outputs: 2 })
  const blanked = g.op('Where', [ctx.cast(isStop, 'bool'), row(g, [PADDING], 'string'), tokens])
  return g.op('GatherElements', [blanked, order as ValueName], { axis: 1 })
}

/** How often each n-gram of the vocabulary occurs: [N, vocabulary] float32, exact up to 2²⁴. */
function countNgrams(
  ctx: EmitContext,
  { vocabulary, analyzer, ngramRange: [least, max] }: TokenCounts,
  tokens: ValueName,
): ValueName {
  const grams = vocabulary.map((term) => (analyzer === 'word' ? term.split(' ') : [...term]))
  const bySize = groupBy(grams.entries(), ([, gram]) => gram.length)
  // A word between spaces that is shorter than the least n is an n-gram of its own.
  const min = analyzer === 'char_wb' ? Math.min(least, ...bySize.keys()) : least
  const pool: string[] = []
  const starts: number[] = []
  const slots: number[] = []
  for (let size = 1; size <= max; size++) {
    starts.push(pool.length)
    const terms = size < min ? [] : (bySize.get(size) ?? [])
    for (const [slot, gram] of terms) {
      pool.push(...gram)
      slots.push(slot)
    }
  }
  const last = vocabulary.length - 1
  if (!slots.includes(last)) {
    // The result is as wide as the largest slot says: an n-gram that never occurs holds the place.
    pool.push(...new Array<string>(max).fill(NEVER))
    slots.push(last)
  }
  return ctx.graph.op('TfIdfVectorizer', [tokens], {
    mode: 'TF',
    min_gram_length: min,
    max_gram_length: max,
    max_skip_count: 0,
    ngram_counts: starts,
    ngram_indexes: slots,
    pool_strings: pool,
  })
}
