import { float32, float64, int64 } from '../ir/tensor.ts'
import type { RaiseRule } from './rewriting.ts'

/** Rows divided by their norm: a quotient, where the norm is 0 by 1, as the specification of LpNormalization has it. */
export const raiseNorms: RaiseRule = {
  replaces: ['LpNormalization'],
  produces: ['ReduceL1', 'ReduceL2', 'Equal', 'Where', 'Div'],
  rewrite: (node, rewriting) => {
    const { axis = -1, p = 2 } = node.attributes
    const [x = '', y = ''] = [node.inputs[0], node.outputs[0]]
    const { dtype, shape } = rewriting.type(x)
    if (!rewriting.isTabular || shape?.length !== 2 || (axis !== 1 && axis !== -1)) return undefined
    const scalar = (value: number) => rewriting.addConstant((dtype === 'float64' ? float64 : float32)([value], []))
    const column = { dtype, shape: [shape[0] ?? null, 1] }
    const norm = rewriting.node(
      node,
      p === 1 ? 'ReduceL1' : 'ReduceL2',
      [x, rewriting.addConstant(int64([1]))],
      { keepdims: 1 },
      column,
    )
    const [size = ''] = norm.outputs
    const isZero = rewriting.node(node, 'Equal', [size, scalar(0)], {}, { ...column, dtype: 'bool' })
    const divisor = rewriting.node(node, 'Where', [isZero.outputs[0] ?? '', scalar(1), size], {}, column)
    return [
      norm,
      isZero,
      divisor,
      { ...node, op: 'Div', inputs: [x, divisor.outputs[0] ?? ''], attributes: {}, outputs: [y] },
    ]
  },
}
