import type { ValueName } from '../../../core/ir/builder.ts'
import type { PyView } from '../../../encodings/pickle/view.ts'
import { byProbability, CLASS_OPS } from './classification.ts'
import { type Columns, columnsOf, numericTable, TABLE_OPS } from './columns.ts'
import type { EstimatorLowering, HubOp, LoweringContext } from './context.ts'
import { categories, classLabels, matrix, num, requireSetting, transposed, vector } from './estimator.ts'
import type { ClassLabels, ClassPrediction, Prediction } from './prediction.ts'

const ACTIVATIONS: Readonly<Record<string, HubOp | undefined>> = {
  identity: undefined,
  logistic: 'Sigmoid',
  tanh: 'Tanh',
  relu: 'Relu',
}

/** The scores before the output activation, [N, outputs] (sklearn/neural_network/_multilayer_perceptron.py). */
function forward(ctx: LoweringContext, estimator: PyView, columns: Columns): ValueName {
  const activation = requireSetting(estimator, 'activation', Object.keys(ACTIVATIONS), 'relu')
  const op = ACTIVATIONS[activation]
  // Layers beyond `n_layers_` are cut off: sklearn2pmml's MLPTransformer takes the scores of a hidden one.
  const layers = num(estimator, 'n_layers_', Number.POSITIVE_INFINITY) - 1
  const weights = estimator.attr('coefs_').items().slice(0, layers).map(matrix)
  const biases = estimator.attr('intercepts_').items().map(vector)
  let table: ValueName[] = numericTable(ctx, columns)
  for (const [i, layer] of weights.entries()) {
    const coefficients = transposed(layer).data
    const scores = ctx.builder.ml('ml.linear', table, { coefficients, intercepts: biases[i] as Float64Array })
    const isHidden = i < weights.length - 1
    table = [isHidden && op ? ctx.builder.op(op, [scores]) : scores]
  }
  return table[0] as ValueName
}

function classifier(ctx: LoweringContext, estimator: PyView, columns: Columns): Prediction {
  const scores = forward(ctx, estimator, columns)
  const view = estimator.attr('_label_binarizer').attr('classes_')
  if (estimator.attr('_label_binarizer').optional('y_type_')?.value === 'multilabel-indicator') {
    return multiLabel(ctx, scores, categories(view).values.length)
  }
  const activation = requireSetting(estimator, 'out_activation_', ['logistic', 'softmax'], 'softmax')
  const probabilities = ctx.builder.ml(
    'ml.link',
    [scores],
    activation === 'softmax' ? { function: 'softmax' } : { function: 'logit', complement: true },
  )
  return byProbability(ctx, classLabels(view), probabilities)
}

const ZERO_ONE: ClassLabels = { labels: [0, 1], names: ['0', '1'], dataType: 'integer' }

/** One sigmoid per label; scikit-learn tells the probability of 1 only. */
function multiLabel(ctx: LoweringContext, scores: ValueName, count: number): Prediction {
  const targets = Array.from({ length: count }, (_, k): ClassPrediction => {
    const score = ctx.gather(scores, [k])
    return byProbability(ctx, ZERO_ONE, ctx.builder.ml('ml.link', [score], { function: 'logit', complement: true }))
  })
  return { kind: 'multi', targets }
}

const LAYER_OPS = [...TABLE_OPS, 'ml.linear', 'Sigmoid', 'Tanh', 'Relu'] as const

/** The restricted Boltzmann machine's hidden probabilities (sklearn/neural_network/_rbm.py). */
function bernoulliRbm(ctx: LoweringContext, estimator: PyView, columns: Columns): Columns {
  const intercepts = vector(estimator.attr('intercept_hidden_'))
  const coefficients = matrix(estimator.attr('components_')).data
  const scores = ctx.builder.ml('ml.linear', numericTable(ctx, columns), { coefficients, intercepts })
  return columnsOf(ctx, ctx.builder.op('Sigmoid', [scores]))
}

export const perceptrons: readonly EstimatorLowering[] = [
  { operator: 'sklearn.MLPClassifier', produces: [...LAYER_OPS, ...CLASS_OPS], predict: classifier },
  {
    operator: 'sklearn.MLPRegressor',
    produces: [...LAYER_OPS, 'ml.link'],
    predict: (ctx, estimator, columns) => {
      const scores = forward(ctx, estimator, columns)
      const activation = requireSetting(estimator, 'out_activation_', ['identity', 'exp'], 'identity')
      return {
        kind: 'values',
        value: activation === 'identity' ? scores : ctx.builder.ml('ml.link', [scores], { function: 'exp' }),
      }
    },
  },
  {
    operator: 'sklearn2pmml.MLPTransformer',
    produces: LAYER_OPS,
    transform: (ctx, estimator, columns) => columnsOf(ctx, forward(ctx, estimator.attr('mlp_'), columns)),
  },
  { operator: 'sklearn.BernoulliRBM', produces: [...TABLE_OPS, 'ml.linear', 'Sigmoid'], transform: bernoulliRbm },
]
