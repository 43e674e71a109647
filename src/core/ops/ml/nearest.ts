import { matrixOf, mlSpec, result, rowsBy } from './table.ts'

/** Indices and distances of the k nearest points, nearest first, ties by lower index. */
export const nearest = mlSpec('ml.nearest', {
  infer: ({ k }, ctx) => [rowsBy(ctx, k, 'int64'), rowsBy(ctx, k)],
  evaluate: ({ k }, inputs, ctx) => {
    const d = matrixOf(ctx.op, inputs)
    const indices = result(d.rows, k)
    const distances = result(d.rows, k)
    const order = Array.from({ length: d.columns }, (_, i) => i)
    for (let row = 0; row < d.rows; row++) {
      const of = (point: number): number => d.data[row * d.columns + point] as number
      const sorted = order.toSorted((a, b) => of(a) - of(b) || a - b)
      for (let i = 0; i < k; i++) {
        const point = sorted[i] as number
        indices.data[row * k + i] = point
        distances.data[row * k + i] = of(point)
      }
    }
    return [{ ...indices, dtype: 'int64' as const }, distances]
  },
})
