import { int64, numbersOf, tensorOf } from '../ir/tensor.ts'
import type { RaiseRule } from './rewriting.ts'

/** The product of a table and a vector is a column of the product with a matrix of one column. */
export const raiseVectors: RaiseRule = {
  replaces: ['MatMul'],
  produces: ['MatMul', 'Squeeze'],
  rewrite: (node, rewriting) => {
    const [x = '', w] = node.inputs
    const weights = rewriting.constant(w)
    const { dtype, shape } = rewriting.type(x)
    const isVector = weights?.shape.length === 1 && weights.data !== undefined && numbersOf(weights) !== undefined
    if (!rewriting.isTabular || shape?.length !== 2 || !isVector || !weights?.data) return undefined
    const matrix = rewriting.addConstant(tensorOf(weights.dtype, [weights.shape[0] ?? 0, 1], weights.data))
    const column = { dtype, shape: [shape[0] ?? null, 1] }
    const product = rewriting.node(node, 'MatMul', [x, matrix], {}, column)
    const axes = rewriting.addConstant(int64([1]))
    return [product, { ...node, op: 'Squeeze', inputs: [product.outputs[0] ?? '', axes], attributes: {} }]
  },
}
