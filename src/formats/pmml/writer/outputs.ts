import type { Diagnostic } from '../../../core/diagnostics.ts'
import type { ModelOutput } from '../../../core/ir/model.ts'
import { classifier, type ExtraField } from './classifier.ts'
import type { PmmlContext } from './context.ts'
import { type Decision, decisionOf, isDistribution } from './decisions.ts'
import { el } from './element.ts'
import { regressionsOf } from './emitters/regressions.ts'
import { networkRegression } from './network/neural-network.ts'
import { type ModelSpec, Scope, type Segment, type Target } from './segment.ts'

/**
 * Appends the models that give the hub model's outputs. What an OutputField only repeats is computed first, so that the
 * last model of the chain, which carries those fields, comes after everything they depend on. Where the predictions can
 * be written, other outputs that can not are left out, and a diagnostic says so.
 */
export function writeOutputs(ctx: PmmlContext): void {
  const { outputs } = ctx.model
  const decisions = outputs.flatMap((output) => decisionOf(ctx, output) ?? [])
  const told = new Set(decisions.flatMap(({ output, probability }) => [output, probability]))
  const values = outputs.filter((output) => output.role === 'value' && !told.has(output))
  const predicted = outputs.filter((output) => values.includes(output) || decisions.some((d) => d.output === output))
  const others = outputs.filter((output) => !told.has(output) && !values.includes(output))
  const extras = others.flatMap((output) => {
    const attempt = ctx.attempt(() => extraFields(ctx, output))
    if ('result' in attempt) return attempt.result
    if (predicted.length > 0) leaveOut(ctx, output, attempt.blockers)
    else ctx.diagnostics.push(...attempt.blockers)
    return []
  })
  for (const output of predicted) {
    const decision = decisions.find((d) => d.output === output)
    const isLast = output === predicted.at(-1)
    const attempt = ctx.attempt(() => (decision ? decided(ctx, decision, isLast) : regressions(ctx, output)))
    if ('result' in attempt) extras.push(...attempt.result)
    else ctx.diagnostics.push(...attempt.blockers)
  }
  if (extras.length > 0) tellExtras(ctx, extras)
}

/** A label, with its probabilities where PMML can say how they come about. */
function decided(ctx: PmmlContext, decision: Decision, isLast: boolean): ExtraField[] {
  const { probability } = decision
  if (!probability) return classifier(ctx, decision, isLast)
  if (!isDistribution(ctx, probability.value)) {
    const scores = extraFields(ctx, probability)
    return [...scores, ...classifier(ctx, { ...decision, probability: undefined }, isLast)]
  }
  const attempt = ctx.attempt(() => classifier(ctx, decision, isLast))
  if ('result' in attempt) return attempt.result
  const extras = classifier(ctx, { ...decision, probability: undefined }, isLast)
  leaveOut(ctx, probability, attempt.blockers)
  return extras
}

function leaveOut(ctx: PmmlContext, output: ModelOutput, blockers: readonly Diagnostic[]): void {
  ctx.leftOut.add(output)
  const [reason] = blockers
  const names = output.columns?.join(', ') ?? output.value
  ctx.diagnostics.push({
    severity: 'lossy',
    code: 'output-left-out',
    message: `left out: ${names}. ${reason?.message ?? ''}`,
    hint: 'Convert to ONNX where these are needed; the prediction is not affected.',
    origin: reason?.origin ?? [],
    ...(reason?.operator === undefined ? {} : { operator: reason.operator }),
  })
}

/** A network for all columns of a value output, or one regression per column. */
function regressions(ctx: PmmlContext, output: ModelOutput): ExtraField[] {
  const target = (k: number): Target => {
    const name = ctx.name(output.columns?.[k] ?? `${output.value}(${k})`)
    return { name, dataType: output.dataType ?? 'double', opType: 'continuous' }
  }
  const network = networkRegression(ctx, output.value)
  if (network) {
    ctx.addSegment(network, output.columns?.map((_, k) => target(k)) ?? [target(0)], [])
    return []
  }
  for (const [k, spec] of regressionsOf(ctx, output.value).entries()) ctx.addSegment(spec, [target(k)], [])
  return []
}

/** The columns of an output that no model predicts by itself, as fields. */
function extraFields(ctx: PmmlContext, output: ModelOutput): ExtraField[] {
  return ctx.columns(output.value).map((column, k) => {
    const name = output.columns?.[k] ?? `${output.value}(${k})`
    return { field: ctx.field(column, `derived(${name})`), name }
  })
}

/** Extra columns are told by OutputFields of the last model; without any model a constant one carries them. */
function tellExtras(ctx: PmmlContext, extras: readonly ExtraField[]): void {
  const last = ctx.segments.at(-1)?.targets.length ? (ctx.segments.at(-1) as Segment) : carrier(ctx)
  for (const { field, name } of extras) {
    last.spec.scope.use(field)
    last.outputs.push({
      name: ctx.name(name),
      feature: 'transformedValue',
      dataType: field.dataType,
      opType: field.opType,
      expression: el('FieldRef', { field: field.name }),
      final: true,
    })
  }
}

function carrier(ctx: PmmlContext): Segment {
  const content = [el('RegressionTable', { intercept: 0 })]
  const spec: ModelSpec = {
    element: 'RegressionModel',
    functionName: 'regression',
    attributes: {},
    scope: new Scope(),
    content,
    origin: [],
  }
  return ctx.addSegment(spec, [], [])
}
