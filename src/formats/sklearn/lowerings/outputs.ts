import { UnsupportedError } from '../../../core/errors.ts'
import type { ValueName } from '../../../core/ir/builder.ts'
import type { ModelOutput } from '../../../core/ir/model.ts'
import type { PyView } from '../../../encodings/pickle/view.ts'
import { type Columns, numericMatrix, runsOfOneKind, textMatrix } from './columns.ts'
import type { LoweringContext } from './context.ts'
import type { ClassPrediction, ClusterPrediction, Prediction } from './prediction.ts'
import { targetNames } from './signature.ts'

/** Names the outputs of a prediction as JPMML does: the target's name, `probability(LABEL)`, `cluster`, … */
export function predictionOutputs(ctx: LoweringContext, model: PyView, prediction: Prediction): ModelOutput[] {
  const extra = ctx.extraOutputs.map((output): ModelOutput => ({ ...output, value: distinct(ctx, output.value) }))
  const single = targetNames(model, 1)[0] as string
  switch (prediction.kind) {
    case 'classes':
      return [
        labelOutput(ctx, prediction, labelName(model, prediction, single)),
        ...probabilityOutputs(ctx, prediction, (name) => `probability(${name})`),
        ...extra,
      ]
    case 'values': {
      const width = ctx.builder.type(prediction.value).shape?.[1]
      const columns = targetNames(model, typeof width === 'number' ? width : 1)
      return [{ value: distinct(ctx, prediction.value), role: 'value', columns }, ...extra]
    }
    case 'clusters':
      return [
        { value: prediction.label, role: 'cluster', columns: ['cluster'] },
        ...clusterProbabilities(ctx, prediction),
        ...extra,
      ]
    case 'outliers':
      return [
        { value: prediction.decision, role: 'decision', columns: ['decisionFunction'] },
        { value: prediction.outlier, role: 'other', columns: ['outlier'], dataType: 'boolean' },
        ...extra,
      ]
    case 'neighbors': {
      const count = ctx.builder.type(prediction.indices).shape?.[1] as number
      const columns = Array.from({ length: count }, (_, i) => `neighbor(${i + 1})`)
      return [{ value: prediction.indices, role: 'other', columns }, ...extra]
    }
    case 'multi':
      return [...multiOutputs(ctx, model, prediction.targets), ...extra]
  }
}

/** scikit-learn answers with its label; PMML has the most probable class under the target's name, and others beside it. */
const labelName = (model: PyView, { labelFunction }: ClassPrediction, target: string): string =>
  labelFunction !== undefined && model.className === 'PMMLPipeline' ? `${labelFunction}(${target})` : target

function labelOutput(ctx: LoweringContext, prediction: ClassPrediction, name: string): ModelOutput {
  const { labels, dataType } = prediction.classes
  return { value: distinct(ctx, prediction.label), role: 'label', columns: [name], classes: labels, dataType }
}

function probabilityOutputs(
  ctx: LoweringContext,
  { classes, probabilities }: ClassPrediction,
  nameOf: (label: string) => string,
): ModelOutput[] {
  if (probabilities === undefined) return []
  const columns = classes.names.map(nameOf)
  return [{ value: distinct(ctx, probabilities), role: 'probability', columns, classes: classes.labels }]
}

function clusterProbabilities(ctx: LoweringContext, { clusters, probabilities }: ClusterPrediction): ModelOutput[] {
  if (probabilities === undefined) return []
  const classes = Array.from({ length: clusters }, (_, k) => k)
  const columns = classes.map((k) => `probability(${k})`)
  return [{ value: distinct(ctx, probabilities), role: 'probability', columns, classes }]
}

function multiOutputs(ctx: LoweringContext, model: PyView, targets: readonly Prediction[]): ModelOutput[] {
  const names = targetNames(model, targets.length)
  return targets.flatMap((target, i): ModelOutput[] => {
    const name = names[i] as string
    if (target.kind === 'values') return [{ value: distinct(ctx, target.value), role: 'value', columns: [name] }]
    if (target.kind !== 'classes') throw new UnsupportedError('One of several targets is neither a class nor a number')
    return [
      labelOutput(ctx, target, name),
      ...probabilityOutputs(ctx, target, (label) => `probability(${name}, ${label})`),
    ]
  })
}

/** The table that a transformer gives, named `transform(0)` …; numbers and text are outputs of their own. */
export function transformOutputs(ctx: LoweringContext, columns: Columns): ModelOutput[] {
  let next = 0
  return runsOfOneKind(ctx, columns).map((run): ModelOutput => {
    const value = run.isText ? textMatrix(ctx, run.columns) : numericMatrix(ctx, run.columns)
    const names = run.columns.map((_, i) => `transform(${next + i})`)
    next += run.columns.length
    return { value: distinct(ctx, value), role: 'transform', columns: names }
  })
}

/** A value that may stand as an output: graph inputs and constants are copied. */
function distinct(ctx: LoweringContext, value: ValueName): ValueName {
  const isInput = ctx.inputs.signature().some((input) => input.value === value)
  return isInput ? ctx.builder.op('Identity', [value]) : value
}
