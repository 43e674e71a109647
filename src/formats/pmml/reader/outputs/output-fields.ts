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
  type OutputEntry,
  type TargetPrediction,
} from '../models/prediction.ts'
import { displayValues } from '../models/target.ts'

/** Makes the OutputFields of a model fields of its scope, and lists them. */
export function defineOutputFields(env: ModelEnv, predictions: readonly TargetPrediction[]): OutputEntry[] {
  const elements = childrenNamed(env.model, 'Output').flatMap((output) => childrenNamed(output, 'OutputField'))
  return elements.map((element): OutputEntry => {
    const name = requireAttribute(element, 'name')
    const targetField = attribute(element, 'targetField')
    const of = predictions.find(({ target }) => target.name === targetField) ?? (predictions[0] as TargetPrediction)
    env.scope.define(name, () => env.ctx.at(element, () => outputField(env, element, of)))
    return {
      element,
      name,
      feature: featureOf(element),
      isFinal: attribute(element, 'isFinalResult') !== 'false',
      of,
      field: () => env.scope.field(name),
    }
  })
}

/** Without a feature it is the predicted value; with an expression, a transformed one. */
export const featureOf = (element: XmlElement): string => attribute(element, 'feature') ?? 'predictedValue'

function outputField(env: ModelEnv, element: XmlElement, of: TargetPrediction): Field {
  const feature = featureOf(element)
  if (feature === 'transformedValue' || feature === 'decision') return derivedField(env.ctx, env.scope, element)
  if (attribute(element, 'segmentId') !== undefined)
    return block(element, 'the answers of single segments are not kept')
  const formula = featureFormula(env, element, feature, of)
  const dataType = dataTypeOf(attribute(element, 'dataType'), typeOfFeature(feature, of))
  const own: DataType = formula.isText ? 'string' : dataType === 'string' ? 'double' : dataType
  return {
    name: requireAttribute(element, 'name'),
    dataType: own,
    opType: opTypeOf(attribute(element, 'optype'), own),
    formula,
  }
}

function typeOfFeature(feature: string, { prediction, target }: TargetPrediction): DataType {
  if (feature === 'predictedValue' && prediction.kind === 'classes') return prediction.dataType
  return prediction.kind === 'value' ? target.dataType : 'double'
}

function featureFormula(env: ModelEnv, element: XmlElement, feature: string, of: TargetPrediction): Formula {
  const { prediction } = of
  switch (feature) {
    case 'predictedValue':
      return predictedValue(env, of)
    case 'predictedDisplayValue':
      return displayValue(env, of)
    case 'probability':
    case 'confidence':
      if (prediction.kind === 'classes') return classMeasure(env, element, feature, prediction)
      break
    case 'affinity':
    case 'clusterAffinity':
    case 'entityAffinity':
      if (prediction.kind === 'clusters') return affinity(env, element, prediction)
      if (prediction.kind === 'classes') return classMeasure(env, element, 'probability', prediction)
      break
    case 'clusterId':
    case 'entityId':
      if (prediction.kind === 'clusters') return columnOfVector(env.ctx, prediction.label(), true)
      if (prediction.entity) return prediction.entity(numberAttribute(element, 'rank') ?? 1)
      break
  }
  return block(element, `the feature ${feature} of this model is not supported`, 'Leave the output field out.')
}

function predictedValue({ ctx }: ModelEnv, { prediction }: TargetPrediction): Formula {
  if (prediction.kind === 'value') return prediction.formula
  const isText = prediction.kind === 'clusters' || prediction.dataType === 'string'
  return columnOfVector(ctx, prediction.label(), isText)
}

function displayValue(env: ModelEnv, of: TargetPrediction): Formula {
  const { prediction, target } = of
  const value = predictedValue(env, of)
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
