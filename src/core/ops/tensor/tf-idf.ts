import { UnsupportedError } from '../../errors.ts'
import type { Attributes } from '../../ir/graph.ts'
import type { EvalTensor, OpSpec } from '../spec.ts'
import { number, numbers, optionalNumbers, text, texts } from './attributes.ts'
import { evalTensor, required } from './eval-tensor.ts'
import { shapeOf } from './infer.ts'

type Token = string | number

const keyOf = (gram: readonly Token[]) => JSON.stringify(gram)

/** The column of each n-gram of the pool that is of a wanted length. `ngram_counts` says where the n-grams of each length start. */
function vocabularyOf(attributes: Attributes): Map<string, number> {
  const pool: readonly Token[] =
    attributes['pool_strings'] === undefined ? numbers(attributes, 'pool_int64s') : texts(attributes, 'pool_strings')
  const starts = numbers(attributes, 'ngram_counts')
  const columns = numbers(attributes, 'ngram_indexes')
  const [shortest, longest] = [number(attributes, 'min_gram_length'), number(attributes, 'max_gram_length')]
  const vocabulary = new Map<string, number>()
  let id = 0
  for (const [i, start] of starts.entries()) {
    const length = i + 1
    for (let at = start; at + length <= (starts[i + 1] ?? pool.length); at += length) {
      if (length >= shortest && length <= longest) vocabulary.set(keyOf(pool.slice(at, at + length)), columns[id]!)
      id++
    }
  }
  return vocabulary
}

/** How often each n-gram occurs in a row, with up to `max_skip_count` items left out between its items. */
function countGrams(
  row: readonly Token[],
  vocabulary: ReadonlyMap<string, number>,
  attributes: Attributes,
  counts: Float64Array,
) {
  const [shortest, longest] = [number(attributes, 'min_gram_length'), number(attributes, 'max_gram_length')]
  for (let stride = 1; stride <= number(attributes, 'max_skip_count') + 1; stride++) {
    // Single items have nothing to skip: they count once.
    for (let length = stride === 1 ? shortest : Math.max(shortest, 2); length <= longest; length++) {
      for (let start = 0; start + (length - 1) * stride < row.length; start++) {
        const gram = Array.from({ length }, (_, i) => row[start + i * stride]!)
        const column = vocabulary.get(keyOf(gram))
        if (column !== undefined) counts[column]!++
      }
    }
  }
}

function weigh(counts: Float64Array, attributes: Attributes): Float64Array {
  const weights = optionalNumbers(attributes, 'weights')
  const weightOf = (i: number) => weights?.[i] ?? 1
  switch (text(attributes, 'mode')) {
    case 'TF':
      return counts
    case 'IDF':
      return counts.map((c, i) => (c > 0 ? weightOf(i) : 0))
    case 'TFIDF':
      return counts.map((c, i) => c * weightOf(i))
    default:
      throw new UnsupportedError(`TfIdfVectorizer in mode ${text(attributes, 'mode')}`)
  }
}

const widthOf = (attributes: Attributes) =>
  numbers(attributes, 'ngram_indexes').reduce((width, column) => Math.max(width, column + 1), 0)

function vectorize(x: EvalTensor, attributes: Attributes): EvalTensor {
  const vocabulary = vocabularyOf(attributes)
  const width = widthOf(attributes)
  const rows = x.shape.length > 1 ? x.shape[0]! : 1
  const size = x.shape.at(-1) ?? 0
  const result = new Float64Array(rows * width)
  for (let r = 0; r < rows; r++) {
    const counts = new Float64Array(width)
    countGrams(Array.from(x.data as ArrayLike<Token>).slice(r * size, (r + 1) * size), vocabulary, attributes, counts)
    result.set(weigh(counts, attributes), r * width)
  }
  return evalTensor('float32', [...x.shape.slice(0, -1), width], result)
}

/** TfIdfVectorizer: x is [C] or [N, C], of text or of integers. */
export const tfIdfOps: readonly OpSpec[] = [
  {
    op: 'TfIdfVectorizer',
    infer: (ctx) => {
      const shape = shapeOf(ctx, 0)
      return [{ dtype: 'float32', shape: shape && [...shape.slice(0, -1), widthOf(ctx.attributes)] }]
    },
    evaluate: (inputs, ctx) => [vectorize(required(inputs, 0), ctx.attributes)],
  },
]
