import { apply, type Expression } from '../../../../../core/ops/ml/expression.ts'
import { block } from '../../blocked.ts'
import { type Formula, FormulaBuilder, formulaOfValue } from '../../columns/formula.ts'
import type { Field } from '../../fields/field.ts'
import { targetFieldsOf } from '../../fields/mining-schema.ts'
import { predicateFormula } from '../../predicates/predicate.ts'
import {
  columnOf,
  columnOfVector,
  type ModelEnv,
  type ModelResult,
  type OutputEntry,
  once,
  type Prediction,
  type TargetPrediction,
  vectorOf,
} from '../prediction.ts'
import { rescaled } from '../target.ts'
import type { Segmentation } from './segments.ts'

/** A segment of a chain, and when it takes part. */
interface Link {
  readonly id: string
  readonly result: ModelResult
  /** Absent where it always does. */
  readonly condition?: Formula
}

/** modelChain: each segment's output fields are fields of the next; the answer of the last one that holds counts. */
export function chained(env: ModelEnv, { segments, method }: Segmentation): ModelResult {
  const { ctx, scope } = env
  const links = segments.map(({ id, model, predicate }): Link => {
    const result = env.nested(model)
    if (!predicate) {
      for (const { name, field } of result.outputs) scope.define(name, field)
      return { id, result }
    }
    const condition = formulaOfValue(ctx.tables.value(predicateFormula(ctx, scope, predicate)))
    const outputs = result.outputs.map((output): OutputEntry => {
      const { of: _, ...entry } = output
      return { ...entry, field: once(() => whereTrue(env, condition, output.field())) }
    })
    for (const { name, field } of outputs) scope.define(name, field)
    return { id, result: { ...result, outputs }, condition }
  })
  const outputs = links.flatMap(({ result }) => result.outputs)
  const byId = new Map(links.flatMap(({ id, result, condition }) => (condition ? [] : [[id, result] as const])))
  const all = links.flatMap(({ result }) => result.predictions)
  if (method === 'multiModelChain') return { predictions: all, outputs, segments: byId }
  const predictions = namedByChain(env, all) ?? lastThatHolds(env, links)
  const [only] = predictions
  if (predictions.length !== 1 || !only) return { predictions, outputs, segments: byId }
  return { predictions: [inTermsOf(env, only)], outputs, segments: byId }
}

/** What the last segment of a chain that holds predicts; those before one that always does never are the last. */
function lastThatHolds(env: ModelEnv, links: readonly Link[]): readonly TargetPrediction[] {
  const sure = links.findLastIndex(({ condition }) => !condition)
  const [last, ...earlier] = links
    .slice(Math.max(sure, 0))
    .reverse()
    .map(({ condition, result }) => ({ condition, prediction: result.predictions[0] }))
  if (!last?.prediction) return block(env.model, 'its last model predicts nothing')
  if (!last.condition) return links.at(-1)?.result.predictions ?? []
  const { kind } = last.prediction.prediction
  const candidates = [last, ...earlier.filter(({ prediction }) => prediction?.prediction.kind === kind)]
  const predictions = candidates.flatMap(({ prediction }) => prediction ?? [])
  const conditions = candidates.map(({ condition }) => condition)
  const prediction = choice(
    env,
    predictions.map((each) => each.prediction),
    (formulas) => firstOf(conditions, formulas),
  )
  return [{ target: (predictions[0] as TargetPrediction).target, prediction }]
}

/** The predictions of the chain's own targets, where it names several: each is that of the last model about it. */
function namedByChain({ model }: ModelEnv, all: readonly TargetPrediction[]): TargetPrediction[] | undefined {
  const names = targetFieldsOf(model)
  const found = names.flatMap((name) => all.findLast(({ target }) => target.name === name) ?? [])
  return names.length > 1 && found.length === names.length ? found : undefined
}

/** The chain's own target names the prediction of its last model. */
function inTermsOf({ target }: ModelEnv, { prediction, target: inner }: TargetPrediction): TargetPrediction {
  const named = target.name === undefined ? inner : target
  if (prediction.kind !== 'value' || target.element === inner.element) return { target: named, prediction }
  return { target: named, prediction: { ...prediction, formula: rescaled(prediction.formula, target) } }
}

/** The field where the condition holds, else missing. */
function whereTrue({ ctx }: ModelEnv, condition: Formula, field: Field): Field {
  const builder = new FormulaBuilder()
  const value = builder.inline(formulaOfValue(ctx.tables.value(field.formula), field.formula.isText))
  const missing: Expression = { kind: 'constant', value: null, type: field.formula.isText ? 'string' : 'number' }
  return {
    ...field,
    formula: builder.build(apply('if', builder.inline(condition), value, missing), field.formula.isText),
  }
}

/** selectFirst: the first segment whose predicate holds (and which has an answer, where those without are skipped). */
export function selected(env: ModelEnv, { segments, missingTreatment }: Segmentation): ModelResult {
  const { ctx, scope } = env
  const cases = segments.map(({ model, predicate }) => {
    const condition = predicate ? formulaOfValue(ctx.tables.value(predicateFormula(ctx, scope, predicate))) : undefined
    return { condition, result: env.nested(model) }
  })
  if (missingTreatment === 'skipSegment' && cases.length > 1)
    return block(env.model, 'segments without an answer are skipped')
  const [first] = cases
  if (!first) return block(env.model, 'it has no segments')
  if (!first.condition) return first.result
  const choose = (formulas: readonly Formula[]): Formula =>
    firstOf(
      cases.map(({ condition }) => condition),
      formulas,
    )
  const predictions = cases.map(({ result }) => result.predictions[0] as TargetPrediction)
  const target = env.target.name === undefined ? (predictions[0] as TargetPrediction).target : env.target
  const prediction = choice(
    env,
    predictions.map((each) => each.prediction),
    choose,
  )
  const outputs = first.result.outputs.flatMap((output): OutputEntry[] => {
    const alike = cases.map(({ result }) => result.outputs.find(({ name }) => name === output.name))
    if (alike.some((each) => each === undefined)) return []
    const field = once((): Field => {
      const fields = alike.map((each) => (each as OutputEntry).field())
      return { ...(fields[0] as Field), formula: choose(fields.map(({ formula }) => settledValue(env, formula))) }
    })
    return [{ ...output, of: { target, prediction }, field }]
  })
  return { predictions: [{ target, prediction }], outputs }
}

const settledValue = ({ ctx }: ModelEnv, formula: Formula): Formula =>
  formulaOfValue(ctx.tables.value(formula), formula.isText)

/** The formula of the first condition that holds; missing where none does. An unknown condition does not hold. */
function firstOf(conditions: readonly (Formula | undefined)[], formulas: readonly Formula[]): Formula {
  const isText = formulas[0]?.isText === true
  const builder = new FormulaBuilder()
  const missing: Expression = { kind: 'constant', value: null, type: isText ? 'string' : 'number' }
  const expression = conditions.reduceRight<Expression>((rest, condition, i) => {
    const value = builder.inline(formulas[i] as Formula)
    if (!condition) return value
    return apply('if', holds(builder.inline(condition)), value, rest)
  }, missing)
  return builder.build(expression, isText)
}

/** Unknown is false. */
const holds = (condition: Expression): Expression => apply('and', apply('isNotMissing', condition), condition)

function choice(
  env: ModelEnv,
  predictions: readonly Prediction[],
  choose: (formulas: readonly Formula[]) => Formula,
): Prediction {
  const { ctx, model } = env
  const [first] = predictions as [Prediction]
  if (predictions.every((each) => each.kind === 'value')) {
    return { kind: 'value', formula: choose(predictions.map((each) => settledValue(env, each.formula))) }
  }
  if (first.kind !== 'classes' || !predictions.every((each) => each.kind === 'classes')) {
    return block(model, 'its segments give answers of different kinds')
  }
  const { labels, names, dataType } = first
  const isText = dataType === 'string'
  const place = (labelsOf: readonly unknown[], k: number) => labelsOf.indexOf(labels[k])
  const scores = predictions.every(
    (each) => each.scores !== undefined && labels.every((_, k) => place(each.labels, k) >= 0),
  )
    ? once(() =>
        ctx.tables.matrix(
          labels.map((_, k) =>
            choose(predictions.map((each) => columnOf(ctx, each.scores?.() as string, place(each.labels, k)))),
          ),
        ),
      )
    : undefined
  return {
    kind: 'classes',
    labels,
    names,
    dataType,
    ...(scores ? { scores } : {}),
    label: once(() =>
      vectorOf(ctx, ctx.tables.value(choose(predictions.map((each) => columnOfVector(ctx, each.label(), isText))))),
    ),
  }
}
