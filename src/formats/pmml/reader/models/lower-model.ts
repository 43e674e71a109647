import type { XmlElement } from '../../../../encodings/xml/parse-xml.ts'
import { block } from '../blocked.ts'
import type { LowerContext } from '../context.ts'
import type { Scope } from '../fields/scope.ts'
import { defineOutputFields } from '../outputs/output-fields.ts'
import { modelScope } from './model-scope.ts'
import type { ModelEnv, ModelResult, Prediction, TargetPrediction } from './prediction.ts'
import { MODEL_LOWERINGS } from './registry.ts'
import { rescaled, targetOf } from './target.ts'

/** Models of PMML that answer no question about one row, or that nothing else can express. */
const REASONS: Readonly<Record<string, string>> = {
  AssociationModel: 'association rules are about baskets of items, not about rows',
  BaselineModel: 'change detection looks at a stream of rows',
  BayesianNetworkModel: 'Bayesian networks are not supported',
  GaussianProcessModel: 'Gaussian processes are not supported',
  SequenceModel: 'sequence rules are about histories, not about rows',
  TextModel: 'text models are not supported',
  TimeSeriesModel: 'time series are forecast from their history, not from rows',
}

/** Lowers a model element, the nested ones included. Throws Blocked for what has no hub form. */
export function lowerModel(ctx: LowerContext, outer: Scope, model: XmlElement): ModelResult {
  return ctx.at(model, () => {
    const lowering = MODEL_LOWERINGS.get(model.name)
    if (!lowering) return block(model, REASONS[model.name] ?? 'this model is not known')
    const scope = modelScope(ctx, outer, model)
    const nested = (inner: XmlElement) => lowerModel(ctx, scope, inner)
    const env: ModelEnv = { ctx, scope, model, target: targetOf(ctx, model), nested }
    const lowered = lowering.lower(env)
    const result = 'kind' in lowered ? resultOf(env, lowered) : lowered
    return {
      predictions: result.predictions,
      outputs: [...result.outputs, ...defineOutputFields(env, result)],
    }
  })
}

function resultOf(env: ModelEnv, prediction: Prediction): ModelResult {
  const { target } = env
  const scaled: TargetPrediction = {
    target,
    prediction:
      prediction.kind === 'value' ? { ...prediction, formula: rescaled(prediction.formula, target) } : prediction,
  }
  return { predictions: [scaled], outputs: [] }
}
