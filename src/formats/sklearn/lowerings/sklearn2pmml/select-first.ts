import { UnsupportedError } from '../../../../core/errors.ts'
import type { ValueName } from '../../../../core/ir/builder.ts'
import { apply, column, type Expression } from '../../../../core/ops/ml/expression.ts'
import { columnsRead } from '../../../../core/ops/ml/expression-type.ts'
import type { PyView } from '../../../../encodings/pickle/view.ts'
import { asValue, byProbability } from '../classification.ts'
import { type Column, type Columns, columnsOf, mixedTable, numericTable, TABLE_OPS } from '../columns.ts'
import type { EstimatorLowering, LoweringContext } from '../context.ts'
import { derived } from '../derived-columns.ts'
import { classLabels } from '../estimator.ts'
import type { ClassPrediction, Prediction } from '../prediction.ts'
import { rowExpression } from './expressions.ts'

/** A step of a conditional ensemble. */
export interface Step {
  readonly estimator: PyView
  /** [N, 1], 1 where the step answers unless an earlier one does; undefined where it always may. */
  readonly condition: Column | undefined
}

/** (name, estimator, predicate) triples; predicates are about the controller's table where there is one. */
export function conditionalSteps(ctx: LoweringContext, estimator: PyView, columns: Columns): Step[] {
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

/** The answer of the first step whose condition holds: probabilities where the steps have classes, else numbers. */
export function firstAnswer(
  ctx: LoweringContext,
  estimator: PyView,
  steps: readonly Step[],
  columns: Columns,
): Prediction {
  const predictions = ctx.each(steps, (step) => ctx.predict(step.estimator, columns))
  const classes = predictions.flatMap((prediction) => (prediction.kind === 'classes' ? [prediction] : []))
  if (classes.length === steps.length) return firstClasses(ctx, estimator, steps, classes)
  const answers = predictions.map((prediction, i) => asValue(ctx, prediction, (steps[i] as Step).estimator.className))
  return { kind: 'values', value: firstOf(ctx, steps, answers) }
}

function firstClasses(
  ctx: LoweringContext,
  estimator: PyView,
  steps: readonly Step[],
  predictions: readonly ClassPrediction[],
): ClassPrediction {
  const own = estimator.optional('classes_')
  const classes = own ? classLabels(own) : (predictions[0] as ClassPrediction).classes
  const probabilities = predictions.map((prediction) => {
    const isSame = prediction.classes.labels.join('\n') === classes.labels.join('\n')
    if (isSame && prediction.probabilities !== undefined) return prediction.probabilities
    throw new UnsupportedError(
      'A choice between classifiers can be converted only when all have the same classes and probabilities',
    )
  })
  return byProbability(ctx, classes, firstOf(ctx, steps, probabilities))
}

const predict = (ctx: LoweringContext, estimator: PyView, columns: Columns): Prediction =>
  firstAnswer(ctx, estimator, conditionalSteps(ctx, estimator, columns), columns)

function transformer(ctx: LoweringContext, estimator: PyView, columns: Columns): Columns {
  const steps = conditionalSteps(ctx, estimator, columns)
  const answers = ctx.each(steps, (step) => ctx.concat(numericTable(ctx, ctx.transform(step.estimator, columns))))
  return columnsOf(ctx, firstOf(ctx, steps, answers))
}

const PRODUCES = [...TABLE_OPS, 'ml.expression'] as const

/** sklearn2pmml's choice by predicates: the first step whose predicate holds answers. */
export const selectFirst: readonly EstimatorLowering[] = [
  { operator: 'sklearn2pmml.SelectFirstClassifier', produces: [...PRODUCES, 'ml.label'], predict },
  { operator: 'sklearn2pmml.SelectFirstRegressor', produces: [...PRODUCES, 'Reshape'], predict },
  { operator: 'sklearn2pmml.SelectFirstTransformer', produces: PRODUCES, transform: transformer },
]
