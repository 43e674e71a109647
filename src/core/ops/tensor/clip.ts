import type { OpSpec } from '../spec.ts'
import { mapNumbers, required, scalarAt } from './eval-tensor.ts'
import { sameAs } from './infer.ts'

/** Clip: min and max are inputs; when min exceeds max, max wins. NaN stays NaN. */
export const clipOps: readonly OpSpec[] = [
  {
    op: 'Clip',
    infer: sameAs(0),
    evaluate: (inputs) => {
      const min = scalarAt(inputs, 1, Number.NEGATIVE_INFINITY)
      const max = scalarAt(inputs, 2, Number.POSITIVE_INFINITY)
      return [mapNumbers(required(inputs, 0), (x) => Math.min(Math.max(x, min), max))]
    },
  },
]
