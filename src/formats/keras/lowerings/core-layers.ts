import { ACTIVATION_OPS, activate } from './activations.ts'
import type { LayerContext } from './context.ts'
import { type KerasLowering, layer, layers, produced } from './lowering.ts'

/** activation(x · kernel + bias) over the last axis. */
function dense(ctx: LayerContext): string {
  if (ctx.config.get('quantization_config') !== undefined || ctx.optionalTensor('kernel')?.dtype === 'int8') {
    ctx.block('it is quantized', 'Save the model before quantize() is called.')
  }
  const product = ctx.op('MatMul', [ctx.input, ctx.weight('kernel')])
  return activate(ctx, ctx.config.flag('use_bias', true) ? ctx.op('Add', [product, ctx.weight('bias')]) : product)
}

/** einsum(equation, x, kernel) + bias over `bias_axes` of the result. */
function einsumDense(ctx: LayerContext): string {
  const equation = ctx.config.text('equation').replaceAll(' ', '')
  const [, output = ''] = equation.split('->')
  const result = ctx.op('Einsum', [ctx.input, ctx.weight('kernel')], { equation })
  const axes = ctx.config.has('bias_axes') ? ctx.config.text('bias_axes') : ''
  if (axes === '') return activate(ctx, result)
  // The bias has one axis for each of `bias_axes`, and behind its first one, one for every axis of the result.
  const bias = ctx.tensor('bias')
  const name = ctx.weight('bias')
  const first = Math.min(...[...axes].map((letter) => output.indexOf(letter)))
  const missing = output.length - first - bias.shape.length
  if (first < 0 || missing < 0) ctx.block(`its bias_axes ${axes} are not axes of ${output}`)
  return activate(ctx, ctx.op('Add', [result, name]))
}

const identity = (ctx: LayerContext) => ctx.rawInput

/** Layers that only do something in training. */
const TRAINING_LAYERS = [
  ...['Dropout', 'SpatialDropout1D', 'SpatialDropout2D', 'SpatialDropout3D', 'GaussianNoise', 'GaussianDropout'],
  ...['AlphaDropout', 'ActivityRegularization'],
]

/** Augmentation: the identity at inference. */
const AUGMENTATION_LAYERS = [
  ...['RandomFlip', 'RandomRotation', 'RandomZoom', 'RandomTranslation', 'RandomContrast', 'RandomBrightness'],
  ...['RandomHue', 'RandomSaturation', 'RandomShear', 'RandomColorJitter', 'RandomGrayscale', 'RandomPosterization'],
  ...[
    'RandomSharpness',
    'RandomGaussianBlur',
    'RandomInvert',
    'RandomErasing',
    'RandomPerspective',
    'RandomElasticTransform',
  ],
  ...['RandomColorDegeneration', 'RandomWidth', 'RandomHeight'],
]

export const coreLayers: readonly KerasLowering[] = [
  layer('Dense', produced(['MatMul', 'Add'], ACTIVATION_OPS), dense, { masking: true }),
  layer('EinsumDense', produced(['Einsum', 'Add'], ACTIVATION_OPS), einsumDense),
  layer('Activation', ACTIVATION_OPS, (ctx) => activate(ctx, ctx.input), { masking: true }),
  layer('Identity', [], identity, { masking: true }),
  ...layers(TRAINING_LAYERS, [], identity, { masking: true }),
  ...layers(AUGMENTATION_LAYERS, [], identity),
]
