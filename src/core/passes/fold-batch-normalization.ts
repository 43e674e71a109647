import { decodeElements, encodeElements } from '../evaluate/tensor-values.ts'
import { consumers, type Graph, type Node, producers } from '../ir/graph.ts'
import { elementCount, lazyTensor, type Tensor } from '../ir/tensor.ts'
import { number } from '../ops/tensor/attributes.ts'
import { freshNames } from './fresh-names.ts'
import { uniteOrigins } from './origins.ts'

/** y = (conv − mean) / √(variance + ε) · scale + bias, as one factor and one shift per channel. */
interface Normalization {
  readonly scale: Tensor
  readonly bias: Tensor
  readonly mean: Tensor
  readonly variance: Tensor
  readonly epsilon: number
}

/**
 * Folds a BatchNormalization into the Conv or ConvTranspose before it, where nobody else reads the convolution's result
 * and all parameters are constants. The new weights are computed in float64 when somebody asks for them.
 */
export function foldBatchNormalization(graph: Graph): Graph {
  const makers = producers(graph)
  const readers = consumers(graph)
  const fresh = freshNames(graph)
  const constants = new Map(graph.constants)
  const types = new Map(graph.types)
  const replaced = new Map<Node, Node | null>()
  for (const node of graph.nodes) {
    const match = matchNormalization(graph, node, makers.get(node.inputs[0] ?? ''))
    if (!match) continue
    const { conv, weights, bias, normalization } = match
    const value = conv.outputs[0] as string
    if (readers.get(value)?.length !== 1 || graph.outputs.includes(value) || replaced.has(conv)) continue
    const [newWeights, newBias] = [fresh(`${conv.inputs[1]}_folded`), fresh(`${conv.id}_bias_folded`)]
    const tensors = foldedTensors(conv, weights, bias, normalization)
    for (const [name, tensor] of [
      [newWeights, tensors.weights],
      [newBias, tensors.bias],
    ] as const) {
      constants.set(name, tensor)
      types.set(name, { dtype: tensor.dtype, shape: tensor.shape })
    }
    replaced.set(conv, null)
    replaced.set(node, {
      ...conv,
      inputs: [conv.inputs[0] as string, newWeights, newBias],
      outputs: node.outputs,
      origin: uniteOrigins(conv, node),
    })
  }
  if (replaced.size === 0) return graph
  const nodes = graph.nodes.flatMap((node) => {
    const other = replaced.get(node)
    return other === undefined ? [node] : other === null ? [] : [other]
  })
  return { ...graph, nodes, constants, types }
}

function matchNormalization(graph: Graph, node: Node, conv: Node | undefined) {
  if (node.op !== 'BatchNormalization' || node.outputs.length > 1 || !conv) return undefined
  if (conv.op !== 'Conv' && conv.op !== 'ConvTranspose') return undefined
  const constant = (value: string | undefined) => graph.constants.get(value ?? '')
  const weights = constant(conv.inputs[1])
  const bias = constant(conv.inputs[2])
  const [scale, shift, mean, variance] = [1, 2, 3, 4].map((i) => constant(node.inputs[i]))
  if (!weights || (conv.inputs[2] && !bias) || !scale || !shift || !mean || !variance) return undefined
  const epsilon = number(node.attributes, 'epsilon', 1e-5)
  return { conv, weights, bias, normalization: { scale, bias: shift, mean, variance, epsilon } }
}

const load = async (tensor: Tensor) => decodeElements(tensor.dtype, await tensor.load()) as Float64Array

async function factorsOf({ scale, variance, epsilon }: Normalization): Promise<Float64Array> {
  const v = await load(variance)
  return (await load(scale)).map((s, c) => s / Math.sqrt(v[c]! + epsilon))
}

function foldedTensors(conv: Node, weights: Tensor, bias: Tensor | undefined, normalization: Normalization) {
  const blocks = channelBlocks(conv, weights.shape)
  const { dtype } = weights
  return {
    weights: lazyTensor(dtype, weights.shape, async () => {
      const factors = await factorsOf(normalization)
      return encodeElements(dtype, scaledBlocks(await load(weights), factors, blocks))
    }),
    bias: lazyTensor(dtype, normalization.scale.shape, async () => {
      const factors = await factorsOf(normalization)
      const [shift, mean] = [await load(normalization.bias), await load(normalization.mean)]
      const own = bias && (await load(bias))
      return encodeElements(
        dtype,
        factors.map((f, c) => shift[c]! + ((own?.[c] ?? 0) - mean[c]!) * f),
      )
    }),
  }
}

/** Runs of weights that belong to one output channel: Conv [M, C/g, …], ConvTranspose [C, M/g, …]. */
interface ChannelBlocks {
  readonly size: number
  readonly channelOf: (block: number) => number
}

function channelBlocks(conv: Node, shape: readonly number[]): ChannelBlocks {
  const [first = 1, second = 1] = shape
  const inner = elementCount(shape.slice(2))
  if (conv.op === 'Conv') return { size: second * inner, channelOf: (block) => block }
  const groupSize = first / number(conv.attributes, 'group', 1)
  return {
    size: inner,
    channelOf: (block) => Math.floor(block / (second * groupSize)) * second + (block % second),
  }
}

function scaledBlocks(weights: Float64Array, factors: Float64Array, { size, channelOf }: ChannelBlocks): Float64Array {
  const result = new Float64Array(weights.length)
  for (let start = 0, block = 0; start < weights.length; start += size, block++) {
    const factor = factors[channelOf(block)]!
    for (let i = start; i < start + size; i++) result[i] = weights[i]! * factor
  }
  return result
}
