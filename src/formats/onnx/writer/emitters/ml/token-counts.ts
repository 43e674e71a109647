import type { ValueName } from '../../../../../core/ir/builder.ts'
import type { MlAttributes } from '../../../../../core/ops/ml/attributes.ts'
import { type EmitContext, mlEmitter } from '../../emitter.ts'
import { scalar } from './constants.ts'
import { groupBy } from './group-by.ts'
import { changeCase } from './text-case.ts'
import { boundedCharacterTokens, characterTokens, NEVER, withoutAccents } from './text-characters.ts'
import { wordTokens } from './word-tokens.ts'

type TokenCounts = MlAttributes['ml.tokenCounts']

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
      return wordTokens(ctx, attributes, text)
  }
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
