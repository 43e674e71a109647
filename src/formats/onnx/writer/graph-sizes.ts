import { DTYPE_SIZE } from '../../../core/ir/dtype.ts'
import { type Graph, isGraph, type Node } from '../../../core/ir/graph.ts'
import { elementCount, isTensor, type Tensor } from '../../../core/ir/tensor.ts'

/** Bytes that a graph will have in a file, about. */
export interface GraphSizes {
  /** Initializers, which can stand in a file of their own. */
  readonly weights: number
  /** Trees, tables and constants of bodies, which can not. */
  readonly structure: number
}

const tensorBytes = ({ dtype, shape }: Tensor): number =>
  dtype === 'string' ? 0 : elementCount(shape) * DTYPE_SIZE[dtype]

const sum = <T>(values: Iterable<T>, bytes: (value: T) => number): number =>
  Array.from(values, bytes).reduce((all, each) => all + each, 0)

/** With the tag that stands before each element: FLOATS take five bytes, INTS two to eleven, of trees mostly three. */
function attributeBytes(value: unknown): number {
  if (isGraph(value)) return sum(value.constants.values(), tensorBytes) + sum(value.nodes, nodeBytes)
  if (isTensor(value)) return tensorBytes(value)
  if (value instanceof Float32Array || value instanceof Float64Array) return value.length * 5
  return isList(value) ? value.length * 3 : 0
}

const isList = (value: unknown): value is ArrayLike<unknown> => Array.isArray(value) || ArrayBuffer.isView(value)

const nodeBytes = (node: Node): number => sum(Object.values(node.attributes), attributeBytes)

export const graphSizes = (graph: Graph): GraphSizes => ({
  weights: sum(graph.constants.values(), tensorBytes),
  structure: sum(graph.nodes, nodeBytes),
})
