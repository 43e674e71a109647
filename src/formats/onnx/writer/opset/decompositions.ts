import { int64 } from '../../../../core/ir/tensor.ts'
import { type DowngradeRule, filled, NotExpressible, type Rewrite, rankOf, scalarLike } from './rewrite.ts'

/** x · ½ · (1 + erf(x/√2)), or with tanh (onnx.defs, Gelu-20). */
function gelu(rewrite: Rewrite): void {
  const [x = ''] = rewrite.node.inputs
  const constant = (n: number) => scalarLike(rewrite, x, n)
  let curve: string
  if (rewrite.node.attributes['approximate'] === 'tanh') {
    const square = rewrite.add('Mul', [x, x])
    const cube = rewrite.add('Mul', [square, x])
    const inner = rewrite.add('Add', [x, rewrite.add('Mul', [cube, constant(0.044715)])])
    curve = rewrite.add('Tanh', [rewrite.add('Mul', [inner, constant(Math.sqrt(2 / Math.PI))])])
  } else {
    curve = rewrite.add('Erf', [rewrite.add('Mul', [x, constant(Math.SQRT1_2)])])
  }
  const half = rewrite.add('Mul', [x, constant(0.5)])
  rewrite.finish('Mul', [half, rewrite.add('Add', [curve, constant(1)])])
}

/** x · tanh(softplus(x)). */
function mish(rewrite: Rewrite): void {
  const [x = ''] = rewrite.node.inputs
  rewrite.finish('Mul', [x, rewrite.add('Tanh', [rewrite.add('Softplus', [x])])])
}

/** x · max(0, min(1, x/6 + ½)). */
function hardSwish(rewrite: Rewrite): void {
  const [x = ''] = rewrite.node.inputs
  rewrite.finish('Mul', [x, rewrite.add('HardSigmoid', [x], { alpha: 1 / 6, beta: 0.5 })])
}

/** (x − mean) / √(variance + ε) · scale + bias over the last axes. */
function layerNormalization(rewrite: Rewrite): void {
  const { node } = rewrite
  const [x = '', scale = '', bias] = node.inputs
  if (node.outputs.length > 1) throw new NotExpressible('it returns mean and deviation')
  const rank = rankOf(rewrite, x)
  const first = Number(node.attributes['axis'] ?? -1)
  const start = first < 0 ? first + rank : first
  const over = { axes: Array.from({ length: rank - start }, (_, i) => start + i), keepdims: 1 }
  const centred = rewrite.add('Sub', [x, rewrite.add('ReduceMean', [x], over)])
  const variance = rewrite.add('ReduceMean', [rewrite.add('Mul', [centred, centred])], over)
  const epsilon = scalarLike(rewrite, x, Number(node.attributes['epsilon'] ?? 1e-5))
  const deviation = rewrite.add('Sqrt', [rewrite.add('Add', [variance, epsilon])])
  const scaled = [rewrite.add('Div', [centred, deviation]), scale]
  if (bias) rewrite.finish('Add', [rewrite.add('Mul', scaled), bias])
  else rewrite.finish('Mul', scaled)
}

/** Each group is an instance; scale and bias are per channel (before opset 21 they were per group). */
function groupNormalization(rewrite: Rewrite): void {
  const { node } = rewrite
  const [x = '', scale = '', bias = ''] = node.inputs
  const rank = rankOf(rewrite, x)
  const dtype = rewrite.type(x).dtype
  if (dtype !== 'float32' && dtype !== 'float64') throw new NotExpressible(`it computes on ${dtype}`)
  const groups = Number(node.attributes['num_groups'])
  const shape = rewrite.add('Shape', [x])
  const grouped = rewrite.add('Reshape', [x, rewrite.addConstant(int64([0, groups, -1]))])
  const ones = rewrite.addConstant(filled(dtype, groups, 1))
  const zeros = rewrite.addConstant(filled(dtype, groups, 0))
  const epsilon = node.attributes['epsilon'] ?? 1e-5
  const normal = rewrite.add('InstanceNormalization', [grouped, ones, zeros], { epsilon })
  const back = rewrite.add('Reshape', [normal, shape])
  const perChannel = rewrite.addConstant(int64([-1, ...new Array<number>(rank - 2).fill(1)]))
  const scaled = rewrite.add('Mul', [back, rewrite.add('Reshape', [scale, perChannel])])
  rewrite.finish('Add', [scaled, rewrite.add('Reshape', [bias, perChannel])])
}

/** Operators that older opsets do not have, in terms of those that they have. */
export const decompositionRules: readonly DowngradeRule[] = [
  { op: 'Gelu', since: 20, rewrite: gelu },
  { op: 'GroupNormalization', since: 21, rewrite: groupNormalization },
  { op: 'HardSwish', since: 14, rewrite: hardSwish },
  { op: 'LayerNormalization', since: 17, rewrite: layerNormalization },
  { op: 'Mish', since: 18, rewrite: mish },
]
