import { UnsupportedError } from '../../../../core/errors.ts'
import type { Category } from '../../../../core/ir/model.ts'
import { apply, column, type Expression, type Interval, number, text } from '../../../../core/ops/ml/expression.ts'
import { isNode } from '../../../../encodings/pickle/values.ts'
import { PyView } from '../../../../encodings/pickle/view.ts'
import { type Columns, keyedTable, numericTable, renamed } from '../columns.ts'
import type { EstimatorLowering, LoweringContext } from '../context.ts'
import { derived } from '../derived-columns.ts'
import { category, flag, isMissingValue } from '../estimator.ts'
import { expressionRow } from './expression-row.ts'

interface Mapping {
  readonly keys: readonly (readonly Category[])[]
  readonly values: readonly Category[]
  readonly defaultValue: Category | undefined
  readonly isText: boolean
}

/** `mapping` from keys, or tuples of keys, to values, and the value of any other key. */
function mappingOf(transformer: PyView): Mapping {
  const entries = transformer.attr('mapping').entries()
  const keys = entries.map(([key]) =>
    (isNode(key, 'tuple') ? key.items : [key]).map((part) => category(new PyView(part))),
  )
  const raw = entries.map(([, value]) => category(value))
  const fallback = transformer.optional('default_value')
  const defaultValue = fallback && category(fallback)
  const isText = [...raw, defaultValue].some((value) => typeof value === 'string')
  const values = raw.map((value) => (isText && isMissingValue(value) ? '' : value))
  return { keys, values, defaultValue, isText }
}

function lookupTransformer(ctx: LoweringContext, transformer: PyView, columns: Columns): Columns {
  const { keys, values, defaultValue, isText } = mappingOf(transformer)
  const isTextKey = keys.some(([key]) => typeof key === 'string')
  const lookup: Expression = {
    kind: 'lookup',
    arg: column(0),
    keys: keys.map(([key]) => key as Category),
    values,
    type: isText ? 'string' : 'number',
    ...(defaultValue === undefined ? {} : { defaultValue }),
  }
  const result = derived(ctx, keyedTable(ctx, columns.slice(0, 1), [isTextKey]), [lookup], lookup.type)
  return renamed(result, [columns[0]?.name])
}

/** Values without an entry stay what they are. */
function filterLookup(ctx: LoweringContext, transformer: PyView, columns: Columns): Columns {
  const { keys, values, isText } = mappingOf(transformer)
  const unchanged = apply(
    'if',
    apply('isIn', column(0), ...keys.map(([key]) => constant(key as Category))),
    tableOf(keys, values, isText),
    column(0),
  )
  const table = keyedTable(ctx, columns.slice(0, 1), [isText])
  return renamed(derived(ctx, table, [unchanged], isText ? 'string' : 'number'), [columns[0]?.name])
}

const tableOf = (keys: Mapping['keys'], values: readonly Category[], isText: boolean): Expression => ({
  kind: 'lookup',
  arg: column(0),
  keys: keys.map(([key]) => key as Category),
  values,
  type: isText ? 'string' : 'number',
})

const constant = (value: Category): Expression => (typeof value === 'string' ? text(value) : number(value))

/** Keys of several columns: a condition for each. */
function multiLookup(ctx: LoweringContext, transformer: PyView, columns: Columns): Columns {
  const { keys, values, defaultValue, isText } = mappingOf(transformer)
  const kinds = columns.map((_, i) => keys.some((key) => typeof key[i] === 'string'))
  const missing: Expression = { kind: 'constant', value: null, type: isText ? 'string' : 'number' }
  let result: Expression = defaultValue === undefined ? missing : constant(defaultValue)
  for (const [row, key] of [...keys.entries()].reverse()) {
    const tests = key.map((part, i) => apply('equal', column(i), constant(part)))
    const test = tests.length === 1 ? (tests[0] as Expression) : apply('and', ...tests)
    result = apply('if', test, constant(values[row] as Category), result)
  }
  const anyMissing = columns.map((_, i) => apply('isMissing', column(i)))
  const isMissing = anyMissing.length === 1 ? (anyMissing[0] as Expression) : apply('or', ...anyMissing)
  const expression = apply('if', isMissing, missing, result)
  return derived(ctx, keyedTable(ctx, columns, kinds), [expression], isText ? 'string' : 'number')
}

/** pandas.cut: intervals, open to the left by default. */
function cut(ctx: LoweringContext, transformer: PyView, columns: Columns): Columns {
  const binsView = transformer.attr('bins')
  if (!binsView.isKind('list') && !binsView.isArray && !binsView.isKind('tuple')) {
    throw new UnsupportedError('A number of bins can not be converted', {
      hint: 'Give the edges of the bins as a list.',
    })
  }
  const edges = binsView.items().map((edge) => edge.number())
  const right = flag(transformer, 'right', true)
  const includeLowest = flag(transformer, 'include_lowest', true)
  const labels = labelsOf(transformer, edges, right, includeLowest)
  const bins = edges.slice(0, -1).map(
    (low, i): Interval => ({
      low,
      high: edges[i + 1] as number,
      closedLow: !right || (includeLowest && i === 0),
      closedHigh: right,
      value: labels[i] as Category,
    }),
  )
  const type = typeof labels[0] === 'string' ? 'string' : 'number'
  const table = numericTable(ctx, columns.slice(0, 1))
  return derived(ctx, table, [{ kind: 'discretize', arg: column(0), bins, type }], type)
}

/** The labels given, positions for `labels=False`, else the intervals as pandas writes them. */
function labelsOf(transformer: PyView, edges: readonly number[], right: boolean, includeLowest: boolean): Category[] {
  const view = transformer.optional('labels')
  if (view?.value === false) return edges.slice(0, -1).map((_, i) => i)
  if (view) return view.items().map(category)
  return edges.slice(0, -1).map((low, i) => {
    // pandas moves the lowest edge down by 0.1 % of the range of precision: (0.999, 3.0].
    const from = right && includeLowest && i === 0 ? low - 0.001 : low
    return right ? `(${from}, ${edges[i + 1]}]` : `[${low}, ${edges[i + 1]})`
  })
}

export const lookups: readonly EstimatorLowering[] = [
  expressionRow('LookupTransformer', lookupTransformer),
  expressionRow('FilterLookupTransformer', filterLookup),
  expressionRow('MultiLookupTransformer', multiLookup),
  expressionRow('CutTransformer', cut),
]
