import type { TensorData } from '../ir/dtype.ts'
import type { Graph } from '../ir/graph.ts'
import type { Tensor } from '../ir/tensor.ts'
import { renameReads } from './rename.ts'

/** Constants of at most this many elements are compared by their elements; larger ones only by identity. */
const MAX_ELEMENTS = 4096

/** Keeps one of equal constants. Constants that are graph outputs stay. */
export function mergeConstants(graph: Graph): Graph {
  const first = new Map<Tensor | string, string>()
  const names = new Map<string, string>()
  for (const [value, tensor] of graph.constants) {
    if (graph.outputs.includes(value)) continue
    const key = keyOf(tensor)
    const kept = first.get(key)
    if (kept === undefined) first.set(key, value)
    else names.set(value, kept)
  }
  if (names.size === 0) return graph
  return {
    ...graph,
    nodes: graph.nodes.map((node) => renameReads(node, names)),
    constants: new Map([...graph.constants].filter(([value]) => !names.has(value))),
    types: new Map([...graph.types].filter(([value]) => !names.has(value))),
  }
}

/** Equal for equal constants. −0 differs from 0 and a NaN equals itself, as their text does. */
function keyOf(tensor: Tensor): Tensor | string {
  const { data } = tensor
  if (!data || data.length > MAX_ELEMENTS) return tensor
  return JSON.stringify([tensor.dtype, tensor.shape, elementTexts(data)])
}

const elementTexts = (data: TensorData): string[] =>
  Array.from(data as ArrayLike<number | bigint | string>, (x) => (Object.is(x, -0) ? '-0' : String(x)))
