import type { MlAttributes } from './attributes.ts'
import { matrixOf, mlSpec, requireNumbers, requireWidth, result, rowsBy } from './table.ts'

type Distance = MlAttributes['ml.distance']

/**
 * The distance of each row to each point. Weights multiply the columns' contributions before they are summed up
 * (PMML 4.4, ComparisonMeasure: euclidean (Σ w·c²)^½, minkowski (Σ w·c^p)^(1/p), cityBlock Σ w·c, chebychev max w·c).
 */
export const distance = mlSpec('ml.distance', {
  infer: (attributes, ctx) => {
    requireNumbers(ctx)
    const columns = ctx.inputs.reduce<number | null>((n, input) => {
      const width = input?.shape?.[1]
      return n === null || typeof width !== 'number' ? null : n + width
    }, 0)
    if (columns && attributes.points.length % columns !== 0) requireWidth(ctx, attributes.weights?.length ?? -1)
    return [rowsBy(ctx, columns ? attributes.points.length / columns : null)]
  },
  evaluate: (attributes, inputs, ctx) => {
    const x = matrixOf(ctx.op, inputs)
    const count = x.columns === 0 ? 0 : attributes.points.length / x.columns
    const y = result(x.rows, count)
    for (let row = 0; row < x.rows; row++) {
      const vector = x.data.subarray(row * x.columns, (row + 1) * x.columns)
      for (let p = 0; p < count; p++) {
        const point = attributes.points.subarray(p * x.columns, (p + 1) * x.columns)
        y.data[row * count + p] = distanceOf(attributes, vector, point)
      }
    }
    return [y]
  },
})

function distanceOf({ metric, p = 2, weights }: Distance, x: Float64Array, point: Float64Array): number {
  if (metric === 'cosine') return cosineDistance(x, point, weights)
  let total = 0
  for (let c = 0; c < x.length; c++) {
    const weight = weights?.[c] ?? 1
    const gap = Math.abs((x[c] as number) - (point[c] as number))
    if (metric === 'chebychev') total = Math.max(total, weight * gap)
    else if (metric === 'cityBlock') total += weight * gap
    else if (metric === 'minkowski') total += weight * gap ** p
    else total += weight * gap * gap
  }
  if (metric === 'euclidean') return Math.sqrt(total)
  return metric === 'minkowski' ? total ** (1 / p) : total
}

/** 1 − cosine similarity; 1 where one of the vectors is zero (scikit-learn's cosine_distances). */
function cosineDistance(x: Float64Array, point: Float64Array, weights: Float64Array | undefined): number {
  let dot = 0
  let xx = 0
  let pp = 0
  for (let c = 0; c < x.length; c++) {
    const weight = weights?.[c] ?? 1
    const a = x[c] as number
    const b = point[c] as number
    dot += weight * a * b
    xx += weight * a * a
    pp += weight * b * b
  }
  return xx === 0 || pp === 0 ? 1 : 1 - dot / Math.sqrt(xx * pp)
}
