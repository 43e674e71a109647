import type { ValueName } from '../../../core/ir/builder.ts'
import type { LayerContext } from './context.ts'
import { type KerasLowering, layer } from './lowering.ts'

/** x · γ over the last axis (keras.applications.convnext). */
const layerScale = (ctx: LayerContext): ValueName => ctx.op('Mul', [ctx.input, ctx.weight('gamma')])

/** The first input, and the second scaled (keras.applications.inception_resnet_v2). */
function customScale(ctx: LayerContext): ValueName {
  const [shortcut, residual] = ctx.inputs
  if (shortcut === undefined || residual === undefined) return ctx.block('it does not have two inputs')
  return ctx.op('Add', [shortcut, ctx.op('Mul', [residual, ctx.scalar(ctx.config.number('scale'))])])
}

/** Layers that keras.applications brings along. */
export const applicationLayers: readonly KerasLowering[] = [
  layer('LayerScale', ['Mul'], layerScale),
  layer('CustomScaleLayer', ['Add', 'Mul'], customScale),
]
