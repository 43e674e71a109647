import { loadTensor, storeTensor } from '../evaluate/tensor-values.ts'
import { type Graph, type Node, subgraphs } from '../ir/graph.ts'
import { elementCount, type Tensor, tensorOf } from '../ir/tensor.ts'
import type { ValueType } from '../ir/types.ts'
import type { EvalTensor, OpSpec } from '../ops/spec.ts'
import { schemaOf } from '../ops/tensor/schema.ts'
import type { PassContext } from './pass.ts'

/** Larger constants are neither read nor made: weights stay where they are. */
const MAX_ELEMENTS = 65_536

/** Kept as they are: they say that a model is quantised. */
const NEVER = new Set(['QuantizeLinear', 'DequantizeLinear'])

/** Computes tensor operators whose inputs are all small constants, and Shape and Size of values whose shape is known. */
export async function foldConstants(graph: Graph, { ops, signal }: PassContext): Promise<Graph> {
  const constants = new Map(graph.constants)
  const types = new Map(graph.types)
  const nodes: Node[] = []
  for (const node of graph.nodes) {
    signal?.throwIfAborted()
    const folded = known(node, types) ?? (await computed(node, constants, ops))
    if (!folded || node.outputs.some((value) => graph.outputs.includes(value))) {
      nodes.push(node)
      continue
    }
    for (const [i, value] of node.outputs.entries()) {
      const tensor = folded[i]
      if (!value || !tensor) continue
      constants.set(value, tensor)
      types.set(value, { dtype: tensor.dtype, shape: tensor.shape })
    }
  }
  return { ...graph, nodes, constants, types }
}

/** Shape and Size need the type only. */
function known(node: Node, types: ReadonlyMap<string, ValueType>): Tensor[] | undefined {
  if (node.op !== 'Shape' && node.op !== 'Size') return undefined
  const shape = types.get(node.inputs[0] as string)?.shape
  if (!shape?.every((d) => typeof d === 'number')) return undefined
  if (node.op === 'Size') return [tensorOf('int64', [], BigInt64Array.of(BigInt(elementCount(shape))))]
  const { start = 0, end } = node.attributes as { start?: number; end?: number }
  const part = shape.slice(start, end)
  return [tensorOf('int64', [part.length], BigInt64Array.from(part, BigInt))]
}

async function computed(
  node: Node,
  constants: ReadonlyMap<string, Tensor>,
  ops: ReadonlyMap<string, OpSpec>,
): Promise<Tensor[] | undefined> {
  const spec = ops.get(node.op)
  if (!spec || !schemaOf(node.op) || NEVER.has(node.op) || node.inputs.length === 0 || subgraphs(node).length > 0) {
    return undefined
  }
  const tensors = node.inputs.map((value) => (value ? constants.get(value) : undefined))
  if (node.inputs.some((value, i) => value && !tensors[i])) return undefined
  if (tensors.some((t) => t && elementCount(t.shape) > MAX_ELEMENTS)) return undefined
  const context = { op: node.op, attributes: node.attributes, outputCount: node.outputs.length }
  const inferred = spec.infer({
    ...context,
    inputs: tensors.map((t) => t && { dtype: t.dtype, shape: t.shape }),
    constant: (index) => tensors[index],
  })
  if (inferred.some((type) => sizeOf(type) > MAX_ELEMENTS)) return undefined
  const inputs = await Promise.all(tensors.map((t) => t && loadTensor(t)))
  // The ends of a Slice may be as far away as they like.
  if (inputs.some((t, i) => t && !isExact(t) && !(node.op === 'Slice' && i > 0))) return undefined
  const run = () => []
  const outputs = spec.evaluate(inputs, { ...context, run })
  return outputs.every(isExact) ? outputs.map(storeTensor) : undefined
}

/** Elements of a type; a size that is not known does not count. */
const sizeOf = ({ shape }: ValueType) => (shape ?? []).reduce<number>((n, d) => (typeof d === 'number' ? n * d : n), 1)

/** The evaluator holds integers as float64: beyond 2^53 they are not what they were. */
const isExact = ({ dtype, data }: EvalTensor) =>
  (dtype !== 'int64' && dtype !== 'uint64') || (data as Float64Array).every((x) => Number.isSafeInteger(x))
