import { UnsupportedError } from '../../../core/errors.ts'
import type { MlAttributes } from '../../../core/ops/ml/attributes.ts'
import { apply, column, number } from '../../../core/ops/ml/expression.ts'
import { isSparseMatrix } from '../../../encodings/pickle/numpy/sparse-matrix.ts'
import type { PyView } from '../../../encodings/pickle/view.ts'
import { type Columns, columnsOf, numericMatrix, TABLE_OPS, textMatrix } from './columns.ts'
import type { EstimatorLowering, LoweringContext } from './context.ts'
import { mapped } from './derived-columns.ts'
import { normalized } from './element-wise.ts'
import { flag, matrix, requireSetting, text, vector } from './estimator.ts'
import { ENGLISH_STOP_WORDS } from './stop-words.ts'

type TokenCounts = MlAttributes['ml.tokenCounts']

/** Terms by their column. */
function vocabularyOf(vectorizer: PyView): string[] {
  const terms: string[] = []
  for (const [term, index] of vectorizer.attr('vocabulary_').entries()) terms[index.integer()] = String(term)
  return terms
}

/** How texts become tokens: a pattern of tokens, or sklearn2pmml's Splitter or Matcher as the tokenizer. */
function tokens(vectorizer: PyView): Pick<TokenCounts, 'pattern' | 'patternMatches' | 'trimPunctuation'> {
  const tokenizer = vectorizer.optional('tokenizer')
  if (tokenizer === undefined) {
    return { pattern: text(vectorizer, 'token_pattern', '(?u)\\b\\w\\w+\\b'), patternMatches: 'tokens' }
  }
  const own = patternOf(tokenizer)
  if (own !== undefined && tokenizer.className === 'Splitter') {
    return { pattern: own, patternMatches: 'separators', trimPunctuation: true }
  }
  if (own !== undefined && tokenizer.className === 'Matcher') return { pattern: own, patternMatches: 'tokens' }
  throw new UnsupportedError('A tokenizer of your own can not be converted', {
    hint: 'Use token_pattern, or sklearn2pmml.feature_extraction.text.Splitter.',
  })
}

/** The state of a Splitter or Matcher is its pattern. */
function patternOf(tokenizer: PyView): string | undefined {
  const state = tokenizer.isKind('object') ? tokenizer.object().state : undefined
  return typeof state === 'string' ? state : undefined
}

function stopWords(vectorizer: PyView): readonly string[] | undefined {
  const words = vectorizer.optional('stop_words')
  if (words === undefined) return undefined
  if (words.value === 'english') return ENGLISH_STOP_WORDS
  return words.items().map((word) => word.string())
}

function tokenCounts(vectorizer: PyView): TokenCounts {
  if (vectorizer.optional('preprocessor')) throw new UnsupportedError('A preprocessor of your own can not be converted')
  const analyzer = requireSetting(vectorizer, 'analyzer', ['word', 'char', 'char_wb'], 'word')
  const range = vectorizer
    .attr('ngram_range')
    .items()
    .map((item) => item.integer())
  const accents = vectorizer.optional('strip_accents')
  const words = stopWords(vectorizer)
  return {
    vocabulary: vocabularyOf(vectorizer),
    lowercase: flag(vectorizer, 'lowercase', true),
    ...tokens(vectorizer),
    analyzer: analyzer as TokenCounts['analyzer'],
    ngramRange: [range[0] ?? 1, range[1] ?? 1],
    ...(accents === undefined
      ? {}
      : { stripAccents: requireSetting(vectorizer, 'strip_accents', ['ascii', 'unicode'], '') as 'ascii' }),
    ...(words === undefined ? {} : { stopWords: words }),
    binary: flag(vectorizer, 'binary', false),
  }
}

const counts = (ctx: LoweringContext, vectorizer: PyView, columns: Columns): Columns =>
  columnsOf(ctx, ctx.builder.ml('ml.tokenCounts', [textMatrix(ctx, columns.slice(0, 1))], tokenCounts(vectorizer)))

/** Inverse document frequencies: `idf_`, before 1.6 the diagonal matrix `_idf_diag`. */
function idfOf(transformer: PyView): Float64Array {
  const diagonal = transformer.optional('_idf_diag')
  if (diagonal && isSparseMatrix(diagonal.value)) return diagonalOf(diagonal)
  return vector(transformer.firstAttr('idf_', '_idf_diag'))
}

function diagonalOf(view: PyView): Float64Array {
  const data = view.optional('data')
  // dia_matrix keeps its diagonals as rows of `data`.
  if (/dia_/.test(view.className) && data) return data.float64().data
  const { columns, data: dense } = matrix(view)
  return Float64Array.from({ length: columns }, (_, i) => dense[i * columns + i] as number)
}

/** Term frequencies weighted by rarity, then normalised (sklearn/feature_extraction/text.py). */
function tfidf(ctx: LoweringContext, transformer: PyView, columns: Columns): Columns {
  const frequencies = flag(transformer, 'sublinear_tf', false)
    ? mapped(ctx, columns, (i) =>
        apply(
          'if',
          apply('greaterThan', column(i), number(0)),
          apply('+', apply('ln', column(i)), number(1)),
          number(0),
        ),
      )
    : columns
  const weighted = flag(transformer, 'use_idf', true)
    ? columnsOf(ctx, ctx.builder.ml('ml.scale', [numericMatrix(ctx, frequencies)], { factor: idfOf(transformer) }))
    : frequencies
  const norm = requireSetting(transformer, 'norm', ['l1', 'l2', 'none'], 'none')
  return norm === 'none' ? weighted : normalized(ctx, weighted, norm as 'l1' | 'l2')
}

const TFIDF_OPS = [
  ...TABLE_OPS,
  'ml.expression',
  'ml.scale',
  'Abs',
  'ReduceMax',
  'ReduceL1',
  'ReduceL2',
  'Equal',
  'Where',
  'Div',
] as const

export const textModels: readonly EstimatorLowering[] = [
  { operator: 'sklearn.CountVectorizer', produces: [...TABLE_OPS, 'ml.tokenCounts'], transform: counts },
  { operator: 'sklearn.TfidfTransformer', produces: TFIDF_OPS, transform: tfidf },
  {
    operator: 'sklearn.TfidfVectorizer',
    produces: [...TFIDF_OPS, 'ml.tokenCounts'],
    transform: (ctx, vectorizer, columns) => tfidf(ctx, vectorizer.attr('_tfidf'), counts(ctx, vectorizer, columns)),
  },
]
