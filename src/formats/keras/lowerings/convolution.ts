import type { ValueName } from '../../../core/ir/builder.ts'
import type { Tensor } from '../../../core/ir/tensor.ts'
import { ACTIVATION_OPS, activate } from './activations.ts'
import type { LayerContext } from './context.ts'
import { type KerasLowering, layer, produced } from './lowering.ts'
import { permuted, reshaped } from './weight-tensors.ts'
import { channelsBack, channelsFirst, isChannelsFirst, padding, type WindowSettings } from './windows.ts'

const range = (count: number, start = 0) => Array.from({ length: count }, (_, i) => i + start)

/** kernel [k…, in / groups, out] → Conv's [out, in / groups, k…] */
function convolutionKernel(ctx: LayerContext, tensor: Tensor, name: string): ValueName {
  const spatial = tensor.shape.length - 2
  return ctx.constant(tensor, name, 'OIX', (t) => permuted(t, [spatial + 1, spatial, ...range(spatial)], ctx.dtype))
}

/** depthwise kernel [k…, in, multiplier] → Conv's [in · multiplier, 1, k…] */
function depthwiseKernel(ctx: LayerContext, tensor: Tensor): ValueName {
  const spatial = tensor.shape.length - 2
  const shape = tensor.shape.slice(0, spatial)
  const maps = (tensor.shape[spatial] as number) * (tensor.shape[spatial + 1] as number)
  return ctx.constant(tensor, 'depthwise_kernel', 'OIX', (t) =>
    reshaped(permuted(t, [spatial, spatial + 1, ...range(spatial)], ctx.dtype), [maps, 1, ...shape]),
  )
}

function windowOf(ctx: LayerContext, tensor: Tensor): WindowSettings {
  const spatial = tensor.shape.length - 2
  return {
    kernel: tensor.shape.slice(0, spatial),
    strides: ctx.config.numbers('strides', spatial, 1),
    dilations: ctx.config.numbers('dilation_rate', spatial, 1),
  }
}

const biasOf = (ctx: LayerContext) => (ctx.config.flag('use_bias', true) ? [ctx.weight('bias')] : [])

function checkRank(ctx: LayerContext, x: ValueName, tensor: Tensor): void {
  if (ctx.rank(x) !== tensor.shape.length) {
    ctx.block(`its kernel has ${tensor.shape.length - 2} spatial axes, its input ${ctx.rank(x) - 2}`)
  }
}

/** Conv1D, Conv2D, Conv3D. */
function convolution(ctx: LayerContext): ValueName {
  const kernel = ctx.tensor('kernel')
  const window = windowOf(ctx, kernel)
  const x = channelsFirst(ctx, ctx.input)
  checkRank(ctx, x, kernel)
  const result = ctx.op('Conv', [x, convolutionKernel(ctx, kernel, 'kernel'), ...biasOf(ctx)], {
    kernel_shape: window.kernel,
    strides: window.strides,
    dilations: window.dilations,
    group: ctx.config.number('groups', 1),
    ...padding(ctx, x, window),
  })
  return channelsBack(ctx, activateChannels(ctx, result))
}

/** The activation of a result whose channels are at axis 1; one that looks at a whole axis needs them where Keras has them. */
function activateChannels(ctx: LayerContext, x: ValueName): ValueName {
  const name = ctx.config.get('activation')
  const isElementwise = typeof name === 'string' && !/softmax|glu|sparsemax/.test(name)
  if (isElementwise || name === undefined || isChannelsFirst(ctx)) return activate(ctx, x)
  const rank = ctx.rank(x)
  const last = ctx.op('Transpose', [x], { perm: [0, ...range(rank - 2, 2), 1] })
  return ctx.op('Transpose', [activate(ctx, last)], { perm: [0, rank - 1, ...range(rank - 2, 1)] })
}

/** DepthwiseConv1D, DepthwiseConv2D. */
function depthwise(ctx: LayerContext): ValueName {
  const x = channelsFirst(ctx, ctx.input)
  return channelsBack(ctx, activateChannels(ctx, depthwiseConvolution(ctx, x, biasOf(ctx))))
}

function depthwiseConvolution(ctx: LayerContext, x: ValueName, bias: readonly ValueName[]): ValueName {
  const kernel = ctx.tensor('depthwise_kernel')
  const window = windowOf(ctx, kernel)
  checkRank(ctx, x, kernel)
  return ctx.op('Conv', [x, depthwiseKernel(ctx, kernel), ...bias], {
    kernel_shape: window.kernel,
    strides: window.strides,
    dilations: window.dilations,
    group: kernel.shape.at(-2),
    ...padding(ctx, x, window),
  })
}

/** SeparableConv1D, SeparableConv2D: a depthwise convolution, then one of size 1 over the channels. */
function separable(ctx: LayerContext): ValueName {
  const filtered = depthwiseConvolution(ctx, channelsFirst(ctx, ctx.input), [])
  const pointwise = ctx.tensor('pointwise_kernel')
  const result = ctx.op('Conv', [filtered, convolutionKernel(ctx, pointwise, 'pointwise_kernel'), ...biasOf(ctx)], {
    kernel_shape: pointwise.shape.slice(0, -2),
  })
  return channelsBack(ctx, activateChannels(ctx, result))
}

/**
 * Conv1DTranspose … Conv3DTranspose: kernel [k…, out, in]. The size of the result is Keras' (deconv_output_length):
 * size · stride for `same`, size · stride + max(extent − stride, 0) for `valid`, or what `output_padding` makes of it; the
 * pads are those of the convolution that TensorFlow takes the gradient of. Neither depends on the size.
 */
function transposed(ctx: LayerContext): ValueName {
  const kernel = ctx.tensor('kernel')
  const window = windowOf(ctx, kernel)
  const spatial = window.kernel.length
  const x = channelsFirst(ctx, ctx.input)
  checkRank(ctx, x, kernel)
  const isSame = ctx.config.text('padding', 'valid') === 'same'
  const extra = ctx.config.has('output_padding') ? ctx.config.numbers('output_padding', spatial) : undefined
  const axes = window.kernel.map((k, i) => {
    const stride = window.strides[i] as number
    const extent = (k - 1) * (window.dilations[i] as number) + 1
    // What has to go of the full result, (size − 1) · stride + extent.
    const surplus = extra
      ? (isSame ? extent - (extent % 2) : 0) - (extra[i] as number)
      : extent - stride - (isSame ? 0 : Math.max(extent - stride, 0))
    const begin = isSame ? Math.floor(Math.max(surplus, 0) / 2) : 0
    return { begin, end: Math.max(surplus - begin, 0), more: Math.max(begin - surplus, 0) }
  })
  const weights = ctx.constant(kernel, 'kernel', 'IOX', (t) =>
    permuted(t, [spatial + 1, spatial, ...range(spatial)], ctx.dtype),
  )
  const result = ctx.op('ConvTranspose', [x, weights, ...biasOf(ctx)], {
    kernel_shape: window.kernel,
    strides: window.strides,
    dilations: window.dilations,
    group: ctx.config.number('groups', 1),
    pads: [...axes.map((a) => a.begin), ...axes.map((a) => a.end)],
    output_padding: axes.map((a) => a.more),
  })
  return channelsBack(ctx, activateChannels(ctx, result))
}

const OPS = produced(['Conv', 'Transpose'], ACTIVATION_OPS)
const TRANSPOSED_OPS = produced(['ConvTranspose', 'Transpose'], ACTIVATION_OPS)

export const convolutionLayers: readonly KerasLowering[] = [
  layer('Conv1D', OPS, convolution),
  layer('Conv2D', OPS, convolution),
  layer('Conv3D', OPS, convolution),
  layer('DepthwiseConv1D', OPS, depthwise),
  layer('DepthwiseConv2D', OPS, depthwise),
  layer('SeparableConv1D', OPS, separable),
  layer('SeparableConv2D', OPS, separable),
  layer('Conv1DTranspose', TRANSPOSED_OPS, transposed),
  layer('Conv2DTranspose', TRANSPOSED_OPS, transposed),
  layer('Conv3DTranspose', TRANSPOSED_OPS, transposed),
]
