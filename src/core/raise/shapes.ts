import { int64 } from '../ir/tensor.ts'
import type { RaiseRule, Rewriting } from './rewriting.ts'

/** The value that a shape is taken of, whole. */
export function shapeSource(shape: string | undefined, rewriting: Rewriting): string | undefined {
  const node = rewriting.producer(shape)
  const isWhole = !node?.attributes['start'] && node?.attributes['end'] === undefined
  return node?.op === 'Shape' && isWhole ? node.inputs[0] : undefined
}

/** The shape of a table whose columns are known, taken from it at run time, is known but for the number of its rows. */
export const raiseShapes: RaiseRule = {
  replaces: ['Reshape'],
  produces: [],
  rewrite: (node, rewriting) => {
    const source = shapeSource(node.inputs[1], rewriting)
    const [rows, ...sizes] = rewriting.type(source).shape ?? []
    if (!rewriting.isTabular || source === undefined || rows === undefined) return undefined
    if (!sizes.every((size): size is number => typeof size === 'number' && size > 0)) return undefined
    const target = rewriting.addConstant(int64([-1, ...sizes]))
    return [{ ...node, inputs: [node.inputs[0] ?? '', target] }]
  },
}
