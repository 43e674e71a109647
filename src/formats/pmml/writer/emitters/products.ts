import type { Node } from '../../../../core/ir/graph.ts'
import { numbersOf } from '../../../../core/ir/tensor.ts'
import type { MlAttributes } from '../../../../core/ops/ml/attributes.ts'
import type { PmmlContext } from '../context.ts'
import { type Column, number } from '../field.ts'
import { applied } from './columns.ts'

/** A sum as a balanced tree of additions: missing where a term is missing, and not deep. */
export function plus(ctx: PmmlContext, terms: readonly Column[]): Column {
  const [only] = terms
  if (only === undefined) return number(0)
  if (terms.length === 1) return only
  const middle = Math.ceil(terms.length / 2)
  return applied(ctx, '+', plus(ctx, terms.slice(0, middle)), plus(ctx, terms.slice(middle)))
}

/** A matrix product with constant weights: y = x · weightsᵀ + biases. */
export interface Product {
  /** The factor x, [N, C]. */
  readonly inputs: readonly string[]
  /** [K, C], row-major. */
  readonly weights: ArrayLike<number>
  /** [K]. */
  readonly biases: ArrayLike<number>
}

/** What kind of product a node is; undefined when its weights are no constant matrix. */
export function productOf(ctx: PmmlContext, node: Node): Product | undefined {
  if (node.op === 'ml.linear') {
    const { coefficients, intercepts } = node.attributes as unknown as MlAttributes['ml.linear']
    return { inputs: node.inputs, weights: coefficients, biases: intercepts }
  }
  if (node.op !== 'MatMul' && node.op !== 'Gemm') return undefined
  const [x = '', w = '', b = ''] = node.inputs
  const matrix = ctx.constant(w)
  const numbers = numbersOf(matrix)
  if (!matrix || !numbers || matrix.shape.length !== 2 || ctx.shape(x)?.length !== 2) return undefined
  const { alpha = 1, beta = 1, transA = 0, transB = 0 } = node.attributes as Record<string, number | undefined>
  if (transA) return undefined
  const [rows = 0, columns = 0] = matrix.shape
  const [width, size] = transB ? [columns, rows] : [rows, columns]
  const weights = new Float64Array(size * width)
  for (let k = 0; k < size; k++) {
    for (let c = 0; c < width; c++) {
      weights[k * width + c] = alpha * (numbers[transB ? k * width + c : c * size + k] ?? 0)
    }
  }
  const summand = b === '' ? [0] : numbersOf(ctx.constant(b))
  if (!summand || (summand.length !== 1 && summand.length !== size)) return undefined
  const biases = Float64Array.from({ length: size }, (_, k) => beta * (summand[summand.length === 1 ? 0 : k] ?? 0))
  return { inputs: [x], weights, biases }
}

/** The results of a product as sums of columns. */
export function productColumns(ctx: PmmlContext, node: Node): readonly Column[] {
  const product = productOf(ctx, node)
  if (!product) return ctx.block(node, 'unsupported-product', `${node.op} without a constant matrix has no PMML form`)
  const name = node.label ?? node.id
  const columns = product.inputs
    .flatMap((value) => ctx.columns(value))
    .map((column) => (product.biases.length > 1 ? ctx.named(column, name) : column))
  return Array.from(product.biases, (bias, k) => {
    const terms = columns.flatMap((column, c): Column[] => {
      const weight = product.weights[k * columns.length + c] ?? 0
      if (weight === 0) return []
      return [weight === 1 ? column : applied(ctx, '*', column, number(weight))]
    })
    const sum = plus(ctx, bias === 0 && terms.length > 0 ? terms : [...terms, number(bias)])
    return sum.kind === 'expression' ? { ...sum, name: `${name}(${k})`, named: true } : sum
  })
}
