import { MalformedFileError, UnsupportedError } from '../../../../core/errors.ts'
import type { Category } from '../../../../core/ir/model.ts'
import { apply, column, type Expression, number, text } from '../../../../core/ops/ml/expression.ts'
import type { PyView } from '../../../../encodings/pickle/view.ts'
import { type Column, type Columns, isText, keyedTable, numericTable } from '../columns.ts'
import type { EstimatorLowering, LoweringContext } from '../context.ts'
import { derived } from '../derived-columns.ts'
import { expressionRow } from './expression-row.ts'
import { finiteOf, mapFinite, tabulated } from './finite-columns.ts'

const DAY_MS = 86_400_000
const DAY_SECONDS = 86_400

type Target = 'text' | 'integer' | 'float' | 'float32' | 'boolean' | 'date' | 'dateTime' | 'same'

/** What a dtype of Python, numpy or pandas makes of a column. */
export function castTarget(dtype: PyView | undefined): Target {
  if (dtype === undefined || dtype.isNone) return 'same'
  const { value, classPath, className } = dtype
  const name = typeof value === 'string' ? value : className || classPath
  if (name === 'datetime64[D]') return 'date'
  if (name === 'datetime64[s]') return 'dateTime'
  if (/^(str|object|string|U|<U|unicode|StringDtype|str_)/.test(name)) return name === 'object' ? 'same' : 'text'
  if (/^(u?int\d*|U?Int\d+(Dtype)?|i\d)$/.test(name)) return 'integer'
  if (/^(float32|f4|Float32Dtype)$/.test(name)) return 'float32'
  if (/^(float\d*|double|f8|Float64Dtype)$/.test(name)) return 'float'
  if (/^(bool_?|boolean|BooleanDtype)$/.test(name)) return 'boolean'
  if (name === 'category' || name === 'CategoricalDtype') return 'same'
  const described = className === 'dtype' && dtype.isKind('object') ? dtype.object().args[0] : undefined
  if (typeof described === 'string' && /^[iu]/.test(described)) return 'integer'
  if (typeof described === 'string' && /^f/.test(described)) return described === 'f4' ? 'float32' : 'float'
  if (typeof described === 'string' && /^b/.test(described)) return 'boolean'
  if (typeof described === 'string' && /^[OU]/.test(described)) return described.startsWith('U') ? 'text' : 'same'
  throw new UnsupportedError(`A cast to ${name} can not be converted`)
}

/** Toward zero, as numpy's astype(int). */
export const truncated = (x: Expression): Expression =>
  apply('if', apply('lessThan', x, number(0)), apply('ceil', x), apply('floor', x))

/** Days since 1970-01-01 of an ISO 8601 date. */
function dayOf(value: Category): number {
  const milliseconds = Date.parse(String(value).slice(0, 10))
  if (Number.isNaN(milliseconds)) throw new MalformedFileError(`"${value}" is not a date`)
  return Math.floor(milliseconds / DAY_MS)
}

function secondOf(value: Category): number {
  const written = String(value)
  const milliseconds = Date.parse(/T.*[Zz]$|^[^T]*$/.test(written) ? written : `${written}Z`)
  if (Number.isNaN(milliseconds)) throw new MalformedFileError(`"${value}" is not a time`)
  return milliseconds / 1000
}

/** A column as a date or time: declared where it is one of the model's own, computed where all its values are known. */
function temporal(ctx: LoweringContext, each: Column, target: 'date' | 'dateTime'): Column {
  const { facts } = each
  const finite = finiteOf(ctx, each)
  if (finite && facts?.temporal === undefined) {
    return tabulated(ctx, mapFinite(finite, target === 'date' ? dayOf : secondOf), target)
  }
  if (facts?.temporal === target) return each
  if (facts?.temporal) {
    const factor =
      target === 'date'
        ? apply('floor', apply('/', column(0), number(DAY_SECONDS)))
        : apply('*', column(0), number(DAY_SECONDS))
    const [result] = derived(ctx, numericTable(ctx, [each]), [factor])
    return { ...(result as Column), facts: { temporal: target } }
  }
  if ('input' in each && ctx.inputs.isText(each.input) === undefined) {
    ctx.inputs.declare(each.input, { kind: 'ordinal', dataType: target })
    return { ...each, facts: { temporal: target } }
  }
  throw new UnsupportedError('Text that is put together in the pipeline can not be read as a date', {
    hint: 'Give the date as a column of the table.',
  })
}

/** A column of numbers as text; integers are written without a point. */
export function asText(ctx: LoweringContext, each: Column): Column {
  if (isText(ctx, each) === true) return each
  const finite = finiteOf(ctx, each)
  if (finite) return tabulated(ctx, mapFinite(finite, String))
  if ('input' in each && isText(ctx, each) === undefined) {
    const [value] = keyedTable(ctx, [each], [true])
    return { ...each, value: value as string, index: 0 }
  }
  const [result] = derived(ctx, numericTable(ctx, [each]), [apply('concat', column(0))], 'string')
  return result as Column
}

export function castColumn(ctx: LoweringContext, each: Column, target: Target): Column {
  switch (target) {
    case 'same':
      return each
    case 'date':
    case 'dateTime':
      return temporal(ctx, each, target)
    case 'text':
      return asText(ctx, each)
    case 'float':
      return numeric(ctx, each)
    case 'boolean':
      return derived(ctx, numericTable(ctx, [each]), [apply('notEqual', column(0), number(0))])[0] as Column
    case 'float32':
      return derived(ctx, numericTable(ctx, [each]), [apply('x-float', column(0))])[0] as Column
    case 'integer':
      return isWhole(ctx, each)
        ? numeric(ctx, each)
        : (derived(ctx, numericTable(ctx, [each]), [truncated(column(0))])[0] as Column)
  }
}

/** Whether a column is known to hold whole numbers. */
function isWhole(ctx: LoweringContext, each: Column): boolean {
  if (finiteOf(ctx, each)?.values.every(Number.isInteger)) return true
  return 'value' in each && ctx.builder.type(each.value).dtype !== 'float64' && isText(ctx, each) === false
}

/** Text that stands for numbers, by a table of its known values. */
function numeric(ctx: LoweringContext, each: Column): Column {
  if (isText(ctx, each) !== true) return each
  const finite = finiteOf(ctx, each)
  if (finite) return tabulated(ctx, mapFinite(finite, Number))
  throw new UnsupportedError('Text can not be read as numbers')
}

const cast = (ctx: LoweringContext, estimator: PyView, columns: Columns): Columns => {
  const target = castTarget(estimator.optional('dtype_') ?? estimator.optional('dtype'))
  return columns.map((each) => castColumn(ctx, each, target))
}

function multiCast(ctx: LoweringContext, estimator: PyView, columns: Columns): Columns {
  const dtypes = (estimator.optional('dtypes_') ?? estimator.attr('dtypes')).items()
  return columns.map((each, i) => castColumn(ctx, each, castTarget(dtypes[i])))
}

/** Days or seconds from the beginning of a year. */
const since =
  (unit: 'days' | 'seconds') =>
  (ctx: LoweringContext, estimator: PyView, columns: Columns): Columns => {
    const epoch = Date.UTC(estimator.attr('year').integer(), 0, 1)
    return columns.map((each) => {
      const date = each.facts?.temporal ? each : temporal(ctx, each, unit === 'days' ? 'date' : 'dateTime')
      const isDate = date.facts?.temporal === 'date'
      const value = (x: Category): number => {
        const seconds = isDate ? Number(x) * DAY_SECONDS : Number(x)
        const elapsed = seconds - epoch / 1000
        return unit === 'days' ? Math.floor(elapsed / DAY_SECONDS) : Math.trunc(elapsed)
      }
      if (date.facts?.finite) return tabulated(ctx, mapFinite(date.facts.finite, value))
      const start = number(epoch / (isDate ? DAY_MS : 1000))
      const elapsed = apply('-', column(0), start)
      const scaled =
        unit === 'days'
          ? isDate
            ? elapsed
            : apply('floor', apply('/', elapsed, number(DAY_SECONDS)))
          : isDate
            ? apply('*', elapsed, number(DAY_SECONDS))
            : truncated(elapsed)
      return derived(ctx, numericTable(ctx, [date]), [scaled])[0] as Column
    })
  }

function sinceMidnight(ctx: LoweringContext, _estimator: PyView, columns: Columns): Columns {
  return columns.map((each) => {
    const time = temporal(ctx, each, 'dateTime')
    return derived(ctx, numericTable(ctx, [time]), [apply('modulo', column(0), number(DAY_SECONDS))])[0] as Column
  })
}

/** strftime of a date or time. */
function formatted(ctx: LoweringContext, estimator: PyView, columns: Columns): Columns {
  const pattern = text(estimator.attr('pattern').string())
  return columns.map((each) => {
    const time = each.facts?.temporal ? each : temporal(ctx, each, 'dateTime')
    const seconds = time.facts?.temporal === 'date' ? apply('*', column(0), number(DAY_SECONDS)) : column(0)
    return derived(ctx, numericTable(ctx, [time]), [apply('formatDatetime', seconds, pattern)], 'string')[0] as Column
  })
}

export const casts: readonly EstimatorLowering[] = [
  expressionRow('CastTransformer', cast),
  expressionRow('MultiCastTransformer', multiCast),
  expressionRow('SeriesConstructor', cast),
  expressionRow('DaysSinceYearTransformer', since('days')),
  expressionRow('SecondsSinceYearTransformer', since('seconds')),
  expressionRow('SecondsSinceMidnightTransformer', sinceMidnight),
  expressionRow('DateTimeFormatter', formatted),
]
