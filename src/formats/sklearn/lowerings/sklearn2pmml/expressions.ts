import { UnsupportedError } from '../../../../core/errors.ts'
import type { Category } from '../../../../core/ir/model.ts'
import type { LinkFunction } from '../../../../core/ops/ml/attributes.ts'
import { apply, type Expression, number } from '../../../../core/ops/ml/expression.ts'
import { columnsRead, expressionType } from '../../../../core/ops/ml/expression-type.ts'
import type { PyView } from '../../../../encodings/pickle/view.ts'
import { byProbability, CLASS_OPS } from '../classification.ts'
import { type Column, type Columns, isText, keyedTable, mixedTable, TABLE_OPS } from '../columns.ts'
import type { EstimatorLowering, LoweringContext } from '../context.ts'
import { derived } from '../derived-columns.ts'
import { category, classLabels, text } from '../estimator.ts'
import { parseFunction } from '../python/functions.ts'
import { parseExpression } from '../python/parser.ts'
import { type RowScope, translate } from '../python/translate.ts'
import { castTarget, truncated } from './casts.ts'
import { finiteValues, tabulated } from './finite-columns.ts'

/** The columns that an expression may name, and the functions that it may call. */
function scopeOf(ctx: LoweringContext, columns: Columns, definitions: readonly PyView[]): RowScope {
  return {
    positionOf: (key) => {
      const index =
        typeof key === 'string' ? columns.findIndex((each) => each.name === key) : key < 0 ? key + columns.length : key
      return index >= 0 && index < columns.length ? index : undefined
    },
    isText: (index) => {
      const each = columns[index]
      return each !== undefined && isText(ctx, each) === true
    },
    functions: definitions.map((definition) => parseFunction(definition.string())),
  }
}

/** A Python expression, as a string or as sklearn2pmml.util.Expression with functions of its own. */
export function rowExpression(ctx: LoweringContext, view: PyView, columns: Columns): Expression {
  if (typeof view.value === 'string') {
    if (!view.value.includes('\n')) return translate(parseExpression(view.value), scopeOf(ctx, columns, []))
    const fn = parseFunction(view.value)
    return translate(fn.body, scopeOf(ctx, columns, []))
  }
  const scope = scopeOf(ctx, columns, view.optional('function_defs')?.items() ?? [])
  return translate(parseExpression(view.attr('expr').string()), scope)
}

/** The result cast to the transformer's dtype. */
function cast(expression: Expression, dtype: PyView | undefined, isTextColumn: (i: number) => boolean): Expression {
  const target = castTarget(dtype)
  const type = expressionType(expression, isTextColumn)
  if (target === 'integer' && type === 'number') return truncated(expression)
  if (target === 'float32' && type !== 'string') return apply('x-float', expression)
  if (target === 'text' && type !== 'string') return apply('concat', expression)
  if (target === 'boolean' && type === 'number') return apply('notEqual', expression, number(0))
  return expression
}

const constant = (value: Category): Expression => ({
  kind: 'constant',
  value,
  type: typeof value === 'string' ? 'string' : 'number',
})

/** `map_missing_to` when any argument is missing, `default_value` when the result is. */
function withDefaults(estimator: PyView, expression: Expression): Expression {
  const mapMissing = estimator.optional('map_missing_to')
  const defaultView = estimator.optional('default_value')
  let result = expression
  if (defaultView) {
    result = apply('if', apply('isMissing', result), constant(category(defaultView)), result)
  }
  if (mapMissing) {
    const tests = [...columnsRead(expression)].map((index) => apply('isMissing', { kind: 'column', index }))
    const anyMissing = tests.length === 1 ? (tests[0] as Expression) : apply('or', ...tests)
    result = apply('if', anyMissing, constant(category(mapMissing)), result)
  }
  return result
}

function expressionTransformer(ctx: LoweringContext, estimator: PyView, columns: Columns): Columns {
  const textColumn = (i: number) => isText(ctx, columns[i] as Column) === true
  const plain = rowExpression(ctx, estimator.attr('expr'), columns)
  const expression = cast(
    withDefaults(estimator, plain),
    estimator.optional('dtype_') ?? estimator.optional('dtype'),
    textColumn,
  )
  const finite = finiteValues(ctx, expression, columns)
  if (finite) return [tabulated(ctx, finite)]
  const type = expressionType(expression, textColumn)
  const table = keyedTable(
    ctx,
    columns,
    columns.map((_, i) => textColumn(i)),
  )
  return derived(ctx, table, [expression], type)
}

/** One expression per class. */
function classifier(ctx: LoweringContext, estimator: PyView, columns: Columns) {
  const classes = classLabels(estimator.attr('classes_'))
  const method = text(estimator, 'normalization_method', 'none')
  const given = new Map(
    estimator
      .attr('class_exprs')
      .entries()
      .map(([key, view]) => [typeof key === 'string' ? key : Number(key), view]),
  )
  const table = mixedTable(ctx, columns)
  const expressions = classes.labels.flatMap((label) => {
    const view = given.get(label)
    return view ? [rowExpression(ctx, view, columns)] : []
  })
  const scores = ctx.builder.ml('ml.expression', table, { expressions, type: 'number' })
  if (expressions.length === classes.labels.length) {
    if (method !== 'simplemax' && method !== 'softmax')
      throw new UnsupportedError(`normalization_method=${method} can not be converted`)
    return byProbability(ctx, classes, ctx.builder.ml('ml.link', [scores], { function: method }))
  }
  const isSecond = given.has(classes.labels[1] ?? '')
  if (classes.labels.length !== 2 || !isSecond) {
    throw new UnsupportedError('An ExpressionClassifier without an expression for every class can not be converted')
  }
  const link: LinkFunction = method === 'logit' ? 'logit' : 'identity'
  return byProbability(ctx, classes, ctx.builder.ml('ml.link', [scores], { function: link, complement: true }))
}

function regressor(ctx: LoweringContext, estimator: PyView, columns: Columns): string {
  const expression = rowExpression(ctx, estimator.attr('expr'), columns)
  const isExp = text(estimator, 'normalization_method', 'none') === 'exp'
  const expressions = [isExp ? apply('exp', expression) : expression]
  return ctx.builder.ml('ml.expression', mixedTable(ctx, columns), { expressions, type: 'number' })
}

export const expressionModels: readonly EstimatorLowering[] = [
  {
    operator: 'sklearn2pmml.ExpressionTransformer',
    produces: [...TABLE_OPS, 'ml.expression'],
    transform: expressionTransformer,
  },
  {
    operator: 'sklearn2pmml.ExpressionClassifier',
    produces: [...TABLE_OPS, 'ml.expression', ...CLASS_OPS],
    predict: classifier,
  },
  {
    operator: 'sklearn2pmml.ExpressionRegressor',
    produces: [...TABLE_OPS, 'ml.expression'],
    predict: (ctx, estimator, columns) => ({ kind: 'values', value: regressor(ctx, estimator, columns) }),
  },
]
