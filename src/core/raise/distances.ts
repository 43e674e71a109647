import { type Graph, isGraph, type Node, producers } from '../ir/graph.ts'
import { numbersOf, type Tensor } from '../ir/tensor.ts'
import type { MlAttributes } from '../ops/ml/attributes.ts'
import { isFloating, type RaiseRule, type Rewriting } from './rewriting.ts'

type Metric = MlAttributes['ml.distance']['metric']

/** The reductions of a difference, or of its magnitudes, over the columns that are distances. */
const REDUCTIONS: Readonly<Record<string, Metric>> = { ReduceSumSquare: 'squaredEuclidean', ReduceSum: 'cityBlock' }

/** What a body computes of its state, the table, and of one point: their distances. */
function metricOf(body: Graph): Metric | undefined {
  const maker = producers(body)
  const made = (value: string | undefined): Node | undefined => {
    const node = maker.get(value ?? '')
    return node?.op === 'Identity' ? made(node.inputs[0]) : node
  }
  const reduction = made(body.outputs[1])
  const metric = REDUCTIONS[reduction?.op ?? '']
  const axes = numbersOf(body.constants.get(reduction?.inputs[1] ?? ''))
  if (!reduction || !metric || reduction.attributes['keepdims'] !== 0 || axes?.length !== 1) return undefined
  const inner = made(reduction.inputs[0])
  const difference = metric === 'cityBlock' && inner?.op === 'Abs' ? made(inner.inputs[0]) : inner
  const isOfBoth = difference?.op === 'Sub' && body.inputs.every((input) => difference.inputs.includes(input))
  const isMagnitude = metric === 'squaredEuclidean' || inner?.op === 'Abs'
  return isOfBoth && isMagnitude && [1, -1].includes(axes[0] as number) ? metric : undefined
}

function distance(
  node: Node,
  rewriting: Rewriting,
  x: string,
  points: Tensor,
  metric: Metric,
): readonly Node[] | undefined {
  const numbers = numbersOf(points)
  const type = rewriting.type(x)
  if (!numbers || points.shape.length !== 2 || type.shape?.length !== 2 || !isFloating(type.dtype)) return undefined
  const attributes = { points: Float64Array.from(numbers), metric }
  const shape = [type.shape[0] ?? null, points.shape[0] ?? null]
  return rewriting.finish(node, [rewriting.node(node, 'ml.distance', [x], attributes, { dtype: 'float64', shape })])
}

/** A Scan over the points of a constant, with the table as its state, makes a row of distances for each: they are transposed. */
function ofScan(node: Node, rewriting: Rewriting): readonly Node[] | undefined {
  const scan = rewriting.producer(node.inputs[0])
  const body = scan?.attributes['body']
  if (scan?.op !== 'Scan' || !isGraph(body) || scan.outputs[1] !== node.inputs[0] || scan.inputs.length !== 2)
    return undefined
  const [x = '', points] = scan.inputs
  const tensor = rewriting.constant(points)
  const metric = metricOf(body)
  return tensor && metric ? distance(node, rewriting, x, tensor, metric) : undefined
}

/** The summands of nested additions. */
function summands(value: string, rewriting: Rewriting): string[] {
  const node = rewriting.producer(value)
  return node?.op === 'Add' ? node.inputs.flatMap((input) => summands(input, rewriting)) : [value]
}

/** |x|² − 2 x · cᵀ + |c|² with constant points c. */
function ofSquares(node: Node, rewriting: Rewriting): readonly Node[] | undefined {
  const terms = node.inputs.flatMap((input) => summands(input, rewriting))
  const made = (op: string) => terms.map((term) => rewriting.producer(term)).find((producer) => producer?.op === op)
  const [product, squares] = [made('Gemm'), made('ReduceSumSquare')]
  const points = rewriting.constant(product?.inputs[1])
  const norms = terms.map((term) => numbersOf(rewriting.constant(term))).find((numbers) => numbers !== undefined)
  if (terms.length !== 3 || !product || !squares || !points || !norms) return undefined
  const { alpha = 1, transA = 0, transB = 0 } = product.attributes
  const isProduct = alpha === -2 && transA === 0 && transB === 1 && isNothing(product.inputs[2], rewriting)
  if (!isProduct || product.inputs[0] !== squares.inputs[0] || !areSquaredNorms(norms, points)) return undefined
  return distance(node, rewriting, product.inputs[0] ?? '', points, 'squaredEuclidean')
}

/** No summand of a Gemm: left out, or multiplied by 0. */
function isNothing(value: string | undefined, rewriting: Rewriting): boolean {
  if (!value) return true
  const node = rewriting.producer(value)
  return node?.op === 'Mul' && node.inputs.some((input) => numbersOf(rewriting.constant(input))?.every((n) => n === 0))
}

/** Up to the rounding of float32. */
function areSquaredNorms(norms: readonly number[], points: Tensor): boolean {
  const [count = 0, width = 0] = points.shape
  const values = numbersOf(points) ?? []
  return (
    norms.length === count &&
    norms.every((norm, k) => {
      const sum = values.slice(k * width, (k + 1) * width).reduce((total, value) => total + value * value, 0)
      return Math.abs(sum - norm) <= 1e-5 * Math.max(1, sum)
    })
  )
}

/** Distances of the rows of a table to constant points, as converters write them. */
export const raiseDistances: RaiseRule = {
  replaces: ['Transpose', 'Add'],
  produces: ['ml.distance', 'Cast'],
  rewrite: (node, rewriting) => {
    if (!rewriting.isTabular) return undefined
    return node.op === 'Add' ? ofSquares(node, rewriting) : ofScan(node, rewriting)
  },
}

/** The root of squared distances is distances. */
export const raiseRoots: RaiseRule = {
  replaces: ['Sqrt'],
  produces: ['ml.distance', 'Cast'],
  rewrite: (node, rewriting) => {
    const squared = rewriting.producer(rewriting.uncast(node.inputs[0] ?? ''))
    if (squared?.op !== 'ml.distance' || squared.attributes['metric'] !== 'squaredEuclidean') return undefined
    const type = rewriting.type(squared.outputs[0])
    const attributes = { ...squared.attributes, metric: 'euclidean' }
    return rewriting.finish(node, [rewriting.node(node, 'ml.distance', squared.inputs, attributes, type)])
  },
}
