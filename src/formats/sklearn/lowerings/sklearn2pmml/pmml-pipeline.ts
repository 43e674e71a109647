import type { ValueName } from '../../../../core/ir/builder.ts'
import { apply, column, number } from '../../../../core/ops/ml/expression.ts'
import type { PyView } from '../../../../encodings/pickle/view.ts'
import { asColumn } from '../classification.ts'
import {
  type Columns,
  columnsOf,
  numericMatrix,
  numericTable,
  renamed,
  runsOfOneKind,
  TABLE_OPS,
  textMatrix,
} from '../columns.ts'
import { lastStage, pipelineTransform } from '../composition.ts'
import type { EstimatorLowering, LoweringContext } from '../context.ts'
import { matrix } from '../estimator.ts'
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
  const { last, table } = lastStage(ctx, pipeline, columns)
  const prediction = ctx.predict(last, table)
  extraAnswers(ctx, pipeline.optional('predict_transformer'), answersOf(ctx, pipeline, prediction))
  extraAnswers(ctx, pipeline.optional('predict_proba_transformer'), probabilitiesOf(ctx, prediction))
  if (last.isKind('object') && last.has('tree_') && hasWinnerId(last)) {
    const nodeId = leafIndices(ctx, last, table)
    ctx.extraOutputs.push({ value: nodeId, role: 'other', columns: ['nodeId'] })
    extraAnswers(ctx, pipeline.optional('apply_transformer'), columnsOf(ctx, nodeId, ['nodeId']))
  }
  if (last.has('_fit_X') && isAboutSeveral(ctx, prediction)) neighborAnswers(ctx, last, table)
  if (prediction.kind === 'clusters' && /KMeans$/.test(last.className)) affinities(ctx, last, table)
  return prediction
}

function isAboutSeveral(ctx: LoweringContext, prediction: Prediction): boolean {
  if (prediction.kind === 'multi') return true
  return prediction.kind === 'values' && Number(ctx.builder.type(prediction.value).shape?.[1]) > 1
}

/** Of several targets a PMML neighbour model tells the neighbours themselves: training rows, counted from 1. */
function neighborAnswers(ctx: LoweringContext, estimator: PyView, columns: Columns): void {
  const { indices } = nearestNeighbors(ctx, estimator, columns)
  const count = estimator.attr('n_neighbors').integer()
  const expressions = Array.from({ length: count }, (_, i) => apply('+', column(i), number(1)))
  const value = ctx.builder.ml('ml.expression', [indices], { expressions, type: 'number' })
  ctx.extraOutputs.push({ value, role: 'other', columns: expressions.map((_, i) => `neighbor(${i + 1})`) })
}

/** A PMML clustering model tells the squared distance to each center. */
function affinities(ctx: LoweringContext, estimator: PyView, columns: Columns): void {
  const { rows, data } = matrix(estimator.attr('cluster_centers_'))
  const value = ctx.builder.ml('ml.distance', numericTable(ctx, columns), { points: data, metric: 'squaredEuclidean' })
  const names = Array.from({ length: rows }, (_, k) => `affinity(${k})`)
  ctx.extraOutputs.push({ value, role: 'affinity', columns: names })
}

/** The predictions as a table whose columns are named `predict(TARGET)`. */
function answersOf(ctx: LoweringContext, pipeline: PyView, prediction: Prediction): Columns {
  const values: ValueName[] =
    prediction.kind === 'values'
      ? [prediction.value]
      : prediction.kind === 'multi'
        ? prediction.targets.flatMap((target) => (target.kind === 'values' ? [target.value] : []))
        : prediction.kind === 'outliers' || prediction.kind === 'neighbors'
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

/** Outputs that a transformer makes of answers. */
function extraAnswers(ctx: LoweringContext, transformer: PyView | undefined, answers: Columns): void {
  if (transformer === undefined || answers.length === 0) return
  const results = ctx.transform(transformer, answers)
  const names = derivedNames(
    transformer,
    answers.map((answer) => answer.name ?? 'x'),
    results.length,
  )
  let next = 0
  for (const run of runsOfOneKind(ctx, results)) {
    const value = run.isText ? textMatrix(ctx, run.columns) : numericMatrix(ctx, run.columns)
    ctx.extraOutputs.push({ value, role: 'other', columns: names.slice(next, next + run.columns.length) })
    next += run.columns.length
  }
}

export const pmmlPipelines: readonly EstimatorLowering[] = [
  {
    operator: 'sklearn2pmml.PMMLPipeline',
    produces: [...TABLE_OPS, 'ml.treeEnsemble', 'ml.distance', 'ml.nearest', 'ml.expression', 'Reshape'],
    predict,
    transform: pipelineTransform,
  },
]
