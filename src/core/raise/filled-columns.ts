import { isTensor, numbersOf } from '../ir/tensor.ts'
import { number } from '../ops/ml/expression.ts'
import type { RaiseRule } from './rewriting.ts'
import { shapeSource } from './shapes.ts'

/** A constant of the shape of some columns [N, K] is columns of that constant. */
export const raiseFilledColumns: RaiseRule = {
  replaces: ['ConstantOfShape'],
  produces: ['ml.expression', 'Cast'],
  rewrite: (node, rewriting) => {
    const like = shapeSource(node.inputs[0], rewriting)
    const { shape } = rewriting.type(like)
    const width = shape?.[1]
    if (!rewriting.isTabular || like === undefined || shape?.length !== 2 || typeof width !== 'number') return undefined
    const { value } = node.attributes
    const fill = isTensor(value) ? (numbersOf(value)?.[0] ?? 0) : 0
    const expressions = Array.from({ length: width }, () => number(fill))
    const attributes = { expressions, type: 'number' }
    return rewriting.finish(node, [
      rewriting.node(node, 'ml.expression', [like], attributes, { dtype: 'float64', shape }),
    ])
  },
}
