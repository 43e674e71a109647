import type { ValueName } from '../../../core/ir/builder.ts'
import { ACTIVATION_OPS, activate } from './activations.ts'
import type { LayerContext } from './context.ts'
import { type KerasLowering, layer, layers, produced } from './lowering.ts'
import { checkQuantization, isQuantized, QUANTIZED_OPS, quantizedProduct } from './quantized.ts'

/** activation(x · kernel + bias) over the last axis. */
function dense(ctx: LayerContext): string {
  checkQuantization(ctx)
  const multiply = (x: ValueName) => ctx.op('MatMul', [x, ctx.weight('kernel')])
  const product = isQuantized(ctx) ? quantizedProduct(ctx, [-1], multiply, (scale) => scale) : multiply(ctx.input)
  return activate(ctx, ctx.config.flag('use_bias', true) ? ctx.op('Add', [product, ctx.weight('bias')]) : product)
}

/** einsum(equation, x, kernel) + bias over `bias_axes` of the result. */
function einsumDense(ctx: LayerContext): string {
  checkQuantization(ctx)
  const equation = ctx.config.text('equation').replaceAll(' ', '')
  const [operands = '', output = ''] = equation.split('->')
  const multiply = (x: ValueName) => ctx.op('Einsum', [x, ctx.weight('kernel')], { equation })
  const [input = ''] = operands.split(',')
  const result = isQuantized(ctx) ? quantizedEinsum(ctx, input, output, multiply) : multiply(ctx.input)
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

/** The scale of the input has an axis for each letter of `input`; in the product the reduced ones are gone. */
function quantizedEinsum(ctx: LayerContext, input: string, output: string, multiply: (x: ValueName) => ValueName) {
  if (input.includes('.')) ctx.block('it is quantized, with an ellipsis in its equation', 'Write out the axes.')
  const letters = [...input]
  const reduced = letters.flatMap((letter, axis) => (output.includes(letter) ? [] : [axis]))
  const kept = letters.filter((letter) => output.includes(letter))
  const order = [...output].filter((letter) => kept.includes(letter)).map((letter) => kept.indexOf(letter))
  const fresh = [...output].flatMap((letter, axis) => (kept.includes(letter) ? [] : [axis]))
  return quantizedProduct(ctx, reduced, multiply, (scale) => {
    const squeezed = ctx.op('Squeeze', [scale, ctx.ints(reduced)])
    const ordered = ctx.op('Transpose', [squeezed], { perm: order })
    return fresh.length > 0 ? ctx.op('Unsqueeze', [ordered, ctx.ints(fresh)]) : ordered
  })
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
  layer('Dense', produced(['MatMul', 'Add'], QUANTIZED_OPS, ACTIVATION_OPS), dense, { masking: true }),
  layer('EinsumDense', produced(['Einsum', 'Add'], QUANTIZED_OPS, ACTIVATION_OPS), einsumDense),
  layer('Activation', ACTIVATION_OPS, (ctx) => activate(ctx, ctx.input), { masking: true }),
  layer('Identity', [], identity, { masking: true }),
  ...layers(TRAINING_LAYERS, [], identity, { masking: true }),
  ...layers(AUGMENTATION_LAYERS, [], identity),
]
