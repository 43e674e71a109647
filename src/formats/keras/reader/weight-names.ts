import type { Config } from './config.ts'
import { modeOfPolicy } from './model-facts.ts'

type Names = (config: Config) => readonly string[]

/** LoRA's two matrices: .h5 files have them, .keras archives have their product in the kernel already. */
export const LORA_WEIGHTS: readonly string[] = [
  ...['lora_kernel_a', 'lora_kernel_b'],
  ...['lora_embeddings_a', 'lora_embeddings_b'],
]

/** A quantized layer keeps the scale of its integers behind all other weights. */
const scaled =
  (names: Names, scale: string): Names =>
  (config) => [
    ...names(config),
    ...(modeOfPolicy(config.get('dtype')) === undefined ? [] : [scale]),
    ...(config.has('lora_rank') ? LORA_WEIGHTS : []),
  ]

const bias = (config: Config) => (config.flag('use_bias', true) ? ['bias'] : [])
const kernelAndBias: Names = (config) => ['kernel', ...bias(config)]
const depthwise: Names = (config) => ['depthwise_kernel', ...bias(config)]
const separable: Names = (config) => ['depthwise_kernel', 'pointwise_kernel', ...bias(config)]
const recurrent: Names = (config) => ['kernel', 'recurrent_kernel', ...bias(config)]
const affine = (config: Config, ...more: string[]) => [
  ...(config.flag('scale', true) ? ['gamma'] : []),
  ...(config.flag('center', true) ? ['beta'] : []),
  ...more,
]
const normalization: Names = (config) => affine(config)

/** An adapted Normalization keeps its statistics as weights; one that was given them has them in its configuration. */
const statistics: Names = (config) => (config.has('mean') ? [] : ['mean', 'variance', 'count'])

const attention: Names = (config) => [
  ...(config.flag('use_scale', false) ? ['scale'] : []),
  ...(config.get('score_mode') === 'concat' ? ['concat_score_weight'] : []),
]

/** The weights that a layer of each class has of its own, in the order in which Keras creates and stores them. */
const WEIGHT_NAMES: Readonly<Record<string, Names>> = {
  Dense: scaled(kernelAndBias, 'kernel_scale'),
  EinsumDense: scaled((config) => ['kernel', ...(config.has('bias_axes') ? ['bias'] : [])], 'kernel_scale'),
  Conv1D: kernelAndBias,
  Conv2D: kernelAndBias,
  Conv3D: kernelAndBias,
  Conv1DTranspose: kernelAndBias,
  Conv2DTranspose: kernelAndBias,
  Conv3DTranspose: kernelAndBias,
  DepthwiseConv1D: depthwise,
  DepthwiseConv2D: depthwise,
  SeparableConv1D: separable,
  SeparableConv2D: separable,
  Embedding: scaled(() => ['embeddings'], 'embeddings_scale'),
  ReversibleEmbedding: (config) => ['embeddings', ...(config.flag('tie_weights', true) ? [] : ['reverse_embeddings'])],
  LocallyConnected1D: kernelAndBias,
  LocallyConnected2D: kernelAndBias,
  LSTMCell: recurrent,
  GRUCell: recurrent,
  CuDNNLSTMCell: recurrent,
  CuDNNGRUCell: recurrent,
  SimpleRNNCell: recurrent,
  ConvLSTMCell: recurrent,
  BatchNormalization: (config) => affine(config, 'moving_mean', 'moving_variance'),
  LayerNormalization: normalization,
  GroupNormalization: normalization,
  RMSNormalization: () => ['scale'],
  Normalization: statistics,
  Discretization: (config) => (config.has('bin_boundaries') ? [] : ['summary']),
  LayerScale: () => ['gamma'],
  PReLU: () => ['alpha'],
  Attention: attention,
  AdditiveAttention: (config) => (config.flag('use_scale', true) ? ['scale'] : []),
}

/** Names of a layer's own weights; undefined for a class whose weights are not known by name. */
export function weightNames(className: string, config: Config): readonly string[] | undefined {
  return Object.hasOwn(WEIGHT_NAMES, className) ? WEIGHT_NAMES[className]?.(config) : undefined
}
