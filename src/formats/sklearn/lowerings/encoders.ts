import type { Category } from '../../../core/ir/model.ts'
import type { OneHotEncoding } from '../../../core/ops/ml/attributes.ts'
import { column, type Expression } from '../../../core/ops/ml/expression.ts'
import type { PyView } from '../../../encodings/pickle/view.ts'
import { type Columns, columnsOf, declareInputs, keyedTable, renamed, TABLE_OPS } from './columns.ts'
import type { EstimatorLowering, LoweringContext } from './context.ts'
import { derived } from './derived-columns.ts'
import { categories, category, isMissingValue, text, vector } from './estimator.ts'

type Categories = ReturnType<typeof categories>

/** `categories_`, one list per column. */
const categoriesOf = (encoder: PyView): Categories[] => encoder.attr('categories_').items().map(categories)

function declareCategories(
  ctx: LoweringContext,
  columns: Columns,
  all: readonly Categories[],
  areValid: boolean,
): void {
  declareInputs(ctx, columns, (i) => categoryFacts(all[i] as Categories, areValid))
}

/** What categories say of the column that they are the categories of. */
export function categoryFacts({ isText, isBoolean, values }: Categories, areValid: boolean) {
  const present = values.filter((value) => !isMissingValue(value))
  const dataType = isText ? 'string' : isBoolean ? 'boolean' : present.every(Number.isInteger) ? 'integer' : 'double'
  return { kind: 'categorical' as const, dataType: dataType as 'string', ...(areValid ? { values: present } : {}) }
}

/** The code of each category, where infrequent ones share one (`_default_to_infrequent_mappings`, since 1.1). */
function codesOf(encoder: PyView, index: number, count: number): { codes: number[]; infrequent: number | undefined } {
  const mapping = encoder.optional('_default_to_infrequent_mappings')?.item(index)
  if (mapping === undefined || mapping.isNone)
    return { codes: Array.from({ length: count }, (_, c) => c), infrequent: undefined }
  const codes = mapping.integers().data
  const first = encoder.attr('_infrequent_indices').item(index).items()[0]
  return { codes, infrequent: first === undefined ? undefined : codes[first.integer()] }
}

/** The slots of one column of a OneHotEncoder (sklearn/preprocessing/_encoders.py, 1.0 to 1.9). */
function oneHotEncoding(encoder: PyView, index: number, { values }: Categories): OneHotEncoding {
  const { codes, infrequent } = codesOf(encoder, index, values.length)
  const drops = encoder.optional('_drop_idx_after_grouping') ?? encoder.optional('drop_idx_')
  const dropView = drops?.item(index)
  const drop = dropView === undefined || dropView.isNone ? undefined : dropView.integer()
  const slot = (code: number): number => (drop === undefined || code < drop ? code : code === drop ? -1 : code - 1)
  const size = codes.reduce((n, code) => Math.max(n, code + 1), 0) - (drop === undefined ? 0 : 1)
  const handleUnknown = text(encoder, 'handle_unknown', 'error')
  const toInfrequent = handleUnknown === 'infrequent_if_exist' || handleUnknown === 'warn'
  const unknownSlot = toInfrequent && infrequent !== undefined ? slot(infrequent) : -1
  const missing = values.findIndex(isMissingValue)
  const known = values.flatMap((value, c) => (isMissingValue(value) ? [] : [{ value, slot: slot(codes[c] as number) }]))
  return {
    keys: known.map((k) => k.value),
    slots: known.map((k) => k.slot),
    size,
    unknownSlot,
    missingSlot: missing >= 0 ? slot(codes[missing] as number) : unknownSlot,
    ...(handleUnknown === 'error' ? { unknownIsInvalid: true } : {}),
  }
}

function oneHot(ctx: LoweringContext, encoder: PyView, columns: Columns): Columns {
  const all = categoriesOf(encoder)
  declareCategories(ctx, columns, all, text(encoder, 'handle_unknown', 'error') === 'error')
  const table = keyedTable(
    ctx,
    columns,
    all.map((c) => c.isText),
  )
  const encodings = all.map((each, i) => oneHotEncoding(encoder, i, each))
  return columnsOf(ctx, ctx.builder.ml('ml.oneHot', table, { encodings }))
}

/** A table from categories to numbers; NaN stands for "missing". */
export function lookup(
  index: number,
  values: readonly Category[],
  numberOf: (position: number) => number,
  unknown: number,
  missing: number,
): Expression {
  const known = values.flatMap((value, position) => (isMissingValue(value) ? [] : [{ value, position }]))
  return {
    kind: 'lookup',
    arg: column(index),
    keys: known.map((k) => k.value),
    values: known.map((k) => numberOf(k.position)),
    type: 'number',
    ...(Number.isNaN(unknown) ? {} : { defaultValue: unknown }),
    ...(Number.isNaN(missing) ? {} : { mapMissingTo: missing }),
  }
}

function optionalNumber(encoder: PyView, name: string): number {
  const view = encoder.optional(name)
  return view === undefined || typeof view.value === 'string' ? Number.NaN : view.number()
}

function ordinal(ctx: LoweringContext, encoder: PyView, columns: Columns): Columns {
  const all = categoriesOf(encoder)
  const handleUnknown = text(encoder, 'handle_unknown', 'error')
  declareCategories(ctx, columns, all, handleUnknown === 'error')
  const unknown = handleUnknown === 'use_encoded_value' ? optionalNumber(encoder, 'unknown_value') : Number.NaN
  const encodedMissing = optionalNumber(encoder, 'encoded_missing_value')
  const table = keyedTable(
    ctx,
    columns,
    all.map((c) => c.isText),
  )
  const expressions = all.map(({ values }, i) => {
    const { codes } = codesOf(encoder, i, values.length)
    const missing = missingCode(encoder, i, encodedMissing, unknown, codes)
    return lookup(i, values, (position) => codes[position] as number, unknown, missing)
  })
  return renamed(
    derived(ctx, table, expressions),
    columns.map((c) => c.name),
  )
}

/** The code of a missing value: `encoded_missing_value` for NaN; None is a category like any other. */
function missingCode(
  encoder: PyView,
  index: number,
  encodedMissing: number,
  unknown: number,
  codes: readonly number[],
): number {
  const items = encoder.attr('categories_').item(index).items()
  const none = items.findIndex((item) => item.value === null)
  if (items.some((item, i) => i !== none && isMissingValue(category(item)))) return encodedMissing
  return none < 0 ? unknown : (codes[none] as number)
}

/** The encoding of a category is its (smoothed) target mean; an unknown one gets the overall mean. */
function target(ctx: LoweringContext, encoder: PyView, columns: Columns): Columns {
  const all = categoriesOf(encoder)
  declareCategories(ctx, columns, all, false)
  const encodings = encoder.attr('encodings_').items().map(vector)
  const means = vector(encoder.attr('target_mean_'))
  const perColumn = encodings.length / columns.length
  const table = keyedTable(
    ctx,
    columns,
    all.map((c) => c.isText),
  )
  const expressions = encodings.map((encoding, e) => {
    const i = Math.floor(e / perColumn)
    const { values } = all[i] as Categories
    const mean = means[e % means.length] as number
    const missing = values.findIndex(isMissingValue)
    return lookup(i, values, (p) => encoding[p] as number, mean, missing >= 0 ? (encoding[missing] as number) : mean)
  })
  return derived(ctx, table, expressions)
}

export const encoders: readonly EstimatorLowering[] = [
  { operator: 'sklearn.OneHotEncoder', produces: [...TABLE_OPS, 'ml.oneHot'], transform: oneHot },
  { operator: 'sklearn.OrdinalEncoder', produces: [...TABLE_OPS, 'ml.expression'], transform: ordinal },
  { operator: 'sklearn.TargetEncoder', produces: [...TABLE_OPS, 'ml.expression'], transform: target },
]
