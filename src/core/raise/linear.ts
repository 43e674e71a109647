import type { Node } from '../ir/graph.ts'
import { numbersOf, type Tensor } from '../ir/tensor.ts'
import { isFloating, type RaiseRule, type Rewriting } from './rewriting.ts'

/** Constant weights [C, K] of a product with a matrix [N, C]. */
function weightsOf(node: Node | undefined, rewriting: Rewriting): Tensor | undefined {
  if (node?.op !== 'MatMul') return undefined
  const weights = rewriting.constant(node.inputs[1])
  const rank = rewriting.type(node.inputs[0]).shape?.length
  return rank === 2 && weights?.shape.length === 2 && isFloating(weights.dtype) ? weights : undefined
}

/** The constant summand of an Add as one number for each of K columns. */
function interceptsOf(tensor: Tensor | undefined, columns: number): Float64Array | undefined {
  const numbers = numbersOf(tensor)
  if (!tensor || !numbers || tensor.shape.slice(0, -1).some((size) => size !== 1)) return undefined
  if (numbers.length !== columns && numbers.length !== 1) return undefined
  return Float64Array.from({ length: columns }, (_, k) => (numbers.length === 1 ? numbers[0] : numbers[k]) as number)
}

/** [targets, columns] of weights [columns, targets]. */
function transposed(values: ArrayLike<number>, columns: number, targets: number): Float64Array {
  const coefficients = new Float64Array(targets * columns)
  for (let c = 0; c < columns; c++) {
    for (let k = 0; k < targets; k++) coefficients[k * columns + c] = values[c * targets + k] as number
  }
  return coefficients
}

/** A Gemm without factors, x · W + b or x · Wᵀ + b, with constants. */
function raiseGemm(node: Node, rewriting: Rewriting): readonly Node[] | undefined {
  const [x = '', w, b] = node.inputs
  const { transA = 0, transB = 0, alpha = 1, beta = 1 } = node.attributes
  const weights = rewriting.constant(w)
  const values = numbersOf(weights)
  if (!weights || !values || weights.shape.length !== 2 || transA !== 0 || alpha !== 1 || beta !== 1) return undefined
  const [rows = 0, width = 0] = weights.shape
  const [columns, targets] = transB === 1 ? [width, rows] : [rows, width]
  const intercepts = b ? interceptsOf(rewriting.constant(b), targets) : new Float64Array(targets)
  if (!intercepts) return undefined
  const coefficients = transB === 1 ? Float64Array.from(values) : transposed(values, columns, targets)
  const shape = [rewriting.type(x).shape?.[0] ?? null, targets]
  const linear = rewriting.node(node, 'ml.linear', [x], { coefficients, intercepts }, { dtype: 'float64', shape })
  return rewriting.finish(node, [linear])
}

function raiseSum(node: Node, rewriting: Rewriting): readonly Node[] | undefined {
  for (const [a, b] of [node.inputs, [...node.inputs].reverse()]) {
    const product = rewriting.producer(a)
    const weights = weightsOf(product, rewriting)
    const values = numbersOf(weights)
    const [columns = 0, targets = 0] = weights?.shape ?? []
    const intercepts = interceptsOf(rewriting.constant(b), targets)
    if (!product || !values || !intercepts) continue
    const coefficients = transposed(values, columns, targets)
    const shape = [rewriting.type(product.inputs[0]).shape?.[0] ?? null, targets]
    const x = product.inputs[0] ?? ''
    const linear = rewriting.node(node, 'ml.linear', [x], { coefficients, intercepts }, { dtype: 'float64', shape })
    return rewriting.finish(node, [{ ...linear, origin: [...new Set([...product.origin, ...node.origin])] }])
  }
  return undefined
}

/** In a model over a table that is no network, x · W + b with constants is a linear model. */
export const raiseLinear: RaiseRule = {
  replaces: ['Gemm', 'Add'],
  produces: ['ml.linear', 'Cast'],
  rewrite: (node, rewriting) => {
    if (!rewriting.isTabular || rewriting.hasActivations) return undefined
    return node.op === 'Gemm' ? raiseGemm(node, rewriting) : raiseSum(node, rewriting)
  },
}
