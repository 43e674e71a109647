import { MalformedFileError } from '../../errors.ts'
import type { LinkFunction } from './attributes.ts'
import { normalCdf } from './normal-distribution.ts'
import { matrixOf, mlSpec, requireNumbers, result } from './table.ts'

type ElementWise = Exclude<LinkFunction, 'softmax' | 'simplemax'>

/** Inverse links (PMML 4.4, Regression, normalizationMethod). */
const ELEMENT_WISE: Readonly<Record<ElementWise, (y: number) => number>> = {
  identity: (y) => y,
  logit: (y) => 1 / (1 + Math.exp(-y)),
  probit: normalCdf,
  cloglog: (y) => -Math.expm1(-Math.exp(y)),
  loglog: (y) => Math.exp(-Math.exp(-y)),
  cauchit: (y) => 0.5 + Math.atan(y) / Math.PI,
  exp: Math.exp,
  inverse: (y) => 1 / y,
}

export const link = mlSpec('ml.link', {
  infer: ({ complement }, ctx) => {
    requireNumbers(ctx)
    const shape = ctx.inputs[0]?.shape ?? null
    if (!complement || !shape) return [{ dtype: 'float64', shape }]
    if (typeof shape[1] === 'number' && shape[1] !== 1) {
      throw new MalformedFileError(`${ctx.op} can give the complement of one probability, not of ${shape[1]}`)
    }
    return [{ dtype: 'float64', shape: [shape[0] ?? null, 2] }]
  },
  evaluate: ({ function: name, complement }, inputs, ctx) => {
    const x = matrixOf(ctx.op, inputs)
    const y = result(x.rows, x.columns)
    if (name === 'softmax' || name === 'simplemax') {
      for (let row = 0; row < x.rows; row++) {
        const scores = x.data.subarray(row * x.columns, (row + 1) * x.columns)
        y.data.set(name === 'softmax' ? softmax(scores) : scores, row * x.columns)
        if (name === 'simplemax') {
          const total = scores.reduce((a, b) => a + b, 0)
          for (let k = 0; k < x.columns; k++) y.data[row * x.columns + k] = (scores[k] as number) / total
        }
      }
    } else y.data.set(x.data.map(ELEMENT_WISE[name]))
    if (!complement) return [y]
    return [
      result(
        x.rows,
        2,
        Float64Array.from({ length: 2 * x.rows }, (_, i) => complemented(y.data[i >> 1] as number, i)),
      ),
    ]
  },
})

const complemented = (p: number, i: number): number => (i % 2 === 0 ? 1 - p : p)

function softmax(scores: Float64Array): Float64Array {
  const largest = scores.reduce((a, b) => Math.max(a, b), -Infinity)
  const powers = scores.map((score) => Math.exp(score - largest))
  const total = powers.reduce((a, b) => a + b, 0)
  return powers.map((power) => power / total)
}
