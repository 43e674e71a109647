import type { DType } from '../../ir/dtype.ts'
import type { Category } from '../../ir/model.ts'
import { matrixOf, mlSpec, rowsOf } from './table.ts'

/** string when a label is a string, else int64 when all are whole numbers, else float64. */
export function labelType(labels: readonly Category[]): DType {
  if (labels.some((label) => typeof label === 'string')) return 'string'
  return labels.every(Number.isSafeInteger) ? 'int64' : 'float64'
}

/** The label of the largest or smallest score (the first of equals), or of the side of a threshold. */
export const label = mlSpec('ml.label', {
  infer: ({ labels }, ctx) => [{ dtype: labelType(labels), shape: [rowsOf(ctx)] }],
  evaluate: ({ labels, rule, threshold = 0 }, inputs, ctx) => {
    const x = matrixOf(ctx.op, inputs)
    const sign = rule === 'argmin' ? -1 : 1
    const chosen = Array.from({ length: x.rows }, (_, row) => {
      const scores = x.data.subarray(row * x.columns, (row + 1) * x.columns)
      if (rule === 'threshold') return labels[(scores[0] as number) > threshold ? 1 : 0] as Category
      let best = 0
      for (let k = 1; k < scores.length; k++) {
        if (sign * (scores[k] as number) > sign * (scores[best] as number)) best = k
      }
      return labels[best] as Category
    })
    const dtype = labelType(labels)
    const data = dtype === 'string' ? chosen.map(String) : Float64Array.from(chosen as number[])
    return [{ dtype, shape: [x.rows], data }]
  },
})
