import type { Node } from '../../../../core/ir/graph.ts'
import { numbersOf } from '../../../../core/ir/tensor.ts'
import type { PmmlContext } from '../context.ts'
import { linkBehind } from '../decisions.ts'
import { groupsOf } from '../emitters/arithmetic.ts'
import { batchFactors } from '../emitters/normalization.ts'
import { productOf } from '../emitters/products.ts'
import { broadcastElements, movedElements } from '../emitters/rows.ts'
import type { Column } from '../field.ts'
import { ACTIVATIONS, clipped, sloped } from './activations.ts'
import { type Affine, combination, constantAffine, neuronOf, outputOf, type Term } from './affine.ts'

export interface Neuron {
  readonly id: string
  readonly terms: readonly Term[]
  readonly bias: number
}

export interface NeuronLayer {
  readonly activation: string
  readonly normalization?: 'softmax'
  readonly neurons: readonly Neuron[]
}

type Rule = (network: NetworkBuilder, node: Node) => readonly Affine[] | undefined

/**
 * A feed-forward network as PMML has it: neurons that add up earlier ones. Layers come into being where something is not
 * linear; all that is linear (products, sums, normalisations, means) is folded into the sums. A value that no rule makes
 * is an input of the network, column by column.
 */
export class NetworkBuilder {
  readonly layers: NeuronLayer[] = []
  readonly inputs: Column[] = []
  readonly origins = new Set<string>()
  readonly ctx: PmmlContext
  readonly #elements = new Map<string, readonly Affine[]>()

  constructor(ctx: PmmlContext) {
    this.ctx = ctx
  }

  /** The elements of a row of a value. */
  elements(value: string): readonly Affine[] {
    const known = this.#elements.get(value)
    if (known) return known
    const constant = this.ctx.constant(value)
    const node = this.ctx.producer(value)
    const made = constant ? numbersOf(constant)?.map(constantAffine) : node && RULES[node.op]?.(this, node)
    if (node && made) for (const origin of node.origin) this.origins.add(origin)
    const elements = made ?? this.ctx.columns(value).map((column) => this.#input(column))
    this.#elements.set(value, elements)
    return elements
  }

  define(value: string, elements: readonly Affine[]): void {
    this.#elements.set(value, elements)
  }

  readonly addLayer = (activation: string, sums: readonly Affine[], normalization?: 'softmax'): readonly Affine[] => {
    const layer = this.layers.length + 1
    const neurons = sums.map(({ terms, bias }, k): Neuron => ({ id: `${layer},${k}`, terms, bias }))
    this.layers.push({ activation, neurons, ...(normalization ? { normalization } : {}) })
    return neurons.map(({ id }) => outputOf(id))
  }

  /** The ids of neurons that give these elements, in a layer of their own where they are not neurons as they are. */
  neurons(elements: readonly Affine[]): readonly string[] {
    const ids = elements.map(neuronOf)
    if (ids.every((id) => id !== undefined && !id.startsWith('0,'))) return ids as string[]
    return this.addLayer('identity', elements).map((element) => neuronOf(element) as string)
  }

  #input(column: Column): Affine {
    if (column.kind === 'constant' && typeof column.value === 'number') return constantAffine(column.value)
    return outputOf(`0,${this.inputs.push(column) - 1}`)
  }
}

const firstInput: Rule = (network, node) => network.elements(node.inputs[0] ?? '')

/** Elements that only change places. */
const moved =
  (indices: (node: Node) => readonly number[]): Rule =>
  (network, node) => {
    const sources = indices(node)
    const outputs = movedElements(network.ctx, node, sources).map((elements) =>
      elements.map(({ operand, index }) => network.elements(node.inputs[operand] ?? '')[index] as Affine),
    )
    for (const [i, output] of outputs.entries()) network.define(node.outputs[i] ?? '', output)
    return outputs[0]
  }

/** x · W + b. Sums of many neurons become a layer first: a product of products is larger than both. */
const product: Rule = (network, node) => {
  const found = productOf(network.ctx, node)
  if (!found) return undefined
  const plain = found.inputs.flatMap((value) => network.elements(value))
  const x = plain.every(({ terms }) => terms.length <= 2) ? plain : network.addLayer('identity', plain)
  return Array.from(found.biases, (bias, k) => {
    const row = x.map((element, c) => [element, found.weights[k * x.length + c] ?? 0] as const)
    return combination(row, bias)
  })
}

const sum =
  (weights: (operands: number) => readonly number[]): Rule =>
  (network, node) => {
    const operands = node.inputs.map((value) => network.elements(value))
    const factor = weights(operands.length)
    return broadcastElements(network.ctx, node, node.inputs).map((row) =>
      combination(row.map((index, i) => [operands[i]?.[index] as Affine, factor[i] ?? 1])),
    )
  }

/** A product or quotient with constants. */
const scaled =
  (isQuotient: boolean): Rule =>
  (network, node) => {
    const constants = node.inputs.map((value) => numbersOf(network.ctx.constant(value)))
    const at = constants.findIndex((numbers) => numbers !== undefined)
    if (at < 0 || (isQuotient && at === 0) || node.inputs.length !== 2) return undefined
    const elements = network.elements(node.inputs[1 - at] ?? '')
    return broadcastElements(network.ctx, node, node.inputs).map((row) => {
      const factor = constants[at]?.[row[at] ?? 0] ?? 1
      return combination([[elements[row[1 - at] ?? 0] as Affine, isQuotient ? 1 / factor : factor]])
    })
  }

const normalized: Rule = (network, node) => {
  const factors = batchFactors(network.ctx, node)
  return network
    .elements(node.inputs[0] ?? '')
    .map((x, i) => combination([[x, factors[i]?.factor ?? 1]], factors[i]?.shift ?? 0))
}

const reduction =
  (isMean: boolean): Rule =>
  (network, node) => {
    const elements = network.elements(node.inputs[0] ?? '')
    return groupsOf(network.ctx, node).map((indices) => {
      const weight = isMean ? 1 / indices.length : 1
      return combination(indices.map((i) => [elements[i] as Affine, weight]))
    })
  }

const clip: Rule = (network, node) => {
  const bound = (index: number, otherwise: number) => {
    const value = node.inputs[index]
    return value ? numbersOf(network.ctx.constant(value))?.[0] : otherwise
  }
  const [low, high] = [bound(1, Number.NEGATIVE_INFINITY), bound(2, Number.POSITIVE_INFINITY)]
  if (low === undefined || high === undefined) return undefined
  return clipped(network.addLayer, network.elements(node.inputs[0] ?? ''), low, high)
}

const prelu: Rule = (network, node) => {
  const slopes = numbersOf(network.ctx.constant(node.inputs[1] ?? ''))
  if (!slopes) return undefined
  const rows = broadcastElements(network.ctx, node, node.inputs)
  return sloped(
    network.addLayer,
    network.elements(node.inputs[0] ?? ''),
    rows.map((row) => slopes[row[1] ?? 0] ?? 0),
  )
}

const link: Rule = (network, node) => {
  const found = linkBehind(network.ctx, node.outputs[0] ?? '')
  if (!found || found.complement) return undefined
  if (found.function === 'logit') return network.addLayer('logistic', network.elements(found.scores))
  return found.function === 'softmax'
    ? network.addLayer('identity', network.elements(found.scores), 'softmax')
    : undefined
}

/** Rounding in the middle of a network is left to the network's own precision; on the inputs it stays. */
const cast: Rule = (network, node) =>
  network.ctx.producer(node.inputs[0] ?? '') ? firstInput(network, node) : undefined

const all = (node: Node) => Array.from(node.inputs.keys())
const first = () => [0]

const RULES: Readonly<Record<string, Rule | undefined>> = {
  Identity: firstInput,
  Dropout: firstInput,
  Cast: cast,
  Concat: moved(all),
  Gather: (network, node) => (network.ctx.constant(node.inputs[0] ?? '') ? undefined : moved(first)(network, node)),
  Reshape: moved(first),
  Flatten: moved(first),
  Squeeze: moved(first),
  Unsqueeze: moved(first),
  Transpose: moved(first),
  Slice: moved(first),
  Split: moved(first),
  MatMul: product,
  Gemm: product,
  'ml.linear': product,
  Add: sum(() => []),
  Sum: sum(() => []),
  Sub: sum(() => [1, -1]),
  Mean: sum((n) => Array.from({ length: n }, () => 1 / n)),
  Neg: (network, node) => network.elements(node.inputs[0] ?? '').map((x) => combination([[x, -1]])),
  Mul: scaled(false),
  Div: scaled(true),
  BatchNormalization: normalized,
  ReduceMean: reduction(true),
  ReduceSum: reduction(false),
  Clip: clip,
  PRelu: prelu,
  Softmax: link,
  'ml.link': link,
  ...Object.fromEntries(
    Object.entries(ACTIVATIONS).map(([op, activation]) => [
      op,
      (network: NetworkBuilder, node: Node) =>
        activation(network.addLayer, network.elements(node.inputs[0] ?? ''), node.attributes),
    ]),
  ),
}

/** Whether a network can hold the operator. */
export const isNetworkOperator = (node: Node): boolean =>
  RULES[node.op] !== undefined && (node.op !== 'ml.link' || isLayerLink(node))

/** Whether the operator makes a layer. */
export const isActivation = ({ op }: Node): boolean =>
  Object.hasOwn(ACTIVATIONS, op) || ['Clip', 'PRelu', 'Softmax', 'ml.link'].includes(op)

const isLayerLink = ({ attributes }: Node): boolean =>
  !attributes.complement && (attributes.function === 'logit' || attributes.function === 'softmax')
