import type { Node } from '../ir/graph.ts'
import { elementCount, numbersOf } from '../ir/tensor.ts'
import type { Dim } from '../ir/types.ts'
import type { RaiseRule, Rewriting } from './rewriting.ts'

/** Operators that give elements another shape and keep their order. */
const MOVES: ReadonlySet<string> = new Set(['Reshape', 'Squeeze', 'Unsqueeze', 'Flatten', 'Identity'])

/** An element-wise step on the way up: a cast, or a look-up in a constant list. */
type Step = Node

/** Where the elements of a value come from, and what is done to each of them on the way, last first. */
function sourceOf(value: string, rewriting: Rewriting): { value: string; steps: Step[]; moves: number } {
  const steps: Step[] = []
  let moves = 0
  for (let node = rewriting.producer(value); node; node = rewriting.producer(value)) {
    const isLookup = node.op === 'Gather' && rewriting.constant(node.inputs[0])?.shape.length === 1
    if (MOVES.has(node.op)) moves++
    else if (node.op === 'Cast' || isLookup) steps.push(node)
    else break
    value = (isLookup ? node.inputs[1] : node.inputs[0]) ?? ''
  }
  return { value, steps, moves }
}

/** The width of rows [N, width] or [N] that a shape says; undefined for anything else. */
function rowWidth(shape: readonly Dim[] | null | undefined): number | undefined {
  if (shape?.length === 1) return 1
  const width = shape?.length === 2 ? shape[1] : undefined
  return typeof width === 'number' ? width : undefined
}

/**
 * Elements of rows that are strung together, looked up or cast, and put in rows again, as converters do where an operator
 * takes vectors only: the same without the stringing together, so that rows stay rows.
 */
export const raiseMoves: RaiseRule = {
  replaces: ['Reshape'],
  produces: ['Cast', 'Gather', 'Identity'],
  rewrite: (node, rewriting) => {
    const target = numbersOf(rewriting.constant(node.inputs[1]))
    const { value, steps, moves } = sourceOf(node.inputs[0] ?? '', rewriting)
    const source = rewriting.type(value)
    const rows = source.shape?.[0] ?? null
    if (!rewriting.isTabular || moves === 0 || target?.[0] !== -1 || rowWidth(source.shape) === undefined)
      return undefined
    const width = elementCount(target.slice(1))
    if (width !== rowWidth(source.shape) || target.length > 2) return undefined
    const shape = [rows, ...target.slice(1)]
    const made: Node[] = []
    if (target.length !== source.shape?.length) {
      made.push(rewriting.node(node, 'Reshape', [value, node.inputs[1] ?? ''], {}, { dtype: source.dtype, shape }))
    }
    for (const step of steps.toReversed()) {
      const input = made.at(-1)?.outputs[0] ?? value
      const inputs = step.op === 'Gather' ? [step.inputs[0] ?? '', input] : [input]
      const attributes = step.op === 'Gather' ? { axis: 0 } : step.attributes
      const type = { dtype: rewriting.type(step.outputs[0]).dtype, shape }
      made.push({ ...rewriting.node(node, step.op, inputs, attributes, type), origin: step.origin })
    }
    const last = made.at(-1)
    if (!last) return [{ ...node, op: 'Identity', inputs: [value], attributes: {} }]
    return [...made.slice(0, -1), { ...last, outputs: node.outputs }]
  },
}
