import type { ValueName } from '../../../core/ir/builder.ts'
import type { Dim } from '../../../core/ir/types.ts'
import { KerasTensor, type LayerContext } from './context.ts'
import { type KerasLowering, layer } from './lowering.ts'

const isKnown = (dims: readonly Dim[]): dims is readonly number[] => dims.every((d) => typeof d === 'number')

/** [N, T, …] → [N · T, …] */
function folded(ctx: LayerContext, x: ValueName): ValueName {
  const rest = ctx.shape(x).slice(2)
  if (isKnown(rest)) return ctx.op('Reshape', [x, ctx.ints([-1, ...rest])])
  const tail = ctx.op('Shape', [x], { start: 2 })
  const result = ctx.op('Reshape', [x, ctx.op('Concat', [ctx.ints([-1]), tail], { axis: 0 })])
  ctx.hub.refine(result, { dtype: ctx.hub.type(x).dtype, shape: [null, ...rest] })
  return result
}

/** [N · T, …] → [N, T, …], N and T as in x. */
function unfolded(ctx: LayerContext, y: ValueName, x: ValueName): ValueName {
  const [batch = null, steps = null] = ctx.shape(x)
  const rest = ctx.shape(y).slice(1)
  const result =
    typeof steps === 'number' && isKnown(rest)
      ? ctx.op('Reshape', [y, ctx.ints([-1, steps, ...rest])])
      : ctx.op('Reshape', [
          y,
          ctx.op('Concat', [ctx.op('Shape', [x], { start: 0, end: 2 }), ctx.op('Shape', [y], { start: 1 })], {
            axis: 0,
          }),
        ])
  ctx.hub.refine(result, { dtype: ctx.hub.type(y).dtype, shape: [batch, steps, ...rest] })
  return result
}

/** The layer for every step, all steps of all examples being one batch. */
function timeDistributed(ctx: LayerContext): KerasTensor {
  const x = ctx.rawInput
  const [result] = ctx.call(ctx.sublayer('layer'), [new KerasTensor(folded(ctx, x))])
  return new KerasTensor(unfolded(ctx, result?.value ?? ctx.block('its layer has no output'), x))
}

/** Layers that hold one other layer. What they produce is what any layer may produce. */
export function wrapperLayers(inner: readonly KerasLowering[]): KerasLowering[] {
  const any = [...new Set(inner.flatMap(({ produces }) => produces))]
  return [
    layer('TimeDistributed', [...new Set([...any, 'Reshape', 'Shape', 'Concat'])], timeDistributed, { masking: true }),
    layer('Pipeline', any, (ctx) =>
      [...ctx.layer.sublayers.values()].reduce((tensors, inner) => ctx.call(inner, tensors), ctx.tensors),
    ),
    // The kernel is stored normalised; only training normalises it again.
    layer('SpectralNormalization', any, (ctx) => ctx.call(ctx.sublayer('layer'), ctx.tensors), { masking: true }),
  ]
}
