import type { ValueName } from '../../../core/ir/builder.ts'
import type { Json } from '../../../encodings/json/parse-json.ts'
import { Config, isObject } from '../reader/config.ts'
import { KerasTensor, type LayerContext } from './context.ts'
import { sparsemax } from './sparsemax.ts'

type Activation = (ctx: LayerContext, x: ValueName) => ValueName

const unary =
  (op: string, attributes: Record<string, unknown> = {}): Activation =>
  (ctx, x) =>
    ctx.op(op, [x], attributes)

const clip =
  (min: number, max: number): Activation =>
  (ctx, x) =>
    ctx.op('Clip', [x, ctx.scalar(min), ctx.scalar(max)])

/** clip(0.2x + 0.5) in Keras 2, relu6(x + 3) / 6 in Keras 3. */
const hardSigmoid: Activation = (ctx, x) =>
  ctx.op('HardSigmoid', [x], { alpha: ctx.scope.keras < 3 ? 0.2 : 1 / 6, beta: 0.5 })

const silu: Activation = (ctx, x) => ctx.op('Mul', [x, ctx.op('Sigmoid', [x])])

const logSigmoid: Activation = (ctx, x) => ctx.op('Neg', [ctx.op('Softplus', [ctx.op('Neg', [x])])])

const glu: Activation = (ctx, x) => {
  const [a, b] = ctx.ops('Split', [x], 2, { axis: -1, num_outputs: 2 }) as [ValueName, ValueName]
  return ctx.op('Mul', [a, ctx.op('Sigmoid', [b])])
}

const squarePlus: Activation = (ctx, x) => {
  const root = ctx.op('Sqrt', [ctx.op('Add', [ctx.op('Mul', [x, x]), ctx.scalar(4)])])
  return ctx.op('Mul', [ctx.op('Add', [x, root]), ctx.scalar(0.5)])
}

/** 0 up to −1, x from 1 on, (x + 1)² / 4 between. */
const sparsePlus: Activation = (ctx, x) => {
  const shifted = ctx.op('Relu', [ctx.op('Add', [x, ctx.scalar(1)])])
  const curve = ctx.op('Mul', [ctx.op('Mul', [shifted, shifted]), ctx.scalar(0.25)])
  return ctx.op('Where', [ctx.op('Less', [x, ctx.scalar(1)]), curve, x])
}

const sparseSigmoid: Activation = (ctx, x) =>
  clip(0, 1)(ctx, ctx.op('Mul', [ctx.op('Add', [x, ctx.scalar(1)]), ctx.scalar(0.5)]))

/** keras.activations by name (Keras 2.15 and 3.15), with their default arguments. */
const ACTIVATIONS: Readonly<Record<string, Activation>> = {
  linear: (_ctx, x) => x,
  relu: unary('Relu'),
  relu6: clip(0, 6),
  leaky_relu: unary('LeakyRelu', { alpha: 0.2 }),
  elu: unary('Elu', { alpha: 1 }),
  selu: unary('Selu', { alpha: 1.6732632423543772, gamma: 1.0507009873554805 }),
  celu: unary('Celu', { alpha: 1 }),
  gelu: unary('Gelu', { approximate: 'none' }),
  silu,
  swish: silu,
  mish: unary('Mish'),
  hard_silu: unary('HardSwish'),
  hard_swish: unary('HardSwish'),
  sigmoid: unary('Sigmoid'),
  hard_sigmoid: hardSigmoid,
  log_sigmoid: logSigmoid,
  tanh: unary('Tanh'),
  hard_tanh: clip(-1, 1),
  tanh_shrink: (ctx, x) => ctx.op('Sub', [x, ctx.op('Tanh', [x])]),
  soft_shrink: unary('Shrink', { lambd: 0.5, bias: 0.5 }),
  hard_shrink: unary('Shrink', { lambd: 0.5, bias: 0 }),
  softplus: unary('Softplus'),
  softsign: unary('Softsign'),
  exponential: unary('Exp'),
  softmax: unary('Softmax', { axis: -1 }),
  log_softmax: unary('LogSoftmax', { axis: -1 }),
  sparsemax,
  glu,
  squareplus: squarePlus,
  sparse_plus: sparsePlus,
  sparse_sigmoid: sparseSigmoid,
}

/** What a layer with an `activation` may produce for it. */
export const ACTIVATION_OPS: readonly string[] = [
  ...['Add', 'Celu', 'Clip', 'CumSum', 'Div', 'Elu', 'Exp', 'Gelu', 'Greater', 'HardSigmoid', 'HardSwish', 'LeakyRelu'],
  ...[
    'Less',
    'LogSoftmax',
    'Mish',
    'Mul',
    'Neg',
    'Range',
    'ReduceSum',
    'Relu',
    'Selu',
    'Shrink',
    'Sigmoid',
    'Softmax',
    'Softplus',
  ],
  ...['Softsign', 'Split', 'Sqrt', 'Sub', 'Tanh', 'TopK', 'Where', 'Cast'],
]

/** The name of an activation: a string, or an object with a name in it; undefined for none. */
export function activationName(value: Json | undefined): string {
  if (value === undefined) return 'linear'
  if (typeof value === 'string') return value
  if (!isObject(value)) return ''
  const { class_name: className, config } = value
  return className === 'function' && typeof config === 'string' ? config : String(className)
}

/** Applies an activation given as in a layer's configuration. Blocks for one whose code is not in the file. */
export function activate(
  ctx: LayerContext,
  x: ValueName,
  value: Json | undefined = ctx.config.get('activation'),
): ValueName {
  const name = activationName(value)
  const activation = Object.hasOwn(ACTIVATIONS, name) ? ACTIVATIONS[name] : undefined
  if (activation) return activation(ctx, x)
  if (isObject(value) && isObject(value['config'])) return activationLayer(ctx, x, name, value['config'])
  return ctx.block(
    `its activation ${name} is not one of Keras' own, and its code is not in the file`,
    'Use one of keras.activations, or build the function from Keras layers.',
  )
}

/** An activation layer in place of a function: `activation=LeakyReLU(0.1)`. */
function activationLayer(
  ctx: LayerContext,
  x: ValueName,
  className: string,
  config: { [key: string]: Json },
): ValueName {
  const inner = {
    className,
    name: ctx.layer.name,
    config: new Config(config, `the activation of ${ctx.layer.name}`),
    isCustom: className.includes('>'),
    sublayers: new Map(),
    weights: new Map(),
    assets: new Map(),
  }
  const [result] = ctx.call(inner, [new KerasTensor(x)])
  return result?.value ?? x
}
