import type { TensorData } from '../ir/dtype.ts'
import type { Graph } from '../ir/graph.ts'
import { bytesOf, type Tensor } from '../ir/tensor.ts'
import { renameReads } from './rename.ts'

/** Constants of at most this many elements are compared by their elements; larger ones only by identity. */
const MAX_ELEMENTS = 4096

/** Keeps one of equal constants. Constants that are graph outputs stay. */
export function mergeConstants(graph: Graph): Graph {
  const first = new Map<Tensor | string, { readonly value: string; readonly tensor: Tensor }[]>()
  const names = new Map<string, string>()
  const outputs = new Set(graph.outputs)
  for (const [value, tensor] of graph.constants) {
    if (outputs.has(value)) continue
    const key = keyOf(tensor)
    const alike = first.get(key)
    const kept = alike?.find((other) => areEqual(other.tensor, tensor))
    if (kept) names.set(value, kept.value)
    else if (alike) alike.push({ value, tensor })
    else first.set(key, [{ value, tensor }])
  }
  if (names.size === 0) return graph
  return {
    ...graph,
    nodes: graph.nodes.map((node) => renameReads(node, names)),
    constants: new Map([...graph.constants].filter(([value]) => !names.has(value))),
    types: new Map([...graph.types].filter(([value]) => !names.has(value))),
  }
}

/** Equal for equal constants, and rarely for others. */
function keyOf(tensor: Tensor): Tensor | string {
  const { data, dtype, shape } = tensor
  if (!data || data.length > MAX_ELEMENTS) return tensor
  return `${dtype} [${shape}] ${isText(data) ? JSON.stringify(data) : hash(bytesOf(data))}`
}

const isText = (data: TensorData): data is readonly string[] => Array.isArray(data)

/** FNV-1a. */
function hash(bytes: Uint8Array): number {
  let sum = 0x811c9dc5
  for (let i = 0; i < bytes.length; i++) sum = Math.imul(sum ^ (bytes[i] as number), 0x01000193)
  return sum >>> 0
}

/** Whether the elements of two constants with one key are the same: bit by bit, so that −0 differs from 0. */
function areEqual(a: Tensor, b: Tensor): boolean {
  if (a === b || !a.data || !b.data || isText(a.data) || isText(b.data)) return true
  const [x, y] = [bytesOf(a.data), bytesOf(b.data)]
  return x.length === y.length && x.every((byte, i) => byte === y[i])
}
