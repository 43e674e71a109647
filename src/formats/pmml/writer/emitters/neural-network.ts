import type { Node } from '../../../../core/ir/graph.ts'
import type { MlAttributes } from '../../../../core/ops/ml/attributes.ts'
import type { PmmlContext } from '../context.ts'
import { type Element, el } from '../element.ts'
import type { ClassifierHead } from '../estimator.ts'
import { type Column, formatNumber, formatValue } from '../field.ts'
import { type ModelSpec, Scope, type Target } from '../segment.ts'

/** One dense layer: neurons' weights [K, C], biases [K], and what is done to the sums. */
interface Layer {
  readonly node: Node
  readonly coefficients: Float64Array
  readonly intercepts: Float64Array
  readonly activation: Activation
}

interface Activation {
  readonly function: string
  readonly threshold?: number
}

/** Tensor operators that are PMML activation functions. */
const ACTIVATIONS: Readonly<Record<string, string>> = {
  Relu: 'rectifier',
  Tanh: 'tanh',
  Sigmoid: 'logistic',
  Exp: 'exponential',
  Sin: 'sine',
  Cos: 'cosine',
  Reciprocal: 'reciprocal',
}

/** Between the layers of a network that says nothing of interest. */
const TRANSPARENT: ReadonlySet<string> = new Set(['Identity', 'Cast', 'Dropout'])

export interface Network {
  /** From the inputs on. */
  readonly layers: readonly Layer[]
  /** The value that feeds the first layer. */
  readonly inputs: readonly string[]
}

/** The feed-forward network that ends in this ml.linear; null when it has no hidden layer: that is a regression. */
export function networkBehind(ctx: PmmlContext, last: Node): Network | null {
  const layers: Layer[] = [layerOf(last, { function: 'identity' })]
  let node = last
  for (;;) {
    const [only] = node.inputs
    const hidden = node.inputs.length === 1 && only ? hiddenBehind(ctx, only) : null
    if (!hidden) break
    layers.unshift(hidden)
    node = hidden.node
  }
  return layers.length > 1 ? { layers, inputs: node.inputs } : null
}

function layerOf(node: Node, activation: Activation): Layer {
  const { coefficients, intercepts } = node.attributes as unknown as MlAttributes['ml.linear']
  return { node, coefficients, intercepts, activation }
}

/** The hidden layer whose activations are this value. */
function hiddenBehind(ctx: PmmlContext, value: string): Layer | null {
  let node = skipTransparent(ctx, value)
  let activation: Activation = { function: 'identity' }
  const known = node && ACTIVATIONS[node.op]
  const link = node?.op === 'ml.link' ? (node.attributes as unknown as MlAttributes['ml.link']) : undefined
  if (node && (known !== undefined || (link?.function === 'logit' && !link.complement))) {
    activation = { function: known ?? 'logistic' }
    node = skipTransparent(ctx, node.inputs[0] ?? '')
  }
  return node?.op === 'ml.linear' ? layerOf(node, activation) : null
}

function skipTransparent(ctx: PmmlContext, value: string): Node | undefined {
  const node = ctx.producer(value)
  return node && TRANSPARENT.has(node.op) ? skipTransparent(ctx, node.inputs[0] ?? '') : node
}

/** The network's output `k` as a regression. The target's field is named when the segment gets its target. */
export function networkRegressions(ctx: PmmlContext, network: Network): ModelSpec[] {
  const outputs = network.layers.at(-1)?.intercepts.length ?? 0
  return Array.from({ length: outputs }, (_, k) =>
    networkModel(ctx, network, 'regression', {}, k, (target, neuron) => {
      const field = target ? el('FieldRef', { field: target.name }) : el('Constant', { dataType: 'double' }, '0')
      return [neuralOutput(neuron(k), field)]
    }),
  )
}

/** The classifier whose scores are the network's outputs: softmax over several, or a logistic output of one. */
export function networkClassifier(ctx: PmmlContext, network: Network, head: ClassifierHead): ModelSpec | null {
  const outputs = network.layers.at(-1)?.intercepts.length ?? 0
  const { labels, link, rule } = head
  if (rule !== 'argmax') return null
  const dataType = typeof labels[0] === 'string' ? 'string' : 'integer'
  const classOutput = (target: Target | undefined, neuronId: string, k: number) =>
    neuralOutput(
      neuronId,
      el('NormDiscrete', {
        field: target?.name ?? '',
        value: formatValue(labels[k] ?? '', target?.dataType ?? dataType),
      }),
    )
  if (outputs === labels.length && link?.function === 'softmax') {
    return networkModel(
      ctx,
      network,
      'classification',
      { normalizationMethod: 'softmax' },
      undefined,
      (target, neuron) => labels.map((_, k) => classOutput(target, neuron(k), k)),
    )
  }
  if (outputs !== 1 || labels.length !== 2 || link?.function !== 'logit' || !link.complement) return null
  // p, then the pair 1 − p and p
  const logistic = network.layers.map((layer, i) =>
    i === network.layers.length - 1 ? { ...layer, activation: { function: 'logistic' } } : layer,
  )
  const last = logistic.at(-1) as Layer
  const pair: Layer = {
    node: last.node,
    coefficients: Float64Array.of(-1, 1),
    intercepts: Float64Array.of(1, 0),
    activation: { function: 'identity' },
  }
  return networkModel(
    ctx,
    { ...network, layers: [...logistic, pair] },
    'classification',
    {},
    undefined,
    (target, neuron) => labels.map((_, k) => classOutput(target, neuron(k), k)),
  )
}

function neuralOutput(outputNeuron: string, expression: Element): Element {
  const optype = expression.name === 'NormDiscrete' ? 'categorical' : 'continuous'
  const dataType = optype === 'categorical' ? 'string' : 'double'
  return el('NeuralOutput', { outputNeuron }, el('DerivedField', { optype, dataType }, expression))
}

function networkModel(
  ctx: PmmlContext,
  network: Network,
  functionName: 'regression' | 'classification',
  lastLayer: Element['attributes'],
  only: number | undefined,
  outputsOf: (target: Target | undefined, neuron: (k: number) => string) => Element[],
): ModelSpec {
  const scope = new Scope()
  const columns = network.inputs.flatMap((value) => ctx.columns(value))
  const inputs = columns.map((column, j) => neuralInput(ctx, scope, column, j))
  const layers = network.layers.map((layer, i) => {
    const isLast = i === network.layers.length - 1
    return layerElement(layer, i, isLast ? only : undefined, isLast ? lastLayer : {})
  })
  const depth = network.layers.length
  return {
    element: 'NeuralNetwork',
    functionName,
    attributes: { activationFunction: 'identity' },
    scope,
    content: (target) => [
      el('NeuralInputs', { numberOfInputs: inputs.length }, inputs),
      ...layers,
      el(
        'NeuralOutputs',
        {},
        outputsOf(target, (k) => `${depth},${k}`),
      ),
    ],
    origin: network.layers.flatMap((layer) => layer.node.origin),
  }
}

function neuralInput(ctx: PmmlContext, scope: Scope, column: Column, j: number): Element {
  const field = scope.use(ctx.field(column))
  return el(
    'NeuralInput',
    { id: `0,${j}` },
    el('DerivedField', { optype: 'continuous', dataType: 'double' }, el('FieldRef', { field })),
  )
}

function layerElement(
  layer: Layer,
  index: number,
  only: number | undefined,
  attributes: Element['attributes'],
): Element {
  const width = layer.coefficients.length / Math.max(1, layer.intercepts.length)
  const neurons = Array.from(layer.intercepts, (bias, k) => {
    if (only !== undefined && k !== only) return null
    const row = layer.coefficients.subarray(k * width, (k + 1) * width)
    const connections = Array.from(row, (weight, j) =>
      el('Con', { from: `${index},${j}`, weight: formatNumber(weight) }),
    )
    return el('Neuron', { id: `${index + 1},${k}`, bias: formatNumber(bias) }, connections)
  })
  return el('NeuralLayer', { activationFunction: layer.activation.function, ...attributes }, neurons)
}
