import type { ValueName } from '../../../../core/ir/builder.ts'
import type { Node } from '../../../../core/ir/graph.ts'
import type { MlAttributes } from '../../../../core/ops/ml/attributes.ts'
import type { Tokens } from '../asides.ts'
import { type LowerContext, lowering, type OnnxLowering } from '../lowering.ts'
import { microsoftLowering } from './microsoft/microsoft-lowering.ts'
import { passThrough } from './pass-through.ts'

const strings = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : [])
const integers = (value: unknown): number[] => (Array.isArray(value) ? value.map(Number) : [])

/** What is normalised by case alone may be tokenised next: the text as it was is kept beside the normalised one. */
async function stringNormalizer(node: Node, ctx: LowerContext): Promise<void> {
  const action = node.attributes['case_change_action'] ?? 'NONE'
  await passThrough(node, ctx)
  if (strings(node.attributes['stopwords']).length > 0 || action === 'UPPER') return
  ctx.resultAside(node, { kind: 'text', text: ctx.input(node, 0), lowercase: action === 'LOWER' })
}

/** Tokens have no type in the hub: there are as many as a text happens to have. They stay aside until they are counted. */
function tokenizer(node: Node, ctx: LowerContext): void {
  const { tokenexp, mincharnum = 1, mark = 0 } = node.attributes
  const separators = strings(node.attributes['separators'])
  if (mark || Number(mincharnum) > 1) ctx.block('it marks tokens or leaves short ones out')
  if (tokenexp === undefined && separators.every((separator) => separator === ''))
    ctx.block('it splits texts into characters')
  const aside = ctx.aside(node, 0)
  const text = aside?.kind === 'text' ? aside : { text: ctx.input(node, 0), lowercase: false }
  ctx.resultAside(node, {
    kind: 'tokens',
    text: text.text,
    lowercase: text.lowercase,
    ...(tokenexp === undefined
      ? { pattern: separators.map((each) => `(?:${each})`).join('|'), patternMatches: 'separators' }
      : { pattern: String(tokenexp), patternMatches: 'tokens' }),
  })
}

async function flatten(node: Node, ctx: LowerContext): Promise<void> {
  const aside = ctx.aside(node, 0)
  if (aside?.kind !== 'tokens') return passThrough(node, ctx)
  if (Number(node.attributes['axis'] ?? 1) !== 1) ctx.block('it puts the tokens of several texts together')
  ctx.resultAside(node, aside)
}

/** The n-grams of the pool in the order of their columns; `ngram_counts` says where those of each length start. */
function vocabularyOf(node: Node, ctx: LowerContext, joint: string): string[] {
  const pool = strings(node.attributes['pool_strings'])
  const starts = integers(node.attributes['ngram_counts'])
  const columns = integers(node.attributes['ngram_indexes'])
  const vocabulary: string[] = []
  let id = 0
  for (const [i, start] of starts.entries()) {
    for (let at = start; at + i < (starts[i + 1] ?? pool.length); at += i + 1) {
      vocabulary[columns[id++] ?? -1] = pool.slice(at, at + i + 1).join(joint)
    }
  }
  // Object.values leaves holes out.
  const isComplete = Object.values(vocabulary).length === columns.length && vocabulary.length === columns.length
  return isComplete ? vocabulary : ctx.block('its n-grams are not one for each column')
}

function counts(node: Node, ctx: LowerContext, tokens: Tokens): ValueName {
  const {
    min_gram_length: shortest,
    max_gram_length: longest,
    max_skip_count: skips = 0,
    mode = 'TF',
  } = node.attributes
  if (Number(skips) > 0) ctx.block('it counts n-grams with gaps', 'Export the model without skip-grams.')
  const isOfCharacters = tokens.patternMatches === 'tokens' && tokens.pattern === '.'
  if (isOfCharacters) ctx.note('approximate', 'white-space', 'runs of white space count as one blank')
  const attributes: MlAttributes['ml.tokenCounts'] = {
    vocabulary: vocabularyOf(node, ctx, isOfCharacters ? '' : ' '),
    lowercase: tokens.lowercase,
    pattern: tokens.pattern,
    patternMatches: tokens.patternMatches,
    analyzer: isOfCharacters ? 'char' : 'word',
    ngramRange: [Number(shortest), Number(longest)],
    binary: mode === 'IDF',
  }
  const column = ctx.hub.op('Reshape', [tokens.text, ctx.hub.int64([-1, 1])])
  const found = ctx.hub.ml('ml.tokenCounts', [column], attributes, { label: node.label ?? node.id })
  const { weights } = node.attributes
  const isWeighted = mode !== 'TF' && Array.isArray(weights) && weights.length > 0
  return isWeighted ? ctx.hub.op('Mul', [found, ctx.hub.float64(weights.map(Number))]) : found
}

async function tfIdfVectorizer(node: Node, ctx: LowerContext): Promise<void> {
  const aside = ctx.aside(node, 0)
  if (aside?.kind !== 'tokens') return passThrough(node, ctx)
  ctx.result(node, ctx.cast(counts(node, ctx, aside), 'float32'))
}

/** Texts as skl2onnx writes them: StringNormalizer → com.microsoft.Tokenizer → Flatten → TfIdfVectorizer. */
export const textLowerings: readonly OnnxLowering[] = [
  lowering('StringNormalizer', ['StringNormalizer'], stringNormalizer),
  lowering('Flatten', ['Flatten'], flatten),
  lowering('TfIdfVectorizer', ['TfIdfVectorizer', 'ml.tokenCounts', 'Reshape', 'Mul', 'Cast'], tfIdfVectorizer),
]

export const tokenizerLowering: OnnxLowering = microsoftLowering('Tokenizer', [], tokenizer)
