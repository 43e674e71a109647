import { matrixOf, mlSpec, requireNumbers, result } from './table.ts'

/** y = clip(((x − center) / divisor) · factor + shift). */
export const scale = mlSpec('ml.scale', {
  infer: (_attributes, ctx) => {
    requireNumbers(ctx)
    return [{ dtype: 'float64', shape: ctx.inputs[0]?.shape ?? null }]
  },
  evaluate: ({ center, divisor, factor, shift, clip }, inputs, ctx) => {
    const x = matrixOf(ctx.op, inputs)
    const y = result(x.rows, x.columns)
    for (let i = 0; i < y.data.length; i++) {
      const c = i % x.columns
      let value = x.data[i] as number
      if (center) value -= center[c] as number
      if (divisor) value /= divisor[c] as number
      if (factor) value *= factor[c] as number
      if (shift) value += shift[c] as number
      // NaN stays NaN.
      if (clip) value = value < clip[0] ? clip[0] : value > clip[1] ? clip[1] : value
      y.data[i] = value
    }
    return [y]
  },
})
