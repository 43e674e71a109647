import { apply, type Expression } from '../../../../core/ops/ml/expression.ts'
import type { XmlElement } from '../../../../encodings/xml/parse-xml.ts'
import { block } from '../blocked.ts'
import { type Formula, FormulaBuilder, mapFormula } from '../columns/formula.ts'
import { attribute, childrenNamed, numberAttribute, requireAttribute } from '../elements.ts'
import { type DataType, dataTypeOf, parseValue } from '../fields/data-type.ts'
import { derivedField } from '../fields/derived-field.ts'
import { type Field, opTypeOf } from '../fields/field.ts'
import {
  type ClassPrediction,
  type ClusterPrediction,
  columnOf,
  columnOfVector,
  type ModelEnv,
  type ModelResult,
  type OutputEntry,
  type TargetPrediction,
  type TellingPrediction,
} from '../models/prediction.ts'
import { displayValues, type Target } from '../models/target.ts'

/** Makes the OutputFields of a model fields of its scope, and lists them. */
export function defineOutputFields(env: ModelEnv, result: ModelResult): OutputEntry[] {
  const elements = childrenNamed(env.model, 'Output').flatMap((output) => childrenNamed(output, 'OutputField'))
  return elements.map((element): OutputEntry => {
    const name = requireAttribute(element, 'name')
    const of = subjectOf(element, result)
    env.scope.define(name, () => env.ctx.at(element, () => outputField(env, element, of)))
    return {
      element,
      name,
      feature: featureOf(element),
      isFinal: attribute(element, 'isFinalResult') !== 'false',
      ...(of ? { of } : {}),
      field: () => env.scope.field(name),
    }
  })
}

/** The prediction that an OutputField is about: the model's own, or that of one of its segments. */
function subjectOf(element: XmlElement, result: ModelResult): TargetPrediction | undefined {
  const [segmentId, targetField] = [attribute(element, 'segmentId'), attribute(element, 'targetField')]
  const subject = segmentId === undefined ? result : result.segments?.get(segmentId)
  return subject?.predictions.find(({ target }) => target.name === targetField) ?? subject?.predictions[0]
}

/** Without a feature it is the predicted value; with an expression, a transformed one. */
export const featureOf = (element: XmlElement): string => attribute(element, 'feature') ?? 'predictedValue'

function outputField(env: ModelEnv, element: XmlElement, of: TargetPrediction | undefined): Field {
  const feature = featureOf(element)
  if (feature === 'transformedValue' || feature === 'decision') return derivedField(env.ctx, env.scope, element)
  if (!of) return block(element, 'the answers of single segments are not kept')
  const dataType = dataTypeOf(attribute(element, 'dataType'), typeOfFeature(feature, of))
  const told = featureFormula(env, element, feature, of)
  const formula = told.isText && dataType !== 'string' ? (numericIds(told) ?? told) : told
  const own: DataType = formula.isText ? 'string' : dataType === 'string' ? 'double' : dataType
  return {
    name: requireAttribute(element, 'name'),
    dataType: own,
    opType: opTypeOf(attribute(element, 'optype'), own),
    formula,
  }
}

/** Ids that are whole numbers, as numbers; they may be just the positions that they are looked up by. */
function numericIds({ expression, sources }: Formula): Formula | undefined {
  if (expression.kind !== 'lookup') return undefined
  const values = expression.values.map(Number)
  if (!values.every((value, i) => String(value) === expression.values[i])) return undefined
  const isPosition = values.every((value, i) => value === expression.keys[i])
  return { expression: isPosition ? expression.arg : { ...expression, values, type: 'number' }, sources, isText: false }
}

function typeOfFeature(feature: string, { prediction, target }: TargetPrediction): DataType {
  if (feature === 'predictedValue' && prediction.kind === 'classes') return prediction.dataType
  return prediction.kind === 'value' ? target.dataType : 'double'
}

function featureFormula(env: ModelEnv, element: XmlElement, feature: string, of: TargetPrediction): Formula {
  const { prediction } = of
  switch (feature) {
    case 'predictedValue':
      if (prediction.kind !== 'neighbors') return predictedValue(env, prediction)
      break
    case 'predictedDisplayValue':
      if (prediction.kind !== 'neighbors') return displayValue(env, prediction, of.target)
      break
    case 'probability':
    case 'confidence':
      if (prediction.kind === 'classes') return classMeasure(env, element, feature, prediction)
      break
    case 'affinity':
    case 'clusterAffinity':
    case 'entityAffinity':
      if (prediction.kind === 'clusters') return affinity(env, element, prediction)
      if (prediction.distance) return prediction.distance(numberAttribute(element, 'rank') ?? 1)
      if (prediction.kind === 'classes') return classMeasure(env, element, 'probability', prediction)
      break
    case 'clusterId':
    case 'entityId':
      if (prediction.kind === 'clusters') return columnOfVector(env.ctx, prediction.label(), true)
      if (prediction.entity) return prediction.entity(numberAttribute(element, 'rank') ?? 1)
      break
    case 'residual':
      return block(element, 'it compares the prediction with the actual value of the target, which is no input')
  }
  return block(element, `the feature ${feature} of this model is not supported`, 'Leave the output field out.')
}

function predictedValue({ ctx }: ModelEnv, prediction: TellingPrediction): Formula {
  if (prediction.kind === 'value') return prediction.formula
  const isText = prediction.kind === 'clusters' || prediction.dataType === 'string'
  return columnOfVector(ctx, prediction.label(), isText)
}

function displayValue(env: ModelEnv, prediction: TellingPrediction, target: Target): Formula {
  const value = predictedValue(env, prediction)
  if (prediction.kind === 'value') return value
  const shown =
    prediction.kind === 'clusters'
      ? new Map(prediction.ids.map((id, i) => [id, prediction.names[i] as string]))
      : displayValues(target)
  const keys = prediction.kind === 'clusters' ? prediction.ids : prediction.labels
  const texts = prediction.kind === 'clusters' ? prediction.ids : prediction.names
  return mapFormula(value, true, (arg) => ({
    kind: 'lookup',
    arg,
    keys,
    values: keys.map((key, i) => shown.get(String(key)) ?? (texts[i] as string)),
    type: 'string',
  }))
}

/** The probability or confidence of a class; of the predicted one where no class is named. */
function classMeasure(
  env: ModelEnv,
  element: XmlElement,
  feature: 'probability' | 'confidence',
  prediction: ClassPrediction,
): Formula {
  const { ctx } = env
  const measure = feature === 'confidence' ? (prediction.confidences ?? prediction.scores) : prediction.scores
  if (!measure) return block(element, 'this model has no probabilities')
  const value = attribute(element, 'value')
  if (value !== undefined) {
    const label = String(parseValue(value, prediction.dataType))
    const index = prediction.labels.findIndex((each) => String(each) === label)
    if (index < 0) return { expression: { kind: 'constant', value: 0, type: 'number' }, sources: [], isText: false }
    return columnOf(ctx, measure(), index)
  }
  const builder = new FormulaBuilder()
  const predicted = builder.inline(columnOfVector(ctx, prediction.label(), prediction.dataType === 'string'))
  const type = prediction.dataType === 'string' ? 'string' : 'number'
  const missing: Expression = { kind: 'constant', value: null, type: 'number' }
  const chosen = prediction.labels.reduceRight<Expression>((rest, label, k) => {
    const column = builder.inline(columnOf(ctx, measure(), k))
    return apply('if', apply('equal', predicted, { kind: 'constant', value: label, type }), column, rest)
  }, missing)
  return builder.build(chosen, false)
}

/** The distance to one cluster, or to the winning one. */
function affinity({ ctx }: ModelEnv, element: XmlElement, prediction: ClusterPrediction): Formula {
  const value = attribute(element, 'value')
  const affinities = prediction.affinities()
  if (value !== undefined) {
    const index = prediction.ids.indexOf(value)
    return index < 0 ? block(element, `there is no cluster ${value}`) : columnOf(ctx, affinities, index)
  }
  const builder = new FormulaBuilder()
  const predicted = builder.inline(columnOfVector(ctx, prediction.label(), true))
  const missing: Expression = { kind: 'constant', value: null, type: 'number' }
  const chosen = prediction.ids.reduceRight<Expression>((rest, id, k) => {
    const column = builder.inline(columnOf(ctx, affinities, k))
    return apply('if', apply('equal', predicted, { kind: 'constant', value: id, type: 'string' }), column, rest)
  }, missing)
  return builder.build(chosen, false)
}
