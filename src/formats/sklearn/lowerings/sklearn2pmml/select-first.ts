import { UnsupportedError } from '../../../../core/errors.ts'
import type { ValueName } from '../../../../core/ir/builder.ts'
import { apply, column, type Expression } from '../../../../core/ops/ml/expression.ts'
import { columnsRead } from '../../../../core/ops/ml/expression-type.ts'
import type { PyView } from '../../../../encodings/pickle/view.ts'
import { asClasses, asValue, byProbability } from '../classification.ts'
import { type Column, type Columns, columnsOf, mixedTable, numericTable, TABLE_OPS } from '../columns.ts'
import type { EstimatorLowering, LoweringContext } from '../context.ts'
import { derived } from '../derived-columns.ts'
import { classLabels } from '../estimator.ts'
import type { ClassPrediction } from '../prediction.ts'
import { rowExpression } from './expressions.ts'

interface Step {
  readonly estimator: PyView
  /** [N, 1], 1 where the step answers unless an earlier one does; undefined where it always may. */
  readonly condition: Column | undefined
}

/** (name, estimator, predicate) triples; predicates are about the controller's table where there is one. */
function stepsOf(ctx: LoweringContext, estimator: PyView, columns: Columns): Step[] {
  const controller = estimator.optional('controller')
  const table = controller ? ctx.transform(controller, columns) : columns
  return estimator
    .attr('steps')
    .items()
    .map((step) => {
      const predicate = rowExpression(ctx, step.item(2), table)
      if (columnsRead(predicate).size === 0) return { estimator: step.item(1), condition: undefined }
      return {
        estimator: step.item(1),
        condition: derived(ctx, mixedTable(ctx, table), [predicate], 'boolean')[0] as Column,
      }
    })
}

/** Of the steps' answers [N, K] those of the first step whose condition holds; missing where none does. */
function firstOf(ctx: LoweringContext, steps: readonly Step[], answers: readonly ValueName[]): ValueName {
  const width = ctx.builder.type(answers[0] ?? '').shape?.[1] as number
  const conditions = steps.flatMap(({ condition }) => (condition ? [condition] : []))
  const table = [...conditions, ...answers.flatMap((answer) => [...columnsOf(ctx, answer)])]
  const expressions = Array.from({ length: width }, (_, k) => {
    let result: Expression = { kind: 'constant', value: null, type: 'number' }
    let next = conditions.length
    for (const [s, { condition }] of [...steps.entries()].reverse()) {
      const answer = column(conditions.length + s * width + k)
      result = condition ? apply('if', column(--next), answer, result) : answer
    }
    return result
  })
  return ctx.builder.ml('ml.expression', numericTable(ctx, table), { expressions, type: 'number' })
}

function classifier(ctx: LoweringContext, estimator: PyView, columns: Columns): ClassPrediction {
  const steps = stepsOf(ctx, estimator, columns)
  const predictions = ctx.each(steps, (step) =>
    asClasses(ctx.predict(step.estimator, columns), step.estimator.className),
  )
  const own = estimator.optional('classes_')
  const classes = own ? classLabels(own) : (predictions[0] as ClassPrediction).classes
  const probabilities = predictions.map((prediction) => {
    const isSame = prediction.classes.labels.join('\n') === classes.labels.join('\n')
    if (isSame && prediction.probabilities !== undefined) return prediction.probabilities
    throw new UnsupportedError(
      'A SelectFirstClassifier can be converted only with members that have the same classes and probabilities',
    )
  })
  return byProbability(ctx, classes, firstOf(ctx, steps, probabilities))
}

function regressor(ctx: LoweringContext, estimator: PyView, columns: Columns): ValueName {
  const steps = stepsOf(ctx, estimator, columns)
  const answers = ctx.each(steps, (step) =>
    asValue(ctx, ctx.predict(step.estimator, columns), step.estimator.className),
  )
  return firstOf(ctx, steps, answers)
}

function transformer(ctx: LoweringContext, estimator: PyView, columns: Columns): Columns {
  const steps = stepsOf(ctx, estimator, columns)
  const answers = ctx.each(steps, (step) => ctx.concat(numericTable(ctx, ctx.transform(step.estimator, columns))))
  return columnsOf(ctx, firstOf(ctx, steps, answers))
}

const PRODUCES = [...TABLE_OPS, 'ml.expression'] as const

/** sklearn2pmml's choice by predicates: the first step whose predicate holds answers. */
export const selectFirst: readonly EstimatorLowering[] = [
  { operator: 'sklearn2pmml.SelectFirstClassifier', produces: [...PRODUCES, 'ml.label'], predict: classifier },
  {
    operator: 'sklearn2pmml.SelectFirstRegressor',
    produces: [...PRODUCES, 'Reshape'],
    predict: (ctx, estimator, columns) => ({ kind: 'values', value: regressor(ctx, estimator, columns) }),
  },
  { operator: 'sklearn2pmml.SelectFirstTransformer', produces: PRODUCES, transform: transformer },
]
