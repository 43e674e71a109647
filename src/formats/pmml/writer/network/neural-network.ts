import type { PmmlContext } from '../context.ts'
import { type Element, el } from '../element.ts'
import type { ClassifierHead } from '../estimator.ts'
import { formatNumber, formatValue } from '../field.ts'
import { type MiningFunction, type ModelSpec, Scope, type Target } from '../segment.ts'
import { type Affine, combination } from './affine.ts'
import { isActivation, isNetworkOperator, NetworkBuilder, type NeuronLayer } from './network-builder.ts'

/** The network behind a value; null where nothing but a linear model is. */
function networkBehind(ctx: PmmlContext, value: string): { network: NetworkBuilder; scores: readonly Affine[] } | null {
  if (!hasHiddenLayer(ctx, value)) return null
  const attempt = ctx.attempt(() => {
    const network = new NetworkBuilder(ctx)
    return { network, scores: network.elements(value) }
  })
  return 'result' in attempt ? attempt.result : null
}

/** Whether an activation of a product is among the operators, known to networks, that a value is made by. */
function hasHiddenLayer(ctx: PmmlContext, value: string): boolean {
  const stack = [{ value, isActivated: false }]
  const seen = new Set<string>()
  for (let at = stack.pop(); at; at = stack.pop()) {
    const node = ctx.producer(at.value)
    const key = `${at.isActivated} ${node?.id}`
    if (!node || seen.has(key) || !isNetworkOperator(node)) continue
    seen.add(key)
    if (at.isActivated && PRODUCTS.has(node.op)) return true
    const isActivated = at.isActivated || isActivation(node)
    stack.push(...node.inputs.map((input) => ({ value: input, isActivated })))
  }
  return false
}

const PRODUCTS: ReadonlySet<string> = new Set(['MatMul', 'Gemm', 'ml.linear'])

/** The elements of a value as the targets of one NeuralNetwork, or null when no network makes them. */
export function networkRegression(ctx: PmmlContext, value: string): ModelSpec | null {
  const found = networkBehind(ctx, value)
  if (!found) return null
  const neurons = found.network.neurons(found.scores)
  return networkModel(ctx, found.network, 'regression', (targets) =>
    targets.map(({ name }, k) => neuralOutput(neurons[k] ?? '', 'double', el('FieldRef', { field: name }))),
  )
}

/** The classifier whose scores a network makes, or null when its last layer can not be the head. */
export function networkClassifier(ctx: PmmlContext, head: ClassifierHead): ModelSpec | null {
  const { labels, link, rule, probabilities } = head
  const found = networkBehind(ctx, link ? link.scores : head.scores)
  if (!found) return null
  const { network, scores } = found
  let classes: readonly Affine[] | undefined
  if (rule === 'argmax' && scores.length === labels.length) {
    if (!probabilities || link?.function === 'softmax') classes = network.addLayer('identity', scores, 'softmax')
    else if (!link) classes = scores
  } else if (scores.length === 1 && labels.length === 2) {
    const isLogistic = rule === 'argmax' && link?.function === 'logit' && link.complement
    const isRaw = rule === 'threshold' && !link && !probabilities
    if (isLogistic || isRaw) {
      const shifted = scores.map((x) => combination([[x, 1]], isRaw ? -head.threshold : 0))
      classes = network.addLayer('logistic', shifted).flatMap((p) => [combination([[p, -1]], 1), p])
    }
  }
  if (!classes) return null
  const neurons = network.neurons(classes)
  return networkModel(ctx, network, 'classification', ([target]) =>
    labels.map((label, k) => {
      const dataType = target?.dataType ?? 'string'
      const value = formatValue(label, dataType)
      return neuralOutput(neurons[k] ?? '', dataType, el('NormDiscrete', { field: target?.name ?? '', value }))
    }),
  )
}

function neuralOutput(outputNeuron: string, dataType: Target['dataType'], expression: Element): Element {
  const optype = expression.name === 'NormDiscrete' ? 'categorical' : 'continuous'
  return el('NeuralOutput', { outputNeuron }, el('DerivedField', { optype, dataType }, expression))
}

function networkModel(
  ctx: PmmlContext,
  network: NetworkBuilder,
  functionName: MiningFunction,
  outputsOf: (targets: readonly Target[]) => Element[],
): ModelSpec {
  const scope = new Scope()
  const inputs = network.inputs.map((column, j) => {
    for (const field of ctx.inputsOf(column)) scope.use(field)
    const derived = el('DerivedField', { optype: 'continuous', dataType: 'double' }, ctx.expression(column))
    return el('NeuralInput', { id: `0,${j}` }, derived)
  })
  return {
    element: 'NeuralNetwork',
    functionName,
    attributes: { activationFunction: 'identity' },
    scope,
    content: (targets) => [
      el('NeuralInputs', { numberOfInputs: inputs.length }, inputs),
      ...network.layers.map(layerElement),
      el('NeuralOutputs', {}, outputsOf(targets)),
    ],
    origin: [...network.origins],
  }
}

function layerElement({ activation, normalization, neurons }: NeuronLayer): Element {
  return el(
    'NeuralLayer',
    { numberOfNeurons: neurons.length, activationFunction: activation, normalizationMethod: normalization },
    neurons.map(({ id, bias, terms }) =>
      el(
        'Neuron',
        { id, bias: formatNumber(bias) },
        terms.map(({ from, weight }) => el('Con', { from, weight: formatNumber(weight) })),
      ),
    ),
  )
}
