import type { ValueName } from '../../../../core/ir/builder.ts'
import { apply, column, number } from '../../../../core/ops/ml/expression.ts'
import type { PyView } from '../../../../encodings/pickle/view.ts'
import { asColumn } from '../classification.ts'
import { type Columns, columnsOf, numericMatrix, renamed, TABLE_OPS } from '../columns.ts'
import { beforeLastStep, pipelineTransform, stepsOf } from '../composition.ts'
import type { EstimatorLowering, LoweringContext } from '../context.ts'
import { nearestNeighbors } from '../neighbors.ts'
import type { Prediction } from '../prediction.ts'
import { targetNames } from '../signature.ts'
import { leafIndices } from '../tree-leaves.ts'
import { derivedNames } from './derived-names.ts'

/** The option of `pipeline.configure(winner_id=True)`: which leaf answered is an output of its own. */
const hasWinnerId = (estimator: PyView): boolean =>
  estimator.optional('pmml_options_')?.findKey('winner_id')?.value === true

/** A pipeline for PMML: its further transformers make outputs of the predictions, probabilities and leaves. */
function predict(ctx: LoweringContext, pipeline: PyView, columns: Columns): Prediction {
  const table = beforeLastStep(ctx, pipeline, columns)
  const last = stepsOf(pipeline).at(-1) ?? pipeline.fail('the pipeline has no steps')
  const prediction = ctx.predict(last, table)
  extraAnswers(ctx, pipeline.optional('predict_transformer'), answersOf(ctx, pipeline, prediction))
  extraAnswers(ctx, pipeline.optional('predict_proba_transformer'), probabilitiesOf(ctx, prediction))
  if (last.isKind('object') && last.has('tree_') && hasWinnerId(last)) {
    const nodeId = leafIndices(ctx, last, table)
    ctx.extraOutputs.push({ value: nodeId, role: 'other', columns: ['nodeId'] })
    extraAnswers(ctx, pipeline.optional('apply_transformer'), columnsOf(ctx, nodeId, ['nodeId']))
  }
  if (prediction.kind === 'multi' && last.has('_fit_X')) neighborAnswers(ctx, last, table)
  return prediction
}

/** Of several targets a PMML neighbour model tells the neighbours themselves: training rows, counted from 1. */
function neighborAnswers(ctx: LoweringContext, estimator: PyView, columns: Columns): void {
  const { indices } = nearestNeighbors(ctx, estimator, columns)
  const count = estimator.attr('n_neighbors').integer()
  const expressions = Array.from({ length: count }, (_, i) => apply('+', column(i), number(1)))
  const value = ctx.builder.ml('ml.expression', [indices], { expressions, type: 'number' })
  ctx.extraOutputs.push({ value, role: 'other', columns: expressions.map((_, i) => `neighbor(${i + 1})`) })
}

/** The predictions as a table whose columns are named `predict(TARGET)`. */
function answersOf(ctx: LoweringContext, pipeline: PyView, prediction: Prediction): Columns {
  const values: ValueName[] =
    prediction.kind === 'values'
      ? [prediction.value]
      : prediction.kind === 'multi'
        ? prediction.targets.flatMap((target) => (target.kind === 'values' ? [target.value] : []))
        : prediction.kind === 'outliers'
          ? []
          : [asColumn(ctx, prediction.label)]
  const columns = values.flatMap((value) => [...columnsOf(ctx, value)])
  return renamed(
    columns,
    targetNames(pipeline, columns.length).map((name) => `predict(${name})`),
  )
}

function probabilitiesOf(ctx: LoweringContext, prediction: Prediction): Columns {
  if (prediction.kind !== 'classes' || prediction.probabilities === undefined) return []
  return columnsOf(
    ctx,
    prediction.probabilities,
    prediction.classes.names.map((name) => `probability(${name})`),
  )
}

/** Outputs that a transformer makes of answers; those of text stay inside, as they only describe. */
function extraAnswers(ctx: LoweringContext, transformer: PyView | undefined, answers: Columns): void {
  if (transformer === undefined || answers.length === 0) return
  const results = ctx.transform(transformer, answers)
  if (results.some((result) => 'value' in result && ctx.builder.type(result.value).dtype === 'string')) return
  const names = derivedNames(
    transformer,
    answers.map((answer) => answer.name ?? 'x'),
    results.length,
  )
  ctx.extraOutputs.push({ value: numericMatrix(ctx, results), role: 'other', columns: names })
}

export const pmmlPipelines: readonly EstimatorLowering[] = [
  {
    operator: 'sklearn2pmml.PMMLPipeline',
    produces: [...TABLE_OPS, 'ml.treeEnsemble', 'ml.distance', 'ml.nearest', 'ml.expression', 'Reshape'],
    predict,
    transform: pipelineTransform,
  },
]
