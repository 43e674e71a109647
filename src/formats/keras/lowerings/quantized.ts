import type { ValueName } from '../../../core/ir/builder.ts'
import { isObject } from '../reader/config.ts'
import { quantizationMode } from '../reader/model-facts.ts'
import { LORA_WEIGHTS } from '../reader/weight-names.ts'
import type { LayerContext } from './context.ts'

/** Blocks for a layer that is quantized in another way than `quantize("int8")` does it, or adapted by LoRA beside its kernel. */
export function checkQuantization(ctx: LayerContext): void {
  if (LORA_WEIGHTS.some((name) => ctx.layer.weights.has(name))) {
    ctx.block('its LoRA matrices stand beside its kernel', 'Save the model as .keras, which adds them up.')
  }
  const mode = quantizationMode(ctx.layer)
  if (mode === undefined || mode === 'int8') return
  ctx.block(`it is quantized as ${mode}`, 'Save the model before quantize() is called, or quantize it as int8.')
}

export const isQuantized = (ctx: LayerContext): boolean => quantizationMode(ctx.layer) === 'int8'

/** Whether Keras quantizes what goes into the layer too, which it does unless the layer is told not to. */
function quantizesInputs(ctx: LayerContext): boolean {
  const quantization = ctx.config.get('quantization_config')
  const settings = isObject(quantization) ? quantization['config'] : undefined
  return !(isObject(settings) && settings['activation_quantizer'] === null)
}

/** Keras' epsilon, which keeps the scale of zeros finite. */
const EPSILON = 1e-7

/**
 * A product with an int8 kernel as Keras computes it (keras.quantizers.abs_max_quantize): the input rounded to −127 … 127 by
 * 127 / max |x| along `axes`, the product of the integers divided by both scales. `aligned` brings the input's scale, whose
 * `axes` have the size 1, into the axes of the product.
 */
export function quantizedProduct(
  ctx: LayerContext,
  axes: readonly number[],
  product: (x: ValueName) => ValueName,
  aligned: (scale: ValueName) => ValueName,
): ValueName {
  const kernelScale = ctx.weight('kernel_scale')
  if (!quantizesInputs(ctx)) return ctx.op('Div', [product(ctx.input), kernelScale])
  const x = ctx.input
  const largest = ctx.op('ReduceMax', [ctx.op('Abs', [x]), ctx.ints(axes)], { keepdims: 1 })
  const scale = ctx.op('Div', [ctx.scalar(127), ctx.op('Add', [largest, ctx.scalar(EPSILON)])])
  const rounded = ctx.op('Round', [ctx.op('Mul', [x, scale])])
  const integers = ctx.op('Clip', [rounded, ctx.scalar(-127), ctx.scalar(127)])
  return ctx.op('Div', [product(integers), ctx.op('Mul', [aligned(scale), kernelScale])])
}

export const QUANTIZED_OPS: readonly string[] = [
  ...['Abs', 'ReduceMax', 'Add', 'Div', 'Mul', 'Round', 'Clip', 'Squeeze', 'Unsqueeze', 'Transpose'],
]
