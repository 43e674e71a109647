import { apply, column, type Expression, number, text } from '../../../core/ops/ml/expression.ts'
import type { PyView } from '../../../encodings/pickle/view.ts'
import { type Columns, keyedTable, TABLE_OPS } from './columns.ts'
import type { EstimatorLowering, LoweringContext } from './context.ts'
import { derived } from './derived-columns.ts'

/** One feature of a DictVectorizer: a number under a key, or whether a key has a certain text. */
interface DictFeature {
  readonly key: string
  readonly text?: string
}

/** `feature_names_`: `key`, or `key=text`. A key may hold the separator itself only where its value is a number. */
export function dictFeatures(vectorizer: PyView): DictFeature[] {
  const separator = vectorizer.attr('separator').string()
  return vectorizer
    .attr('feature_names_')
    .items()
    .map((item): DictFeature => {
      const name = item.string()
      const at = separator === '' ? -1 : name.indexOf(separator)
      return at < 0 ? { key: name } : { key: name.slice(0, at), text: name.slice(at + separator.length) }
    })
}

/** The keys of the dicts, as columns of a table, in order of appearance. */
export const dictKeys = (vectorizer: PyView): string[] => [...new Set(dictFeatures(vectorizer).map(({ key }) => key))]

/** A row is a dict; a key without a value counts as 0 (sklearn/feature_extraction/_dict_vectorizer.py). */
function transform(ctx: LoweringContext, vectorizer: PyView, columns: Columns): Columns {
  const features = dictFeatures(vectorizer)
  const keys = dictKeys(vectorizer)
  const texts = keys.map((key) => features.flatMap((f) => (f.key === key && f.text !== undefined ? [f.text] : [])))
  for (const [i, values] of texts.entries()) {
    const each = columns[i]
    if (each && 'input' in each && values.length > 0) {
      ctx.inputs.declare(each.input, { kind: 'categorical', dataType: 'string' })
    }
  }
  const table = keyedTable(
    ctx,
    columns,
    texts.map((values) => values.length > 0),
  )
  const expressions = features.map(({ key, text: value }): Expression => {
    const x = column(keys.indexOf(key))
    const found = value === undefined ? x : apply('equal', x, text(value))
    return apply('if', apply('isMissing', x), number(0), found)
  })
  return derived(ctx, table, expressions)
}

export const dictVectorizers: readonly EstimatorLowering[] = [
  { operator: 'sklearn.DictVectorizer', produces: [...TABLE_OPS, 'ml.expression'], transform },
]
