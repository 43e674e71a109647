import type { Category } from '../../../../core/ir/model.ts'
import type { LinkFunction, MlAttributes } from '../../../../core/ops/ml/attributes.ts'
import type { PmmlContext } from '../context.ts'
import { type Element, el } from '../element.ts'
import type { ClassifierHead, Estimator } from '../estimator.ts'
import { type Column, formatNumber, formatValue } from '../field.ts'
import { type ModelSpec, Scope } from '../segment.ts'

/** ml.linear as RegressionModel; one-hot columns become CategoricalPredictors. */
export const linear: Estimator = {
  op: 'ml.linear',
  regression(ctx, node) {
    const { coefficients, intercepts } = node.attributes as unknown as MlAttributes['ml.linear']
    const table = ctx.table(node)
    return Array.from(intercepts, (intercept, k) => {
      const row = coefficients.subarray(k * table.length, (k + 1) * table.length)
      return regressionModel(ctx, node.origin, table, [{ row, intercept }], {
        functionName: 'regression',
        normalization: undefined,
      })
    })
  },
  classification(ctx, node, head) {
    const { coefficients, intercepts } = node.attributes as unknown as MlAttributes['ml.linear']
    const table = ctx.table(node)
    return classifierOver(ctx, node.origin, table, coefficients, intercepts, head)
  },
}

interface TableRow {
  readonly row: Float64Array
  readonly intercept: number
  readonly label?: Category
}

/** Links that RegressionModel knows for a classifier with one table per class. */
const BINARY_LINKS: ReadonlySet<LinkFunction> = new Set(['logit', 'probit', 'cloglog', 'loglog', 'cauchit'])

/**
 * The classifier whose raw scores are columns · coefficientsᵀ + intercepts ([K, C] and [K]), or null when
 * RegressionModel can not say it.
 */
export function classifierOver(
  ctx: PmmlContext,
  origin: readonly string[],
  columns: readonly Column[],
  coefficients: Float64Array,
  intercepts: Float64Array,
  head: ClassifierHead,
): ModelSpec | null {
  const { labels, rule, link } = head
  const raw = intercepts.length
  const zero = new Float64Array(columns.length)
  const rowOf = (k: number) => coefficients.subarray(k * columns.length, (k + 1) * columns.length)
  if (raw === 1 && labels.length === 2) {
    const complement = link?.complement === true && rule === 'argmax'
    const onRaw = link === undefined && rule === 'threshold'
    const onLinked = link !== undefined && !link.complement && rule === 'threshold' && head.threshold === 0.5
    if (!complement && !onRaw && !onLinked) return null
    if (link && !BINARY_LINKS.has(link.function)) return null
    const shift = onRaw ? head.threshold : 0
    const rows: TableRow[] = [
      { row: rowOf(0), intercept: (intercepts[0] ?? 0) - shift, label: labels[1] as Category },
      { row: zero, intercept: 0, label: labels[0] as Category },
    ]
    return regressionModel(ctx, origin, columns, rows, {
      functionName: 'classification',
      normalization: link?.function ?? 'logit',
    })
  }
  if (raw !== labels.length || rule === 'threshold') return null
  const sign = rule === 'argmin' ? -1 : 1
  const rows = labels.map(
    (label, k): TableRow => ({ row: rowOf(k).map((c) => sign * c), intercept: sign * (intercepts[k] ?? 0), label }),
  )
  const options = { functionName: 'classification' } as const
  if (!head.probabilities) {
    // only the order of the scores matters, and softmax keeps it
    if (link && !['identity', 'softmax', 'simplemax', 'logit', 'exp'].includes(link.function)) return null
    return regressionModel(ctx, origin, columns, rows, { ...options, normalization: 'softmax' })
  }
  switch (link?.function) {
    case 'softmax':
    case 'simplemax':
      return regressionModel(ctx, origin, columns, rows, { ...options, normalization: link.function })
    case undefined:
    case 'identity':
      // simplemax over scores that sum to one changes nothing, and unlike "none" it is defined for any number of classes
      return regressionModel(ctx, origin, columns, rows, { ...options, normalization: 'simplemax' })
    default:
      return null
  }
}

function regressionModel(
  ctx: PmmlContext,
  origin: readonly string[],
  columns: readonly Column[],
  rows: readonly TableRow[],
  options: { functionName: 'regression' | 'classification'; normalization: LinkFunction | undefined },
): ModelSpec {
  const scope = new Scope()
  const dataType = typeof rows[0]?.label === 'string' ? 'string' : 'integer'
  const tables = rows.map(({ row, intercept, label }) => {
    const { predictors, constant } = predictorsOf(ctx, scope, columns, row)
    const targetCategory = label === undefined ? undefined : formatValue(label, dataType)
    return el('RegressionTable', { intercept: formatNumber(intercept + constant), targetCategory }, predictors)
  })
  return {
    element: 'RegressionModel',
    functionName: options.functionName,
    attributes: { normalizationMethod: options.normalization === 'identity' ? undefined : options.normalization },
    scope,
    content: tables,
    origin,
  }
}

/** NumericPredictors, then CategoricalPredictors, as the schema orders them. */
function predictorsOf(ctx: PmmlContext, scope: Scope, columns: readonly Column[], row: Float64Array) {
  const numeric: Element[] = []
  const categorical: Element[] = []
  let constant = 0
  columns.forEach((column, i) => {
    const coefficient = row[i] ?? 0
    if (coefficient === 0) return
    if (column.kind === 'constant') {
      constant += coefficient * Number(column.value)
    } else if (column.kind === 'indicator' && !column.missing && !column.others) {
      const field = scope.use(column.field)
      for (const member of column.members) {
        const value = formatValue(member, column.field.dataType)
        categorical.push(el('CategoricalPredictor', { name: field, value, coefficient: formatNumber(coefficient) }))
      }
    } else {
      const name = scope.use(ctx.field(column))
      numeric.push(el('NumericPredictor', { name, coefficient: formatNumber(coefficient) }))
    }
  })
  return { predictors: [...numeric, ...categorical], constant }
}

/** The regression that predicts a column as it is. */
export function regressionOver(ctx: PmmlContext, origin: readonly string[], column: Column): ModelSpec {
  const rows = [{ row: Float64Array.of(1), intercept: 0 }]
  return regressionModel(ctx, origin, [column], rows, { functionName: 'regression', normalization: undefined })
}
