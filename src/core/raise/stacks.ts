import { float32, float64, numbersOf } from '../ir/tensor.ts'
import type { RaiseRule, Rewriting } from './rewriting.ts'

/** Reductions along the stack, and the operator that does the same of its layers; a mean is a sum that is divided. */
const ELEMENTWISE: Readonly<Record<string, string>> = {
  ReduceMean: 'Sum',
  ReduceSum: 'Sum',
  ReduceMax: 'Max',
  ReduceMin: 'Min',
}

/** The table [N, K] that a layer [1, N, K] of a stack was made of. */
function layerOf(value: string, rewriting: Rewriting): string | undefined {
  const node = rewriting.producer(value)
  const [x = ''] = node?.inputs ?? []
  const { shape } = rewriting.type(x)
  const numbers = numbersOf(rewriting.constant(node?.inputs[1]))
  if (shape?.length !== 2 || !numbers) return undefined
  const isLayer =
    node?.op === 'Reshape'
      ? numbers.length === 3 && numbers[0] === 1 && numbers[1] === -1 && numbers[2] === shape[1]
      : node?.op === 'Unsqueeze' && numbers.length === 1 && numbers[0] === 0
  return isLayer ? x : undefined
}

/** The results of several estimators, stacked along a new first axis and put together along it, are put together element by element. */
export const raiseStacks: RaiseRule = {
  replaces: Object.keys(ELEMENTWISE),
  produces: ['Sum', 'Max', 'Min', 'Div'],
  rewrite: (node, rewriting) => {
    const stack = rewriting.producer(node.inputs[0])
    const axes = numbersOf(rewriting.constant(node.inputs[1]))
    const isOfStack = stack?.op === 'Concat' && stack.attributes['axis'] === 0 && axes?.length === 1 && axes[0] === 0
    if (!isOfStack || node.attributes['keepdims'] !== 0 || !rewriting.isTabular) return undefined
    const layers = stack.inputs.map((layer) => layerOf(layer, rewriting))
    if (!layers.every((layer) => layer !== undefined)) return undefined
    const type = rewriting.type(node.outputs[0])
    const together = rewriting.node(node, ELEMENTWISE[node.op] ?? '', layers, {}, type)
    if (node.op !== 'ReduceMean') return [{ ...together, outputs: node.outputs }]
    const count = rewriting.addConstant((type.dtype === 'float64' ? float64 : float32)([layers.length], []))
    return [together, { ...node, op: 'Div', inputs: [together.outputs[0] ?? '', count], attributes: {} }]
  },
}
