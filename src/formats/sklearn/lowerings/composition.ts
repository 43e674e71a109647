import { UnsupportedError } from '../../../core/errors.ts'
import type { PyView } from '../../../encodings/pickle/view.ts'
import { operatorOf } from '../class-names.ts'
import { selectedColumns } from './column-selection.ts'
import { type Columns, columnsOf, numericMatrix, renamed, TABLE_OPS } from './columns.ts'
import type { EstimatorLowering, LoweringContext } from './context.ts'
import type { Prediction } from './prediction.ts'

/** The estimators of `steps`: (name, estimator) pairs. */
export const stepsOf = (pipeline: PyView): PyView[] =>
  pipeline
    .attr('steps')
    .items()
    .map((step) => step.item(1))

/** The table after all steps but the last. */
export function beforeLastStep(ctx: LoweringContext, pipeline: PyView, columns: Columns): Columns {
  let table = columns
  for (const step of stepsOf(pipeline).slice(0, -1)) table = ctx.transform(step, table)
  return table
}

function lastStep(pipeline: PyView): PyView {
  return stepsOf(pipeline).at(-1) ?? pipeline.fail('the pipeline has no steps')
}

/** The last estimator of a pipeline, through pipelines inside it, and the table that it sees. */
export function lastStage(ctx: LoweringContext, pipeline: PyView, columns: Columns): { last: PyView; table: Columns } {
  const table = beforeLastStep(ctx, pipeline, columns)
  const last = lastStep(pipeline)
  return operatorOf(last) === 'sklearn.Pipeline' ? lastStage(ctx, last, table) : { last, table }
}

export function pipelinePredict(ctx: LoweringContext, pipeline: PyView, columns: Columns): Prediction {
  return ctx.predict(lastStep(pipeline), beforeLastStep(ctx, pipeline, columns))
}

export function pipelineTransform(ctx: LoweringContext, pipeline: PyView, columns: Columns): Columns {
  return ctx.transform(lastStep(pipeline), beforeLastStep(ctx, pipeline, columns))
}

/** A branch's columns, multiplied by its weight in `transformer_weights`. */
function weighted(ctx: LoweringContext, owner: PyView, name: string, columns: Columns): Columns {
  const weight = owner.optional('transformer_weights')?.findKey(name)
  if (weight === undefined || columns.length === 0) return columns
  const factor = new Float64Array(columns.length).fill(weight.number())
  return columnsOf(ctx, ctx.builder.ml('ml.scale', [numericMatrix(ctx, columns)], { factor }))
}

function featureUnion(ctx: LoweringContext, union: PyView, columns: Columns): Columns {
  const branches = ctx.each(union.attr('transformer_list').items(), (branch) => {
    const transformer = branch.item(1)
    if (transformer.value === 'drop') return []
    return weighted(ctx, union, branch.item(0).string(), ctx.transform(transformer, columns))
  })
  return branches.flat()
}

function columnTransformer(ctx: LoweringContext, estimator: PyView, columns: Columns): Columns {
  const transformers = estimator.find('transformers_')
  if (!transformers) throw new UnsupportedError('The ColumnTransformer is not fitted')
  const branches = ctx.each(transformers.items(), (branch) => {
    const transformer = branch.item(1)
    if (transformer.value === 'drop') return []
    const selected = selectedColumns(estimator, branch.item(0).string(), branch.item(2), columns)
    if (selected.length === 0) return []
    return weighted(ctx, estimator, branch.item(0).string(), ctx.transform(transformer, selected))
  })
  return withOutputNames(estimator, branches.flat())
}

/** A transformer with `set_output(transform="pandas")` names its columns; later steps may select by these names. */
function withOutputNames(estimator: PyView, columns: Columns): Columns {
  const isFrame = estimator.optional('_sklearn_output_config')?.findKey('transform')?.value !== undefined
  return isFrame ? columns : renamed(columns)
}

export const composition: readonly EstimatorLowering[] = [
  { operator: 'sklearn.Pipeline', produces: [], predict: pipelinePredict, transform: pipelineTransform },
  { operator: 'sklearn.FeatureUnion', produces: [...TABLE_OPS, 'ml.scale'], transform: featureUnion },
  { operator: 'sklearn.ColumnTransformer', produces: [...TABLE_OPS, 'ml.scale'], transform: columnTransformer },
]
