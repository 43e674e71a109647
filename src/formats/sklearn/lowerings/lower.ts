import type { Diagnostic } from '../../../core/diagnostics.ts'
import { UnsupportedError } from '../../../core/errors.ts'
import { GraphBuilder } from '../../../core/ir/builder.ts'
import type { ModelOutput } from '../../../core/ir/model.ts'
import { hubOps } from '../../../core/ops/hub-ops.ts'
import type { LowerResult } from '../../../core/source-model.ts'
import type { PyView } from '../../../encodings/pickle/view.ts'
import { Blocked, LoweringContext } from './context.ts'
import { loweringTable } from './index.ts'
import { InputTable, TextColumnFound } from './input-table.ts'
import { predictionOutputs, transformOutputs } from './outputs.ts'
import { type InputColumns, inputColumns } from './signature.ts'

/** What the reader knows about the model besides its tree. */
export interface SourceFacts {
  readonly nodeOf: (estimator: PyView) => string | undefined
  readonly metadata: Readonly<Record<string, string>>
}

/** Lowers a fitted estimator to the hub: its predictions, or the table that it transforms to. */
export function lowerEstimator(model: PyView, facts: SourceFacts): LowerResult {
  const columns = columnsOf(model, facts)
  if ('severity' in columns) return { diagnostics: [columns] }
  const { names, named } = columns
  if (named) return lowerOver(model, facts, names, 'columns')
  try {
    return lowerOver(model, facts, names, 'matrix')
  } catch (error) {
    if (!(error instanceof TextColumnFound)) throw error
    return lowerOver(model, facts, names, 'columns')
  }
}

/** The model's input columns, or the reason why nobody can tell them. */
function columnsOf(model: PyView, facts: SourceFacts): InputColumns | Diagnostic {
  try {
    return inputColumns(model)
  } catch (error) {
    if (!(error instanceof UnsupportedError)) throw error
    const { message, hint } = error
    const origin = [facts.nodeOf(model)].filter((id) => id !== undefined)
    return { severity: 'blocked', code: 'unknown-columns', message, ...(hint === undefined ? {} : { hint }), origin }
  }
}

function lowerOver(
  model: PyView,
  facts: SourceFacts,
  names: readonly string[],
  layout: 'matrix' | 'columns',
): LowerResult {
  const builder = new GraphBuilder('model', hubOps)
  const inputs = new InputTable(builder, names, layout)
  const ctx = new LoweringContext({ builder, inputs, lowerings: loweringTable, nodeOf: facts.nodeOf })
  let outputs: ModelOutput[]
  try {
    outputs = outputsOf(ctx, model, names)
  } catch (error) {
    if (error instanceof Blocked) return { diagnostics: ctx.diagnostics }
    throw error
  }
  const signature = inputs.signature()
  const graph = { ...builder.build(outputs.map((o) => o.value)), inputs: signature.map((input) => input.value) }
  return { model: { graph, inputs: signature, outputs, metadata: facts.metadata }, diagnostics: ctx.diagnostics }
}

function outputsOf(ctx: LoweringContext, model: PyView, names: readonly string[]): ModelOutput[] {
  const columns = names.map((name, input) => ({ input, name }))
  const predicts = predictsAtTheEnd(ctx, model)
  return predicts
    ? predictionOutputs(ctx, model, ctx.predict(model, columns))
    : transformOutputs(ctx, ctx.transform(model, columns))
}

/** Whether the model is asked for predictions: its last estimator has some. An unknown one is asked for them, to be reported. */
function predictsAtTheEnd(ctx: LoweringContext, model: PyView): boolean {
  const last = lastEstimator(model)
  return ctx.canPredict(last) || !ctx.canTransform(last)
}

function lastEstimator(model: PyView): PyView {
  const steps = model.isKind('object') ? model.optional('steps')?.items() : undefined
  const last = steps?.at(-1)?.item(1)
  return last?.isKind('object') ? lastEstimator(last) : model
}
