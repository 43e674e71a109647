import type { Category } from '../../../../core/ir/model.ts'
import { apply, type Expression, number } from '../../../../core/ops/ml/expression.ts'
import type { PyView } from '../../../../encodings/pickle/view.ts'
import { type Columns, mixedTable, TABLE_OPS } from '../columns.ts'
import type { EstimatorLowering, LoweringContext } from '../context.ts'
import { category, pythonText } from '../estimator.ts'
import type { ClassLabels, ClassPrediction } from '../prediction.ts'
import { rowExpression } from './expressions.ts'

/** The scores of the rules in order of appearance, the default one last, each once. */
function classesOf(scores: readonly PyView[]): ClassLabels {
  const byLabel = new Map<Category, string>()
  for (const score of scores) byLabel.set(category(score), pythonText(score))
  const labels = [...byLabel.keys()]
  const isText = labels.some((label) => typeof label === 'string')
  return {
    labels,
    names: [...byLabel.values()],
    dataType: isText ? 'string' : labels.every(Number.isInteger) ? 'integer' : 'double',
  }
}

/** The score of the first rule that holds, else the default one. */
function predict(ctx: LoweringContext, classifier: PyView, columns: Columns): ClassPrediction {
  const rules = classifier.attr('rules').items()
  const fallback = classifier.optional('default_score')
  const scores = rules.map((rule) => rule.item(1))
  const classes = classesOf(fallback ? [...scores, fallback] : scores)
  const conditions = rules.map((rule) => rowExpression(ctx, rule.item(0), columns))
  const positionOf = (score: PyView) => number(classes.labels.indexOf(category(score)))
  const otherwise: Expression = fallback ? positionOf(fallback) : { kind: 'constant', value: null, type: 'number' }
  const position = conditions.reduceRight<Expression>(
    (rest, condition, i) => apply('if', condition, positionOf(scores[i] as PyView), rest),
    otherwise,
  )
  const chosen = ctx.builder.ml('ml.expression', mixedTable(ctx, columns), { expressions: [position], type: 'number' })
  const keys = classes.labels.map((_, k) => k)
  const encodings = [{ keys, slots: keys, size: keys.length, unknownSlot: -1, missingSlot: -1 }]
  const votes = ctx.builder.ml('ml.oneHot', [chosen], { encodings })
  const label = ctx.builder.ml('ml.label', [votes], { labels: classes.labels, rule: 'argmax' })
  return { kind: 'classes', classes, label }
}

export const ruleSets: readonly EstimatorLowering[] = [
  {
    operator: 'sklearn2pmml.RuleSetClassifier',
    produces: [...TABLE_OPS, 'ml.expression', 'ml.oneHot', 'ml.label'],
    predict,
  },
]
