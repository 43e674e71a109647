import type { ValueName } from '../../../../../core/ir/builder.ts'
import type { MlAttributes } from '../../../../../core/ops/ml/attributes.ts'
import { type EmitContext, mlEmitter } from '../../emitter.ts'
import { scalar } from './constants.ts'
import { times } from './linear.ts'
import { type Chunk, columnsBetween, reducePairs } from './pairwise-terms.ts'

type Distance = MlAttributes['ml.distance']

export const distance = mlEmitter('ml.distance', (node, attributes, ctx) => {
  const g = ctx.graph
  const x = ctx.matrix(node)
  const columns = g.type(x).shape?.[1] as number
  const count = attributes.points.length / columns
  ctx.result(
    node,
    attributes.metric === 'cosine' ? cosine(ctx, x, attributes, count) : minkowski(ctx, x, attributes, count),
  )
})

/** Sums of weighted powers of the gaps; the largest of them for chebychev. */
function minkowski(
  ctx: EmitContext,
  x: ValueName,
  { points, metric, p = 2, weights }: Distance,
  count: number,
): ValueName {
  const g = ctx.graph
  const weighted = (value: ValueName, { from, to }: Chunk) =>
    weights ? g.op('Mul', [value, g.float64(columnsBetween(weights, 1, from, to))]) : value
  const total = (power: (gap: ValueName) => ValueName) =>
    reducePairs(ctx, x, points, count, (chunk) => weighted(power(chunk.gap), chunk))
  const absolute = (gap: ValueName) => g.op('Abs', [gap])
  switch (metric) {
    case 'cityBlock':
      return total(absolute)
    case 'chebychev': {
      const largest = reducePairs(ctx, x, points, count, (chunk) => weighted(absolute(chunk.gap), chunk), {
        within: 'ReduceMax',
        across: 'Max',
      })
      // ReduceMax passes over NaN; a sum of absolute values does not.
      const sum = total(absolute)
      return g.op('Where', [g.op('IsNaN', [sum]), sum, largest])
    }
    case 'minkowski': {
      const sum = total((gap) => g.op('Pow', [absolute(gap), g.float64([p], [])]))
      return g.op('Pow', [sum, g.float64([1 / p], [])])
    }
    default: {
      const sum = total((gap) => g.op('Mul', [gap, gap]))
      return metric === 'euclidean' ? g.op('Sqrt', [sum]) : sum
    }
  }
}

function cosine(ctx: EmitContext, x: ValueName, { points, weights }: Distance, count: number): ValueName {
  const g = ctx.graph
  const columns = points.length / count
  const weightOf = (c: number) => weights?.[c % columns] ?? 1
  const weightedPoints = points.map((value, i) => value * weightOf(i))
  const square = (row: Float64Array) => row.reduce((sum, value, c) => sum + weightOf(c) * value * value, 0)
  const norms = Float64Array.from({ length: count }, (_, i) => square(points.subarray(i * columns, (i + 1) * columns)))
  const dot = times(ctx, x, weightedPoints, count)
  const xx = times(
    ctx,
    g.op('Mul', [x, x]),
    Float64Array.from({ length: columns }, (_, c) => weightOf(c)),
    1,
  )
  const product = g.op('Mul', [xx, g.float64(norms, [1, count])])
  const similarity = g.op('Div', [dot, g.op('Sqrt', [product])])
  const isZero = g.op('Equal', [product, scalar(g, 0)])
  return g.op('Sub', [scalar(g, 1), g.op('Where', [isZero, scalar(g, 0), similarity])])
}
