import { UnsupportedError } from '../../../../core/errors.ts'
import type { Category, Feature } from '../../../../core/ir/model.ts'
import { apply, column, type Expression, number, text } from '../../../../core/ops/ml/expression.ts'
import type { PyView } from '../../../../encodings/pickle/view.ts'
import { type Column, type Columns, isText, keyedTable, TABLE_OPS } from '../columns.ts'
import type { EstimatorLowering, LoweringContext } from '../context.ts'
import { derived } from '../derived-columns.ts'
import { categories, category, isMissingValue, text as textSetting, vector } from '../estimator.ts'
import { imputed } from '../imputers.ts'
import type { FeatureFacts } from '../input-table.ts'

/** What a domain says of one of its columns. */
interface ColumnDomain {
  readonly kind: Feature['kind']
  readonly isText: boolean | undefined
  readonly dataType?: Feature['dataType']
  readonly values?: readonly Category[]
  readonly range?: readonly [number, number]
}

/** An item per column, of a list per column or a single list for one column. */
function perColumn(view: PyView | undefined, index: number): PyView | undefined {
  if (view === undefined) return undefined
  const items = view.isKind('list') ? view.items() : undefined
  return items?.every((item) => item.isArray) ? items[index] : view
}

function discrete(domain: PyView, index: number, kind: Feature['kind']): ColumnDomain {
  const view = perColumn(domain.optional('data_values_') ?? domain.optional('data_'), index)
  if (view === undefined) return { kind, isText: undefined }
  const { isText, isBoolean, values } = categories(view)
  const present = values.filter((value) => !isMissingValue(value))
  const dataType = isText ? 'string' : isBoolean ? 'boolean' : present.every(Number.isInteger) ? 'integer' : 'double'
  return { kind, isText, dataType, values: present }
}

function continuous(domain: PyView, index: number): ColumnDomain {
  const [low, high] = ['data_min_', 'data_max_'].map((name) => {
    const view = domain.optional(name)
    const values = view && vector(view)
    return values?.[values.length === 1 ? 0 : index]
  })
  const range = low === undefined || high === undefined ? {} : { range: [low, high] as const }
  return { kind: 'continuous', isText: false, dataType: 'double', ...range }
}

function columnDomain(domain: PyView, index: number): ColumnDomain {
  switch (domain.className) {
    case 'ContinuousDomain':
      return continuous(domain, index)
    case 'DateDomain':
      return { kind: 'ordinal', isText: false, dataType: 'date' }
    case 'DateTimeDomain':
      return { kind: 'ordinal', isText: false, dataType: 'dateTime' }
    default:
      return discrete(domain, index, domain.className === 'OrdinalDomain' ? 'ordinal' : 'categorical')
  }
}

/** Values that stand for a missing one, besides None and NaN. */
function missingMarkers(domain: PyView): Category[] {
  const view = domain.optional('missing_values')
  if (view === undefined) return []
  const all = view.isKind('list') ? view.items().map(category) : [category(view)]
  return all.filter((value) => !isMissingValue(value))
}

function featureFacts(domain: PyView, column: ColumnDomain): FeatureFacts {
  const markers = missingMarkers(domain)
  const isStrict = textSetting(domain, 'invalid_value_treatment', 'return_invalid') === 'return_invalid'
  const values = column.values?.filter((value) => !markers.includes(value))
  return {
    kind: column.kind,
    ...(column.dataType === undefined ? {} : { dataType: column.dataType }),
    ...(values && values.length > 0 && isStrict ? { values } : {}),
    ...(column.range ? { range: column.range } : {}),
    ...(markers.length > 0 ? { missingValues: markers } : {}),
  }
}

const constant = (value: Category): Expression => (typeof value === 'string' ? text(value) : number(value))
const MISSING: Expression = { kind: 'constant', value: null, type: 'number' }

/** What becomes of a value, where the domain changes any: outliers and invalid values. Undefined when it changes none. */
function treated(domain: PyView, facts: ColumnDomain, index: number): Expression | undefined {
  const x = column(index)
  let result: Expression = x
  const outliers = textSetting(domain, 'outlier_treatment', 'as_is')
  if (outliers !== 'as_is') {
    const [low, high] = [number(domain.attr('low_value').number()), number(domain.attr('high_value').number())]
    const [below, above] = [apply('lessThan', x, low), apply('greaterThan', x, high)]
    result =
      outliers === 'as_extreme_values'
        ? apply('if', below, low, apply('if', above, high, x))
        : apply('if', apply('or', below, above), MISSING, x)
  }
  const invalid = textSetting(domain, 'invalid_value_treatment', 'return_invalid')
  const isValid = validity(facts, x)
  if ((invalid === 'as_missing' || invalid === 'as_value') && isValid) {
    const missing: Expression = facts.isText ? { kind: 'constant', value: null, type: 'string' } : MISSING
    const otherwise = invalid === 'as_value' ? constant(category(domain.attr('invalid_value_replacement'))) : missing
    result = apply('if', apply('isMissing', x), missing, apply('if', isValid, result, otherwise))
  }
  return result === x ? undefined : result
}

function validity({ values, range }: ColumnDomain, x: Expression): Expression | undefined {
  if (values) return apply('isIn', x, ...values.map(constant))
  if (!range) return undefined
  return apply('and', apply('greaterOrEqual', x, number(range[0])), apply('lessOrEqual', x, number(range[1])))
}

/** sklearn2pmml.decoration: names, types and valid values of columns, and what to do with values outside of them. */
function transform(ctx: LoweringContext, domain: PyView, columns: Columns): Columns {
  return columns.map((each, i) => domainColumn(ctx, domain, each, i))
}

function domainColumn(ctx: LoweringContext, domain: PyView, each: Column, index: number): Column {
  const facts = columnDomain(domain, index)
  if ('input' in each) ctx.inputs.declare(each.input, featureFacts(domain, facts))
  const treatment = treated(domain, facts, 0)
  let result: Column = each
  if (treatment) {
    const table = keyedTable(ctx, [each], [facts.isText === true])
    result = { ...(derived(ctx, table, [treatment], facts.isText ? 'string' : 'number')[0] as Column), ...nameOf(each) }
  }
  const replacement = domain.optional('missing_value_replacement')
  if (replacement) {
    const value = category(replacement)
    const asText = facts.isText ?? typeof value === 'string'
    const [marker, ...more] = missingMarkers(domain)
    if (more.length > 0) throw new UnsupportedError('missing_values with several values can not be converted')
    return imputed(ctx, [result], [asText ? String(value) : Number(value)], marker)[0] as Column
  }
  if (treatment || 'value' in each) return result
  return withFacts(ctx, result, facts)
}

const nameOf = (each: Column) => (each.name === undefined ? {} : { name: each.name })

/** The values of a column of the model itself are all known: what is computed of it can be tabulated. */
function withFacts(ctx: LoweringContext, each: Column, { values, dataType }: ColumnDomain): Column {
  if (dataType === 'date' || dataType === 'dateTime') return { ...each, facts: { temporal: dataType } }
  if (!values || values.length === 0 || isText(ctx, each) === undefined) return each
  return { ...each, facts: { finite: { base: each, keys: values, values } } }
}

/** One domain per column; None leaves a column as it is. */
function multiDomain(ctx: LoweringContext, domain: PyView, columns: Columns): Columns {
  const domains = domain.attr('domains').items()
  return ctx.each(columns, (each, i) => {
    const own = domains[i]
    return own === undefined || own.isNone ? each : (ctx.transform(own, [each])[0] as Column)
  })
}

const row = (name: string, lower: NonNullable<EstimatorLowering['transform']>): EstimatorLowering => ({
  operator: `sklearn2pmml.${name}`,
  produces: [...TABLE_OPS, 'ml.impute', 'ml.expression'],
  transform: lower,
})

const identity = (name: string): EstimatorLowering => ({
  operator: `sklearn2pmml.${name}`,
  produces: [],
  transform: (_ctx, _estimator, columns) => columns,
})

export const domains: readonly EstimatorLowering[] = [
  row('CategoricalDomain', transform),
  row('OrdinalDomain', transform),
  row('ContinuousDomain', transform),
  row('DateDomain', transform),
  row('DateTimeDomain', transform),
  { ...identity('MultiDomain'), transform: multiDomain },
  identity('ContinuousDomainEraser'),
  identity('DiscreteDomainEraser'),
  identity('DomainEraser'),
  identity('IdentityTransformer'),
  identity('FeatureExporter'),
]
