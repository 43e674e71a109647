import type { ValueName } from '../../../../core/ir/builder.ts'
import { ACTIVATION_OPS, activate } from '../activations.ts'
import type { KerasLowering } from '../lowering.ts'
import { type FunctionCall, fn } from './function-call.ts'

const X = ['x', 'features', 'logits', 'input'] as const

const named =
  (name: string) =>
  (call: FunctionCall): ValueName =>
    activate(call.ctx, call.operand(0, ...X), name)

/** Functions that are activations without settings, by the activation's name. */
const NAMED: readonly (readonly [activation: string, ...names: string[]])[] = [
  ['relu', 'ops.Relu', 'tf.nn.relu'],
  ['relu6', 'ops.Relu6', 'tf.nn.relu6'],
  ['sigmoid', 'ops.Sigmoid', 'tf.math.sigmoid', 'tf.sigmoid', 'tf.nn.sigmoid'],
  ['tanh', 'ops.Tanh', 'tf.math.tanh', 'tf.tanh', 'tf.nn.tanh'],
  ['softplus', 'ops.Softplus', 'tf.math.softplus', 'tf.nn.softplus'],
  ['softsign', 'ops.Softsign', 'tf.math.softsign', 'tf.nn.softsign'],
  ['silu', 'ops.Silu', 'tf.nn.silu', 'tf.nn.swish'],
  ['selu', 'ops.Selu', 'tf.nn.selu'],
  ['log_sigmoid', 'ops.LogSigmoid', 'tf.math.log_sigmoid', 'tf.nn.log_sigmoid'],
  ['hard_sigmoid', 'ops.HardSigmoid'],
  ['hard_silu', 'ops.HardSilu'],
  ['hard_tanh', 'ops.HardTanh'],
  ['tanh_shrink', 'ops.TanhShrink'],
]

const withAlpha =
  (op: string, fallback: number, ...names: string[]) =>
  (call: FunctionCall): ValueName =>
    call.ctx.op(op, [call.operand(0, ...X)], { alpha: call.number(1, names, fallback) })

const overAxis =
  (op: string) =>
  (call: FunctionCall): ValueName =>
    call.ctx.op(op, [call.operand(0, ...X)], { axis: call.number(1, ['axis'], -1) })

/** tanh's approximation is the default of keras.ops, the exact one of tf.nn. */
const gelu =
  (fallback: boolean) =>
  (call: FunctionCall): ValueName => {
    const approximate = (call.setting(1, 'approximate') ?? fallback) === true
    return call.ctx.op('Gelu', [call.operand(0, ...X)], { approximate: approximate ? 'tanh' : 'none' })
  }

export const activationFunctions: readonly KerasLowering[] = [
  ...NAMED.flatMap(([activation, ...names]) =>
    fn(
      names,
      ACTIVATION_OPS.filter((op) => op !== 'Cast'),
      named(activation),
    ),
  ),
  ...fn(['ops.LeakyRelu', 'tf.nn.leaky_relu'], ['LeakyRelu'], withAlpha('LeakyRelu', 0.2, 'negative_slope', 'alpha')),
  ...fn(['ops.Elu', 'tf.nn.elu'], ['Elu'], withAlpha('Elu', 1, 'alpha')),
  ...fn(['ops.Celu'], ['Celu'], withAlpha('Celu', 1, 'alpha')),
  ...fn(['ops.Gelu'], ['Gelu'], gelu(true)),
  ...fn(['tf.nn.gelu'], ['Gelu'], gelu(false)),
  ...fn(['ops.Softmax', 'tf.nn.softmax'], ['Softmax'], overAxis('Softmax')),
  ...fn(['ops.LogSoftmax', 'tf.nn.log_softmax'], ['LogSoftmax'], overAxis('LogSoftmax')),
]
