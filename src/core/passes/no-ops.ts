import { consumers, type Graph, type Node, producers } from '../ir/graph.ts'
import { numbersOf } from '../ir/tensor.ts'
import type { ValueType } from '../ir/types.ts'
import { dtype, optionalNumbers, text } from '../ops/tensor/attributes.ts'
import { bypassNodes } from './bypass.ts'

/** Nothing is lost when these are cast to their own type; narrower floats may still be unrounded in the evaluator. */
const EXACT = new Set([
  'float64',
  'int8',
  'int16',
  'int32',
  'int64',
  'uint8',
  'uint16',
  'uint32',
  'uint64',
  'bool',
  'string',
])

/** Removes nodes that do nothing: Identity, Dropout, Cast to the same type, Transpose, Reshape, Expand, Pad, Concat without effect. */
export function removeNoOps(graph: Graph): Graph {
  const makers = producers(graph)
  const readers = consumers(graph)
  const typeOf = (value: string | undefined): ValueType | undefined => graph.types.get(value ?? '')
  const constantAt = (node: Node, index: number) => numbersOf(graph.constants.get(node.inputs[index] ?? ''))
  const unread = (value: string | undefined) => !value || (!readers.has(value) && !graph.outputs.includes(value))

  const sameShape = (node: Node): boolean => {
    const before = typeOf(node.inputs[0])?.shape
    const after = typeOf(node.outputs[0])?.shape
    return !!before && !!after && before.length === after.length && before.every((d, i) => d !== null && d === after[i])
  }

  const sameType = (node: Node): boolean => {
    const to = dtype(node.attributes, 'to')
    if (typeOf(node.inputs[0])?.dtype !== to) return false
    const maker = makers.get(node.inputs[0] as string)
    return EXACT.has(to) || maker === undefined || maker.op === 'Cast'
  }

  const rules: Readonly<Record<string, (node: Node) => boolean>> = {
    Identity: () => true,
    Dropout: (node) => unread(node.outputs[1]),
    Cast: sameType,
    Transpose: (node) => optionalNumbers(node.attributes, 'perm')?.every((p, i) => p === i) ?? false,
    Reshape: sameShape,
    Flatten: sameShape,
    Expand: sameShape,
    Squeeze: sameShape,
    Concat: (node) => node.inputs.length === 1,
    Sum: (node) => node.inputs.length === 1,
    Pad: (node) => constantAt(node, 1)?.every((p) => p === 0) ?? false,
    Resize: (node) => sameShape(node) && (constantAt(node, 2)?.every((s) => s === 1) ?? false) && isPlainResize(node),
  }

  return bypassNodes(graph, (node) =>
    Object.hasOwn(rules, node.op) && rules[node.op]?.(node) ? node.inputs[0] : undefined,
  )
}

/** Scales of 1 change nothing unless a region is cropped. */
const isPlainResize = (node: Node) =>
  text(node.attributes, 'coordinate_transformation_mode', 'half_pixel') !== 'tf_crop_and_resize'
